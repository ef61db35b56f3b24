/// Finds the place of an error in a string that simdjson reported without a place. It runs only after
/// simdjson has refused the body, so it need not be fast.
struct StringScan {
    /// Offset of the quote that opens a string without an end.
    private(set) var openQuote: Int?

    /// Offset of the first raw byte below 0x20 inside a string.
    private(set) var controlCharacter: Int?

    init(_ body: UnsafeBufferPointer<UInt8>) {
        var position = 0
        while position < body.count {
            let byte = body[position]
            if openQuote == nil {
                if byte == UInt8(ascii: "\"") { openQuote = position }
            } else if byte == UInt8(ascii: "\\") {
                position += 1
            } else if byte == UInt8(ascii: "\"") {
                openQuote = nil
            } else if byte < 0x20, controlCharacter == nil {
                controlCharacter = position
            }
            position += 1
        }
    }
}

/// Describes the first place where bytes are not UTF-8.
struct UTF8Fault: CustomStringConvertible {
    let description: String

    init(in body: UnsafeBufferPointer<UInt8>) {
        var decoder = UTF8.ForwardParser()
        var bytes = body.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &bytes) {
            case .valid(let scalar):
                offset += scalar.count
            case .error:
                description = "byte \(offset) is 0x\(String(body[offset], radix: 16, uppercase: true))"
                return
            case .emptyInput:
                description = "it ends inside a character"
                return
            }
        }
    }
}
