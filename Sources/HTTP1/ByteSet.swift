/// A set of ASCII bytes, stored as two 64-bit words so that a lookup is a shift and a mask.
package struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// - Parameter members: the bytes of the set; ASCII only.
    package init(_ members: String) {
        for byte in members.utf8 { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 {
            low |= 1 << UInt64(byte)
        } else {
            high |= 1 << UInt64(byte & 63)
        }
    }

    @inline(__always)
    package func contains(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        return ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
    }

    @inline(__always)
    package func containsAll(_ bytes: some Collection<UInt8>) -> Bool {
        for byte in bytes where !contains(byte) { return false }
        return true
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    private static let digits = "0123456789"

    /// tchar (RFC 9110, 5.6.2).
    package static let token = ByteSet("!#$%&'*+-.^_`|~" + digits + letters)
    /// unreserved (RFC 3986, 2.3).
    static let unreserved = ByteSet("-._~" + digits + letters)
    /// pchar and "/" (RFC 3986, 3.3), percent signs included, and the characters that browsers send
    /// unencoded in a path although RFC 3986 does not allow them: those that are not in the path
    /// percent-encode set (URL Standard, 1.3), and `^`, which has been in that set only since 2024. Browsers
    /// turn a backslash into a slash.
    package static let path = ByteSet("-._~!$&'()*+,;=:@/%" + "[]^|" + digits + letters)
    /// query (RFC 3986, 3.4), percent signs included, and the characters that browsers send unencoded in a
    /// query although RFC 3986 does not allow them: those that are not in the query percent-encode set (URL
    /// Standard, 1.3). That leaves out controls, space, `"`, `#`, `<`, `>`, and bytes outside ASCII.
    package static let query = ByteSet("-._~!$&'()*+,;=:@/?%" + "[]^|\\{}`" + digits + letters)
    /// reg-name (RFC 3986, 3.2.2), percent signs included.
    package static let registeredName = ByteSet("-._~!$&'()*+,;=%" + digits + letters)
    /// The characters between the brackets of an IP literal (RFC 3986, 3.2.2).
    package static let addressLiteral = ByteSet("-._~!$&'()*+,;=:" + digits + letters)
}
