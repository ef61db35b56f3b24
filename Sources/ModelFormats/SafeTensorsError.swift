import JSON

/// What is wrong with a safetensors file.
package struct SafeTensorsError: Error, Equatable, CustomStringConvertible {
    /// One line that says what is wrong, where, and what would be right. Text from the file is quoted and cut.
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// An error of one tensor.
    init(tensor name: String, _ detail: String) {
        self.init("tensor \(Quote.text(name)) \(detail)")
    }

    /// An error of the header's JSON, which its reader calls a body. Bytes are counted from the header's first.
    init(header error: JSONError) {
        let place = error.pointer.isEmpty ? "" : " at \(Quote.text(error.pointer))"
        let body = "the body"
        let detail =
            error.detail.hasPrefix(body) ? "the JSON" + error.detail.dropFirst(body.count) : error.detail
        self.init("the header is wrong\(place): \(detail)")
    }
}
