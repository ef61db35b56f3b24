/// Rows whose separator is none of those that are looked for.
extension TableLayout {
    /// Throws the error for rows of one cell that have several values behind another separator.
    /// - Parameter isNamed: whether a line `sep=` names the separator.
    func checkSeparator(_ sample: [SampleRow], isNamed: Bool) throws(TableError) {
        guard sample.count > 1, sample.allSatisfy({ $0.cells.count == 1 }) else { return }
        var scanner = scanner(delimiter)
        var rows: [[UInt8]] = []
        while !scanner.isAtEnd, rows.count < sample.count {
            if scanner.skipBlankLine() { continue }
            guard let cells = try? scanner.row() else { return }
            rows.append(Array(scanner.bytes(cells[0])))
        }
        guard let header = rows.first else { return }
        func isSeparator(_ byte: UInt8) -> Bool {
            let names = header.split(separator: byte, omittingEmptySubsequences: false)
            guard names.allSatisfy({ !$0.isEmpty }) else { return false }
            return rows.dropFirst().allSatisfy { row in
                let parts = row.split(separator: byte, omittingEmptySubsequences: false)
                return parts.count == names.count
                    && parts.allSatisfy { part in
                        part.withUnsafeBufferPointer { ![.text, .time].contains(Self.kind($0)) }
                    }
            }
        }
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...:
                true
            default: " +-._'\"".utf8.contains(byte)
            }
        }
        guard let found = Set(header).filter({ !isWord($0) }).sorted().first(where: isSeparator) else {
            return
        }
        let mark = TableError.quoted(String(decoding: [found], as: UTF8.self))
        if Self.delimiters.contains(found) {
            throw TableError(
                "each row is one cell with the separator \(mark) inside; "
                    + (isNamed
                        ? "correct the line sep=, which names another"
                        : "remove the quotes around whole rows"),
                line: line)
        }
        throw TableError(
            "the columns seem to be separated by \(mark), which is not read; separate them with commas, "
                + "semicolons, tabs or vertical bars", line: line)
    }
}
