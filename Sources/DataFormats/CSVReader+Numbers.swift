import TimeSeries

/// The decimal mark of a document, and the cells of features.
extension CSVReader {
    /// The columns whose cells are all numbers, missing or flags, if one reads them right.
    private func numberColumns(_ scan: ColumnScan) -> [Int] {
        roles.columns.indices.filter {
            scan.modes[$0] == .numbers && scan.profiles[$0][.text] == 0
        }
    }

    /// Finds how the numbers are written. All columns must have the same decimal mark.
    /// - Throws: ``TableError`` for numbers that are ambiguous, and for both decimal marks.
    func numberStyle() throws(TableError) -> NumberStyle {
        let columns = numberColumns(scan)
        let isMarked = columns.contains { column in
            CellKind.allCases.contains { $0.hasMarks && scan.profiles[column][$0] > 0 }
        }
        guard isMarked else {
            try checkPoints(columns)
            return .plain
        }
        // A fast first pass has not seen which plain numbers have a point.
        let marks = scan.looksForPoints ? scan : try pass(.numbers, columns, looksForPoints: true)
        func first(_ kinds: CellKind...) -> (column: Int, place: ColumnScan.Place)? {
            for column in columns {
                let places = kinds.compactMap { marks.profiles[column].first($0) }
                if let place = places.min(by: { $0.row < $1.row }) { return (column, place) }
            }
            return nil
        }
        let comma = first(.decimalComma, .groupedByPoints)
        let groupedByCommas = first(.groupedByCommas)
        let ambiguous = first(.ambiguousComma)
        let points = columns.filter { marks.profiles[$0].firstPoint != nil }
        // Semicolons are the separators where the comma is the decimal mark.
        let hasCommas =
            comma != nil
            || (ambiguous != nil && groupedByCommas == nil && points.isEmpty
                && layout.delimiter == UInt8(ascii: ";"))
        guard hasCommas else {
            for column in columns where marks.profiles[column][.groupedByCommas] == 0 {
                guard let place = marks.profiles[column].first(.ambiguousComma) else { continue }
                throw error(
                    column, place,
                    "which can be \(place.text.filter { $0 != "," }) or "
                        + "\(place.text.split(separator: ",").joined(separator: ".")); write numbers with a "
                        + "decimal point and without separators between thousands")
            }
            let hasGroups = groupedByCommas != nil || first(.groupedByOthers) != nil
            return NumberStyle(hasDecimalCommas: false, hasGroups: hasGroups)
        }
        if let other = groupedByCommas, let comma { throw mixedMarks(other, comma) }
        // Without a number that certainly has a decimal comma, each can stand between thousands.
        for column in columns where comma == nil && marks.profiles[column][.ambiguousComma] > 1 {
            guard let place = marks.profiles[column].first(.ambiguousComma) else { continue }
            try checkThousands(column, place, marks.profiles[column])
        }
        for column in points {
            let profile = marks.profiles[column]
            guard let place = profile.firstPoint, let comma = comma ?? ambiguous,
                profile[.groupedByPoints] == 0 || !profile.pointsMayGroup
            else { continue }
            throw mixedMarks((column, place), comma)
        }
        let hasGroups = first(.groupedByPoints) != nil
        return NumberStyle(hasDecimalCommas: true, hasGroups: hasGroups)
    }

    private func mixedMarks(
        _ point: (column: Int, place: ColumnScan.Place), _ comma: (column: Int, place: ColumnScan.Place)
    ) -> TableError {
        error(
            point.column, point.place,
            "but column \(TableError.quoted(roles.columns[comma.column].name)) has "
                + "\(TableError.quoted(comma.place.text)) in line \(comma.place.line); write all numbers "
                + "with the same decimal mark, a point")
    }

    /// Reads the numbers again, in the style that was found.
    mutating func rescan() throws(TableError) {
        let columns = numberColumns(scan)
        values = []
        var again = try pass(.numbers, columns, style: style, keepsValues: true)
        values = again.takeValues()
        for column in columns { scan.adopt(again.profiles[column], column) }
        guard style != .plain else { return }
        warnings.append(
            Warning(
                .numberFormat, .info,
                style.hasDecimalCommas
                    ? "The numbers were read with decimal commas"
                        + (style.hasGroups ? " and points between thousands." : ".")
                    : "The numbers were read with separators between thousands."))
    }

    /// Checks that all cells of the features are numbers, missing, or flags.
    /// - Throws: ``TableError`` for the first that is not.
    mutating func checkFeatures() throws(TableError) {
        var flags: [Int] = []
        for (column, properties) in roles.columns.enumerated() where properties.role == .feature {
            let profile = scan.profiles[column]
            if profile.isPlain { continue }
            guard profile[.boolean] + profile[.missing] == scan.rows else {
                throw valueError(column)
            }
            flags.append(column)
        }
        guard !flags.isEmpty else { return }
        let texts = try pass(.texts, flags).texts
        for column in flags {
            for row in 0..<scan.rows {
                let flag = texts[column].withBytes(row) { NumberText(bytes: $0).boolean }
                values[row * roles.columns.count + column] = flag.map { $0 ? 1 : 0 } ?? .nan
            }
        }
        let names = flags.map { roles.columns[$0].name }
        warnings.append(
            Warning(
                .numberFormat, .info,
                "The words true and false, or yes and no, in \(Self.list(names)) were read as 1 and 0.",
                columns: names))
    }

    /// Returns names in quotes, with the word for columns in front.
    static func list(_ names: [String]) -> String {
        let maxNames = 20
        return (names.count == 1 ? "column " : "columns ")
            + names.prefix(maxNames).map(TableError.quoted).joined(separator: " and ")
            + (names.count > maxNames ? " and others" : "")
    }

    /// The error for a cell.
    /// - Parameters:
    ///   - problem: the end of a sentence about the cell.
    ///   - remedies: what may be done besides leaving the column out.
    func error(
        _ column: Int, _ place: ColumnScan.Place, _ problem: String, remedies: [Remedy] = []
    ) -> TableError {
        let name = roles.columns[column].name
        return TableError(
            "column \(TableError.quoted(name)) has the value \(TableError.quoted(place.text)), \(problem)",
            line: place.line, row: place.row, column: name, cell: place.text,
            remedies: remedies + [Remedy(.ignore, name)])
    }

    /// The error for the first cell of a column that is not a number and not missing.
    func valueError(_ column: Int) -> TableError {
        let profile = scan.profiles[column]
        let places = CellKind.allCases.compactMap { kind in profile.first(kind).map { (kind, $0) } }
        guard let (kind, place) = places.min(by: { $0.1.row < $1.1.row }) else {
            preconditionFailure("the column has numbers only")
        }
        let isTime = place.text.utf8Buffer { TimeText($0) != nil }
        let name = TableError.escaped(roles.columns[column].name)
        let numbers = profile[.number]
        switch kind {
        case .infinite:
            return error(
                column, place, "but a number must be finite; leave the cell of a missing value empty")
        case .boolean where numbers > 0:
            return error(
                column, place,
                "which is a flag among numbers; write 0 or 1, or leave the cell of a missing value empty")
        case .text where isTime && numbers == 0:
            return error(
                column, place,
                "which is a time, but neither an option nor the name says that the column has the "
                    + "timestamps; say timestamp=\(name), or leave it out with ignore=\(name)",
                remedies: [Remedy(.timestamp, roles.columns[column].name)])
        case .text where numbers == 0 && isSeparatedByBlanks(place.text):
            return error(
                column, place, "which are numbers: separate the columns with commas, not with blanks")
        case .text where place.row > 0 && place.text == roles.columns[column].name && roles.hasNames:
            return error(
                column, place, "which is its name: the header stands again in this line; remove the line")
        case .text where numbers == 0 && CellHint(place.text) == nil:
            return error(
                column, place,
                "which is not a number; if the column identifies recordings, say recording=\(name); leave it "
                    + "out with ignore=\(name); a missing value is \(Self.spellings)",
                remedies: [Remedy(.recording, roles.columns[column].name)])
        case .text where CellHint(place.text) == nil && isSecondHeader(place):
            return error(
                column, place,
                "which is not a number, but the cells below are; if the line is a second header row, join it "
                    + "with the first, or remove it; a missing value is \(Self.spellings)")
        default:
            let hint = CellHint(place.text).map { ": \($0.text)" } ?? ""
            return error(
                column, place,
                "which is not a number\(hint); "
                    + (numbers == 0 ? "leave the column out with ignore=\(name); " : "")
                    + "a missing value is \(Self.spellings)")
        }
    }

    private static let spellings =
        "an empty cell, or NA, N/A, null, None, NaN, -, ?, #N/A, -nan or 1.#QNAN"

    /// Whether the first row has text or nothing in all columns of numbers, and only the first row.
    private func isSecondHeader(_ place: ColumnScan.Place) -> Bool {
        place.row == 0 && !values.isEmpty
            && roles.columns.indices.allSatisfy { column in
                guard scan.modes[column] == .numbers else { return true }
                let profile = scan.profiles[column]
                return profile[.text] == 0
                    ? values[column].isNaN
                    : profile[.text] == 1
                        && profile.first(.text)?.row == 0
            }
    }

    /// Whether the only cell of a row has several numbers.
    private func isSeparatedByBlanks(_ text: String) -> Bool {
        let parts = text.split(separator: " ")
        return roles.columns.count == 1 && parts.count > 1
            && parts.allSatisfy { String($0).utf8Buffer { NumberText(bytes: $0).plainNumber != nil } }
    }
}

extension String {
    /// Calls a function with the text in UTF-8.
    func utf8Buffer<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var copy = self
        return copy.withUTF8(body)
    }
}
