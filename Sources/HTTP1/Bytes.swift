/// A set of ASCII bytes as two words, so that a look-up is a shift and a mask.
package struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// The set of the bytes in `members`.
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
    /// pchar and "/" (RFC 3986, 3.3), percent signs included.
    package static let path = ByteSet("-._~!$&'()*+,;=:@/%" + digits + letters)
    /// query (RFC 3986, 3.4), percent signs included.
    package static let query = ByteSet("-._~!$&'()*+,;=:@/?%" + digits + letters)
    /// reg-name (RFC 3986, 3.2.2), percent signs included.
    package static let registeredName = ByteSet("-._~!$&'()*+,;=%" + digits + letters)
    /// What stands between the brackets of an IP literal (RFC 3986, 3.2.2).
    package static let addressLiteral = ByteSet("-._~!$&'()*+,;=:" + digits + letters)
}

extension UInt8 {
    @inline(__always)
    var lowercased: UInt8 { self &- 65 < 26 ? self | 32 : self }

    @inline(__always)
    var isDigit: Bool { self &- 48 < 10 }

    /// A space or a tab: the bytes of OWS (RFC 9110, 5.6.3).
    @inline(__always)
    var isBlank: Bool { self == 32 || self == 9 }

    /// The value of a hexadecimal digit.
    @inline(__always)
    var hexadecimal: UInt8? {
        if isDigit { return self &- 48 }
        let letter = lowercased &- 97
        return letter < 6 ? letter &+ 10 : nil
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        let other = text.utf8Start
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// Compares with an ASCII text in lower case, without regard to case.
    @inline(__always)
    func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        guard count == lowercase.utf8CodeUnitCount else { return false }
        let other = lowercase.utf8Start
        for index in 0..<count where self[index].lowercased != other[index] { return false }
        return true
    }

    func equalsIgnoringCase(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index].lowercased != other[index].lowercased { return false }
        return true
    }

    /// A part of the buffer. The caller keeps the bounds.
    @inline(__always)
    func part(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    /// The part without spaces and tabs at its ends.
    @inline(__always)
    var trimmed: UnsafeRawBufferPointer {
        var start = 0
        var end = count
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return part(start, end)
    }

    /// Calls `body` with each element of a comma-separated list (RFC 9110, 5.6.1), trimmed.
    func forEachListElement(_ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        for index in 0...count where index == count || self[index] == UInt8(ascii: ",") {
            body(part(start, index).trimmed)
            start = index + 1
        }
    }
}
