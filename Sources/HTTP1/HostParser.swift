/// Checks `uri-host [ ":" port ]` (RFC 9110, 7.2; RFC 3986, 3.2.2).
enum HostParser {
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.first else { return false }
        var end = 0
        if first == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]")), bracket > 1 else { return false }
            guard ByteSet.addressLiteral.containsAll(bytes.slice(1, bracket)) else { return false }
            end = bracket + 1
        } else {
            end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            // RFC 3986 allows a comma in a registered name, as a sub-delim. Refuse it: no real host name has
            // one, and a proxy that joins two Host fields produces one.
            let name = bytes.slice(0, end)
            guard end > 0, ByteSet.registeredName.containsAll(name), !name.contains(UInt8(ascii: ",")) else {
                return false
            }
        }
        guard end < bytes.count else { return true }
        guard bytes[end] == UInt8(ascii: ":") else { return false }
        return bytes.slice(end + 1, bytes.count).allSatisfy(\.isDigit)
    }
}
