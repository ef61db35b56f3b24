import HTTP1

/// What a GET or HEAD request gets of a representation, according to its conditions and its range.
enum Selection: Equatable {
    /// 200 with all bytes.
    case whole
    /// 206 with some of the bytes.
    case part(Range<Int>)
    /// 304
    case notModified

    /// Evaluates the conditions in the order of RFC 9110, 13.2.2. Conditions with dates have no effect,
    /// because no representation has a modification date (RFC 9110, 13.1.3 and 13.1.4).
    /// - Parameters:
    ///   - tag: the entity tag of the representation.
    ///   - length: the length of the representation in bytes; nil if it has no ranges.
    /// - Throws: 412 if If-Match does not list the tag; 416 if the range is beyond the end.
    init(of tag: EntityTag, length: Int? = nil, for head: RequestHead) throws(Problem) {
        let fields = head.fields
        let conditions = Preconditions(fields)
        if let failure = conditions.matchFailure(of: tag) { throw failure }
        if conditions.isExcluded(tag) {
            self = .notModified
            return
        }
        // Ranges are defined for GET only (RFC 9110, 14.2).
        guard let length, head.method == .get, let range = ByteRange(fields),
            fields.values(of: "If-Range").allSatisfy(tag.isEqual)
        else {
            self = .whole
            return
        }
        guard let bytes = range.bytes(of: length) else { throw .rangeNotSatisfiable(length) }
        self = .part(bytes)
    }
}

/// The range of bytes that a Range field asks for (RFC 9110, 14.1.2).
private enum ByteRange {
    case from(Int, through: Int)
    case last(Int)

    /// Returns nil for a field that is ignored: a malformed one, a unit other than bytes, and several ranges,
    /// whose request gets the whole representation (RFC 9110, 14.2 allows that).
    init?(_ fields: HeaderFields) {
        let values = fields.values(of: "Range")
        guard values.count == 1 else { return nil }
        let parts = values[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bytes" else { return nil }
        let ranges = parts[1].split(separator: ",")
        guard ranges.count == 1 else { return nil }
        let ends = ranges[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        // A number that does not fit is beyond the end of every representation.
        let (first, last) = (ends[0], ends[1])
        let number = { (digits: Substring) in Int(digits) ?? .max }
        switch (first.isEmpty, last.isEmpty) {
        case (true, true): return nil
        case (true, false): self = .last(number(last))
        case (false, true): self = .from(number(first), through: .max)
        case (false, false):
            guard number(first) <= number(last) else { return nil }
            self = .from(number(first), through: number(last))
        }
    }

    /// The bytes of a representation; nil if there are none.
    func bytes(of length: Int) -> Range<Int>? {
        switch self {
        case .from(let first, let last): first < length ? first..<(min(last, length - 1) + 1) : nil
        case .last(let count): count > 0 && length > 0 ? (length - min(count, length))..<length : nil
        }
    }
}
