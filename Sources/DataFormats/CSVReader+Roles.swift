import TimeSeries

/// The roles that no option gives: found by the name and by all cells of a column.
extension CSVReader {
    /// Gives a role to each column that has none, except for times without a name.
    mutating func findRoles() throws(TableError) {
        ignoreEmptyColumns()
        for (column, properties) in roles.columns.enumerated() where properties.role == nil {
            if roles.areFeaturesSelected {
                roles.set(column, .ignored, "not named by columns")
                continue
            }
            let profile = scan.profiles[column]
            if properties.isNamedLikeIndex, roles.hasNames, try isIgnored(column) { continue }
            if isBesideTimestamps(column) { continue }
            let isLate = properties.isNamedLikeIndex || !roles.hasNames
            if isLate, profile[.number] == 0, let place = profile.first(.text),
                place.text.utf8Buffer({ TimeText($0) != nil })
            {
                continue
            }
            guard profile.isPlain || profile[.boolean] + profile[.missing] == scan.rows else {
                throw valueError(column)
            }
            roles.set(column, .feature, "all cells are numbers or missing")
        }
    }

    /// Leaves a column out that stands beside timestamps and says more about them: the bounds of a query in
    /// InfluxDB's `_start` and `_stop`, and nanoseconds to add.
    private mutating func isBesideTimestamps(_ column: Int) -> Bool {
        guard let timestamp = roles.index(of: .timestamp) else { return false }
        let name = roles.columns[column].name
        if roles.columns[timestamp].name == "_time", ["_start", "_stop"].contains(name),
            scan.profiles[column].first(.text)?.text.utf8Buffer({ TimeText($0) != nil }) == true
        {
            ignore(column, "a bound of a query", "it has the bounds of a query, and _time has the timestamps")
            return true
        }
        let words = Set(TimestampName.words(name).outside)
        guard words.contains("offset"), !words.isDisjoint(with: ["time", "timestamp"]),
            !words.isDisjoint(with: ["nano", "nanos", "nanosecond", "nanoseconds", "ns"])
        else { return false }
        ignore(
            column, "a part of the timestamps", "it has nanoseconds of the timestamps, which are not needed")
        return true
    }

    /// Leaves out the columns without values: those of measurements that an instrument does not have, and
    /// those without names, which separators at the ends of lines make.
    private mutating func ignoreEmptyColumns() {
        let empty = roles.columns.indices.filter {
            roles.columns[$0].role == nil && scan.modes[$0] == .numbers
                && scan.profiles[$0][.missing] == scan.rows
        }
        guard !empty.isEmpty else { return }
        for column in empty {
            roles.set(
                column, .ignored,
                roles.columns[column].isUnnamed ? "neither a name nor values" : "has no values")
        }
        let names = empty.map { roles.columns[$0].name }
        warnings.append(
            Warning(
                .ignoredColumn, .info,
                "The \(Self.list(names)) \(names.count == 1 ? "was" : "were") ignored: without values. If "
                    + "one is a feature, list it in columns.",
                columns: names))
    }

    /// Leaves a column out if its cells are those of an index.
    private mutating func isIgnored(_ column: Int) throws(TableError) -> Bool {
        let properties = roles.columns[column]
        let profile = scan.profiles[column]
        guard profile[.number] == scan.rows else { return false }
        let count = roles.columns.count
        let index = (0..<scan.rows).map { values[$0 * count + column] }
        let isWhole = index.allSatisfy { $0 >= 0 && $0.rounded() == $0 }
        let steps = zip(index, index.dropFirst())
        if isWhole, steps.allSatisfy({ $1 == $0 + 1 }) {
            ignore(column, "an index that rises by 1", "it is an index that rises by 1")
            return true
        }
        // The index of a frame that was filtered, joined or shuffled. pandas writes it in front.
        let isUnique = Set(index).count == index.count
        if properties.isUnnamed {
            let isFirst = roles.columns[..<column].allSatisfy { $0.role == .ignored }
            // The outer levels of an index of several columns are equal in consecutive rows.
            let isLevel = roles.columns.prefix(2).allSatisfy(\.isUnnamed)
            guard isWhole, isFirst, isRestarting(index, repeats: isLevel) || isUnique else {
                throw TableError(
                    "the column \(column + 1) of the header has no name, and is no index; name it, or leave "
                        + "it out with ignore=\(TableError.escaped(properties.name))",
                    line: layout.headerLine,
                    column: properties.name, remedies: [Remedy(.ignore, properties.name)])
            }
            ignore(column, "an index without a name", "it has no name, and whole numbers like an index")
            return true
        }
        // A measurement can have this name, too, but hardly with other whole numbers in each of many rows.
        let minRows = 8
        guard isWhole, index.count >= minRows, isUnique || isRestarting(index) else { return false }
        ignore(
            column, isUnique ? "an index in another order" : "an index that starts again",
            "its name is that of an index, and "
                + (isUnique
                    ? "it has another whole number in each row, as after shuffling or filtering rows"
                    : "it rises by 1 and starts again, as after joining tables"))
        return true
    }

    /// Whether an index rises by 1 and starts again, any number of times.
    /// - Parameter repeats: whether consecutive rows can have the same number.
    func isRestarting(_ index: [Double], repeats: Bool = false) -> Bool {
        zip(index, index.dropFirst()).allSatisfy {
            $1 == $0 + 1 || (repeats && $1 == $0) || ($1 < $0 && ($1 <= 1 || $1 == index[0]))
        }
    }

    /// Leaves a column out, and says why.
    mutating func ignore(_ column: Int, _ reason: String, _ sentence: String) {
        let name = roles.columns[column].name
        roles.set(column, .ignored, reason)
        warnings.append(
            Warning(
                .ignoredColumn, .info,
                "The column \(TableError.quoted(name)) was ignored: \(sentence). If it is a feature, list "
                    + "it in columns.", columns: [name]))
    }
}
