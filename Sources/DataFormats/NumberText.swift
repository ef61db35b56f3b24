import CSimdJSON

/// What the text of a cell is, as far as numbers are concerned.
enum CellKind: Int, CaseIterable {
    /// A number with or without a decimal point.
    case number
    /// One of the spellings of a missing value.
    case missing
    /// A number that certainly has a decimal comma: `1,5`, `0,125`, `1.234,5`.
    case decimalComma
    /// `1,234`, which is 1234 or 1.234.
    case ambiguousComma
    /// A number that certainly has commas between thousands: `1,234,567`, `1,234.5`.
    case groupedByCommas
    /// A number that certainly has points between thousands: `1.234.567`, `1.234,5`.
    case groupedByPoints
    /// A number with other marks between thousands: `1'234.5`.
    case groupedByOthers
    /// `true`, `false`, `yes` or `no`.
    case boolean
    /// Infinity.
    case infinite
    /// Anything else.
    case text

    /// Whether it is a number with other marks than a decimal point.
    var hasMarks: Bool {
        switch self {
        case .decimalComma, .ambiguousComma, .groupedByCommas, .groupedByPoints, .groupedByOthers: true
        case .number, .missing, .boolean, .infinite, .text: false
        }
    }
}

/// How the numbers of a document are written.
struct NumberStyle: Equatable {
    /// Whether the decimal mark is a comma, and points are between thousands.
    var hasDecimalCommas = false
    /// Whether the numbers have marks between thousands. Then every comma, or point, is one.
    var hasGroups = false

    /// JSON's: a decimal point, and no marks between thousands.
    static let plain = NumberStyle()
}

/// The text of a cell without blanks around it, in UTF-8.
struct NumberText {
    let bytes: UnsafeBufferPointer<UInt8>

    /// The lower-case spellings of missing values.
    static let missing: Set<String> = [
        "", "na", "n/a", "null", "none", "nan", "-nan", "-", "?", "#n/a", "1.#qnan",
    ]

    /// Returns the number if the text is one in JSON's style, also with a plus sign and with leading zeros.
    /// Infinite beyond the range of doubles.
    var plainNumber: Double? {
        guard let start = bytes.baseAddress, let first = bytes.first else { return nil }
        let skipped = first == UInt8(ascii: "+") && bytes.count > 1 && bytes[1] != UInt8(ascii: "-") ? 1 : 0
        var value = 0.0
        let length = csimdjson_read_double(start + skipped, start + bytes.count, &value)
        return length > 0 && length == bytes.count - skipped ? value : nil
    }

    /// Whether the text has a decimal point or a mark between thousands that is one.
    var hasPoint: Bool { bytes.contains(UInt8(ascii: ".")) }

    /// Whether the text is `d.ddd`, `dd.ddd` or `ddd.ddd` without a leading 0, which with decimal commas is a
    /// number of thousands.
    var isPossiblyGroupedByPoints: Bool {
        var digits = bytes[...]
        if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 2 && Self.areGroups(parts)
    }

    /// Returns whether the text is one of the spellings of a missing value.
    var isMissing: Bool { bytes.count <= 7 && Self.missing.contains(lowercased) }

    /// Returns true for `true` and `yes`, false for `false` and `no`, in any case; nil for other text.
    var boolean: Bool? {
        guard (2...5).contains(bytes.count) else { return nil }
        return switch lowercased {
        case "true", "yes": true
        case "false", "no": false
        default: nil
        }
    }

    private var lowercased: String { String(decoding: bytes, as: UTF8.self).lowercased() }

    /// Returns what the text is.
    var kind: CellKind {
        if plainNumber != nil { return .number }
        if let kind = kindWithComma { return kind }
        if isMissing { return .missing }
        if boolean != nil { return .boolean }
        if let marked = markedKind { return marked }
        if bytes.count <= 9,
            ["inf", "infinity", "1.#inf", "∞"].contains(lowercased.drop { $0 == "-" || $0 == "+" })
        {
            return .infinite
        }
        return .text
    }

    /// Returns the kind of a number of digits and one comma; nil for other text.
    private var kindWithComma: CellKind? {
        var (before, after, hasComma): (Int, Int, Bool) = (0, 0, false)
        let hasSign = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+")
        let start = hasSign ? 1 : 0
        for byte in bytes.dropFirst(start) {
            if byte == Self.comma, !hasComma {
                hasComma = true
            } else if !Self.isDigit(byte) {
                return nil
            } else if hasComma {
                after += 1
            } else {
                before += 1
            }
        }
        guard hasComma, before + after > 0 else { return nil }
        let mayBeGroups = after == 3 && (1...3).contains(before) && bytes[start] != UInt8(ascii: "0")
        return mayBeGroups ? .ambiguousComma : .decimalComma
    }

    /// Returns the kind of a number that has other marks than a decimal point; nil if it is none.
    private var markedKind: CellKind? {
        guard bytes.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        var number = simplified
        if number.first == UInt8(ascii: "-") || number.first == UInt8(ascii: "+") { number.removeFirst() }
        if let exponent = number.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            var digits = number[(exponent + 1)...]
            if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
            guard !digits.isEmpty, digits.allSatisfy(Self.isDigit) else { return nil }
            number = Array(number[..<exponent])
        }
        let marks = number.filter { !Self.isDigit($0) }
        guard !marks.isEmpty else { return number.isEmpty ? nil : .number }
        guard marks.allSatisfy({ [Self.comma, Self.point, Self.otherMark].contains($0) }) else { return nil }
        let decimalMark = marks.last
        let parts = number.split(omittingEmptySubsequences: false) { !Self.isDigit($0) }
        if marks.count == 1 {
            guard number.count > 1 else { return nil }
            switch decimalMark {
            case Self.comma: return Self.areGroups(parts) ? .ambiguousComma : .decimalComma
            case Self.point: return .number
            default: return Self.areGroups(parts) ? .groupedByOthers : nil
            }
        }
        let groupMark = marks[0]
        guard marks.dropLast().allSatisfy({ $0 == groupMark }) else { return nil }
        let hasDecimalMark = decimalMark != groupMark
        guard !hasDecimalMark || decimalMark != Self.otherMark,
            Self.areGroups(Array(hasDecimalMark ? parts.dropLast() : parts[...]))
        else { return nil }
        switch groupMark {
        case Self.comma: return .groupedByCommas
        case Self.point: return .groupedByPoints
        default: return decimalMark == Self.comma ? .decimalComma : .groupedByOthers
        }
    }

    // Computed, because a constant would be initialized with a check at each use.
    private static var comma: UInt8 { UInt8(ascii: ",") }
    private static var point: UInt8 { UInt8(ascii: ".") }
    private static var otherMark: UInt8 { UInt8(ascii: "'") }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Whether digits are a first group of one to three digits, which is not 0, and groups of three.
    private static func areGroups(_ parts: [some Collection<UInt8>]) -> Bool {
        guard parts.count > 1, let first = parts.first else { return false }
        return (1...3).contains(first.count) && first.first != UInt8(ascii: "0")
            && parts.dropFirst().allSatisfy { $0.count == 3 } && parts.allSatisfy { $0.allSatisfy(isDigit) }
    }

    /// The text with ASCII characters for U+2212, the minus sign, and for the other marks between thousands
    /// that are in use: U+2019, the apostrophe; U+00A0, U+2009 and U+202F, blanks that do not break a line.
    private var simplified: [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return Array(bytes) }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.flatMap { (scalar) -> [UInt8] in
            switch scalar {
            case "\u{2212}": [UInt8(ascii: "-")]
            case "\u{2019}", "\u{A0}", "\u{2009}", "\u{202F}": [Self.otherMark]
            default: Array(String(scalar).utf8)
            }
        }
    }

    /// Whether the text is an integer in digits to which no double is equal.
    func isRoundedInteger(_ style: NumberStyle) -> Bool {
        let groupMark = style.hasDecimalCommas ? Self.point : Self.comma
        var digits = simplified[...]
        if digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        var number: UInt128 = 0
        for byte in digits {
            if style.hasGroups, byte == groupMark || byte == Self.otherMark { continue }
            guard Self.isDigit(byte) else { return false }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            // No number of 39 digits or more is exact, but for few.
            guard !isTooLarge, product <= UInt128.max - 9 else { return true }
            number = product + UInt128(byte - UInt8(ascii: "0"))
        }
        return Double(exactly: number) == nil
    }

    /// Returns the number in the text; nil if it is not a number in this style. Infinite beyond the range of
    /// doubles.
    func number(_ style: NumberStyle) -> Double? {
        if style == .plain, let number = plainNumber { return number }
        let decimalMark = style.hasDecimalCommas ? Self.comma : Self.point
        let groupMark = style.hasDecimalCommas ? Self.point : Self.comma
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            let simplified = simplified
            // Other characters remain if the text is not a number.
            guard simplified.allSatisfy({ $0 < 0x80 }) else { return nil }
            return simplified.withUnsafeBufferPointer { NumberText(bytes: $0).number(style) }
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, bytes.count)) { plain in
            var count = 0
            for byte in bytes {
                switch byte {
                case groupMark where style.hasGroups, Self.otherMark where style != .plain: continue
                case groupMark, Self.otherMark: return nil
                default:
                    plain[count] = byte == decimalMark ? Self.point : byte
                    count += 1
                }
            }
            return NumberText(bytes: UnsafeBufferPointer(rebasing: plain[..<count])).plainNumber
        }
    }
}
