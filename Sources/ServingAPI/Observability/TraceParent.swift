import HTTP1

/// A valid `traceparent` header field (W3C Trace Context, 3.2).
package struct TraceParent: Equatable {
    /// The ID of the trace, 32 hexadecimal digits.
    package let traceID: String
    /// The ID of the caller's span, 16 hexadecimal digits.
    package let parentID: String

    /// Returns nil for a value that must be ignored: one of another form, or with an ID of zeros. Of higher
    /// versions, the parts that version 00 defines are read.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        func isHexadecimal(_ range: Range<Int>) -> Bool {
            bytes[range].allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
        }
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            isHexadecimal(0..<2), isHexadecimal(3..<35), isHexadecimal(36..<52), isHexadecimal(53..<55)
        else { return nil }
        let version = String(decoding: bytes[0..<2], as: UTF8.self)
        let isWhole = version == "00" ? bytes.count == 55 : bytes.count == 55 || bytes[55] == dash
        traceID = String(decoding: bytes[3..<35], as: UTF8.self)
        parentID = String(decoding: bytes[36..<52], as: UTF8.self)
        guard version != "ff", isWhole, traceID.contains(where: { $0 != "0" }),
            parentID.contains(where: { $0 != "0" })
        else { return nil }
    }

    /// The value in a request's header fields; nil if there is none, or more than one.
    package init?(_ fields: HeaderFields) {
        let values = fields.values(of: "traceparent")
        guard values.count == 1 else { return nil }
        self.init(values[0])
    }
}
