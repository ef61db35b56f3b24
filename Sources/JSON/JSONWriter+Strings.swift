/// Writes strings with the escapes that RFC 8259, section 7, requires, and no others.
extension JSONWriter {
    /// Writes a string in quotes, without a separator.
    mutating func write(string: String) {
        append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { escape($0) }
        append(UInt8(ascii: "\""))
    }

    /// Copies runs of bytes that need no escape, and escapes the bytes between them.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var start = text.startIndex
        for position in text.indices where Self.needsEscape(text[position]) {
            append(text[start..<position])
            escape(text[position])
            start = position + 1
        }
        append(text[start...])
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append("u00".utf8)
            append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            append(Self.hexadecimal(byte & 0xF))
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
