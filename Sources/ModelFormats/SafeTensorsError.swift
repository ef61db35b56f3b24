import JSON

/// An error of a safetensors file.
package struct SafeTensorsError: Error, Equatable, CustomStringConvertible {
    /// One line that says what is wrong, where, and what would be right. Text from the file is quoted and
    /// truncated.
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Creates an error about a tensor.
    init(tensor name: String, _ detail: String) {
        self.init("tensor \(Quote.text(name)) \(detail)")
    }

    /// Creates the error of a tensor whose type cannot be read as float32.
    package init(unreadable entry: SafeTensorsHeader.Entry) {
        self.init(
            tensor: entry.name,
            "is of type \(entry.dtype.rawValue); the types that can be read are F64, F32, F16 and BF16")
    }

    /// Creates an error about the header's JSON, which ``JSONReader`` calls "the body". Byte offsets count
    /// from the start of the JSON.
    init(header error: JSONError) {
        let place = error.pointer.flatMap { $0.isEmpty ? nil : " at \(Quote.text($0))" } ?? ""
        let body = "the body"
        let detail =
            error.detail.hasPrefix(body) ? "the JSON" + error.detail.dropFirst(body.count) : error.detail
        self.init("the header is invalid\(place): \(detail)")
    }
}
