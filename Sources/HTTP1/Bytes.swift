extension UInt8 {
    @inline(__always)
    var lowercased: UInt8 { self &- 65 < 26 ? self | 32 : self }

    @inline(__always)
    var isDigit: Bool { self &- 48 < 10 }

    /// A space or a tab: the bytes of OWS (RFC 9110, 5.6.3).
    @inline(__always)
    var isBlank: Bool { self == 32 || self == 9 }

    /// The value of a hexadecimal digit; `nil` for any other byte.
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

    /// Compares with an ASCII text, ignoring case. `lowercase` must be in lower case.
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

    /// The bytes from `start` up to `end`. The caller ensures that both are within the buffer.
    @inline(__always)
    func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    /// The bytes without spaces and tabs at both ends.
    @inline(__always)
    var trimmed: UnsafeRawBufferPointer {
        var start = 0
        var end = count
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return slice(start, end)
    }

    /// Calls `body` with each element of a comma-separated list (RFC 9110, 5.6.1), trimmed.
    func forEachListElement(_ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        for index in 0...count where index == count || self[index] == UInt8(ascii: ",") {
            body(slice(start, index).trimmed)
            start = index + 1
        }
    }
}
