import CSimdJSON

/// The character encodings of CSV documents. FoundationEssentials has no tables for the single-byte ones.
enum TextEncoding: Equatable {
    case utf8, ascii, latin1, windows1252, utf16LittleEndian, utf16BigEndian

    /// Looks up the encoding that a `charset` parameter names, in any case.
    /// - Throws: ``TableError`` for another encoding.
    init(charset: String) throws(TableError) {
        switch charset.lowercased() {
        case "utf-8", "utf8": self = .utf8
        case "us-ascii", "ascii": self = .ascii
        case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1": self = .latin1
        case "windows-1252", "cp1252", "cp-1252", "x-cp1252": self = .windows1252
        case "utf-16le": self = .utf16LittleEndian
        // Without a byte order mark, UTF-16 is big-endian (RFC 2781, section 4.3).
        case "utf-16be", "utf-16", "utf16": self = .utf16BigEndian
        default:
            throw TableError(
                "the charset \(TableError.quoted(charset)) is not supported; use utf-8, us-ascii, "
                    + "iso-8859-1, windows-1252, utf-16le or utf-16be, or convert the table: "
                    + "iconv -f \(TableError.escaped(charset)) -t UTF-8", kind: .format)
        }
    }

    /// Returns a document in UTF-8. A byte order mark takes precedence over `charset`.
    /// - Parameter charset: the parameter of Content-Type, if there is one.
    /// - Throws: ``TableError`` for bytes that are not in the encoding, with their line.
    static func decoded(_ bytes: [UInt8], charset: String?) throws(TableError) -> [UInt8] {
        try checkUTF32(bytes)
        var encoding =
            try charset.map { (name) throws(TableError) in try TextEncoding(charset: name) } ?? .utf8
        if bytes.starts(with: [0xFF, 0xFE]) { encoding = .utf16LittleEndian }
        if bytes.starts(with: [0xFE, 0xFF]) { encoding = .utf16BigEndian }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { encoding = .utf8 }
        let text = try encoding.decoded(bytes)
        guard !text.withUnsafeBufferPointer({ csimdjson_is_text($0.baseAddress, $0.count) }) else {
            return text
        }
        if let index = text.firstIndex(of: 0) {
            try checkUTF16(bytes)
            let last = text.lastIndex { $0 != 0 } ?? -1
            guard last > index else {
                throw TableError(
                    "the document ends with \(text.count - index) NUL bytes, as a file does that was not "
                        + "written to its end; remove them, and the last row if it is cut off",
                    kind: .format, line: 1 + lineEnds(text[..<index]))
            }
            throw error(text, at: index, "is not text; save the table as CSV in UTF-8")
        }
        throw error(text, at: firstInvalid(text), "is not UTF-8; \(Self.hint)")
    }

    /// Returns a document in UTF-8, if it is valid.
    private func decoded(_ bytes: [UInt8]) throws(TableError) -> [UInt8] {
        switch self {
        // The readers skip the mark of UTF-8, because removing it would copy the document.
        case .utf8: return bytes
        case .ascii:
            if let index = bytes.firstIndex(where: { $0 > 0x7F }) {
                throw Self.error(bytes, at: index, "is not ASCII; \(Self.hint)")
            }
            return bytes
        case .latin1: return Self.singleByte(bytes) { UInt32($0) }
        case .windows1252:
            if let index = bytes.firstIndex(where: { [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains($0) }) {
                throw Self.error(
                    bytes, at: index, "is not a character of windows-1252; give the right charset")
            }
            return Self.singleByte(bytes) {
                (0x80...0x9F).contains($0) ? Self.windows1252Characters[Int($0) - 0x80] : UInt32($0)
            }
        case .utf16LittleEndian: return try Self.utf16(bytes[...], isLittleEndian: true)
        case .utf16BigEndian: return try Self.utf16(bytes[...], isLittleEndian: false)
        }
    }

    /// Throws the error for UTF-16 without a byte order mark, in which Latin letters have a NUL in every
    /// second byte.
    private static func checkUTF16(_ bytes: [UInt8]) throws(TableError) {
        let head = bytes.prefix(256)
        let nuls = head.indices.filter { head[$0] == 0 }
        guard let first = nuls.first, nuls.count >= head.count * 2 / 5,
            nuls.allSatisfy({ $0 % 2 == first % 2 })
        else { return }
        let name = "utf-16\(first % 2 == 1 ? "le" : "be")"
        throw TableError(
            "the text looks like UTF-16 without a byte order mark; save it as UTF-8, or name its encoding: "
                + "charset=\(name)", kind: .format, remedies: [Remedy(.charset, name)])
    }

    /// Throws the error for UTF-32, in which two bytes of four are NUL at least.
    private static func checkUTF32(_ bytes: [UInt8]) throws(TableError) {
        let head = bytes.prefix(64)
        let (high, low) = ([0, 1], [2, 3])
        let isUTF32 =
            head.count >= 8
            && [high, low].contains { places in
                head.indices.allSatisfy { $0 < 4 || !places.contains($0 % 4) || head[$0] == 0 }
                    && head.indices.contains { $0 >= 4 && (0x20...0x7E).contains(head[$0]) }
                    && !head.indices.contains { $0 >= 4 && (0x01...0x08).contains(head[$0]) }
            }
        guard isUTF32 else { return }
        throw TableError("the text is UTF-32, which is not read; save it as UTF-8", kind: .format)
    }

    private static let hint =
        "save the table as UTF-8, or name its encoding: Content-Type: text/csv; charset=windows-1252 for "
        + "Western European Windows (other encodings, such as Shift-JIS: iconv -f SHIFT-JIS -t UTF-8)"

    /// The characters of the bytes 0x80 to 0x9F. In the others, windows-1252 is ISO 8859-1, which is the
    /// first block of Unicode.
    private static let windows1252Characters: [UInt32] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
        0x0152,
        0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
        0x2122,
        0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    ]

    /// Returns the offset of the first byte that is not part of a character in UTF-8.
    private static func firstInvalid(_ bytes: [UInt8]) -> Int {
        // Everything before the first invalid sequence decodes to the same bytes.
        let decoded = String(decoding: bytes, as: UTF8.self).utf8
        return zip(bytes, decoded).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            ?? max(0, bytes.count - 1)
    }

    /// The error for a byte.
    private static func error(_ bytes: [UInt8], at index: Int, _ what: String) -> TableError {
        let line = 1 + lineEnds(bytes[..<index])
        let code = String(bytes[index], radix: 16, uppercase: true)
        return TableError(
            "the byte 0x\(code.count < 2 ? "0" : "")\(code) \(what)", kind: .format, line: line,
            remedies: what.contains(hint) ? [Remedy(.charset, "windows-1252")] : [])
    }

    private static func lineEnds(_ bytes: some Collection<UInt8>) -> Int {
        var (count, previous): (Int, UInt8) = (0, 0)
        for byte in bytes {
            if byte == 0x0A ? previous != 0x0D : byte == 0x0D { count += 1 }
            previous = byte
        }
        return count
    }

    private static func singleByte(_ bytes: [UInt8], _ scalar: (UInt8) -> UInt32) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 16)
        for byte in bytes {
            if byte < 0x80 {
                text.append(byte)
            } else {
                append(scalar(byte), to: &text)
            }
        }
        return text
    }

    private static func append(_ scalar: UInt32, to text: inout [UInt8]) {
        guard let scalar = Unicode.Scalar(scalar) else { return }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isLittleEndian: Bool) throws(TableError) -> [UInt8]
    {
        guard bytes.count.isMultiple(of: 2) else {
            throw TableError("the text is UTF-16, but has an odd number of bytes", kind: .format)
        }
        let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).lazy.map { index in
            isLittleEndian
                ? UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
                : UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 2)
        let isBroken = transcode(
            units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true
        ) { text.append($0) }
        if isBroken {
            throw TableError(
                "the text is UTF-16, but half of a surrogate pair is missing", kind: .format,
                line: 1 + lineEnds(text))
        }
        return text
    }
}
