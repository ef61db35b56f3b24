import DataFormats
import TimeSeries

/// Fuzzes the CSV reader: a table must consist of complete rows of numbers, an error must be one line, and a
/// table must be unchanged after it is written and read again.
enum CSVFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        for hasHeader in [nil, true, false] {
            if let finding = finding(input, TableOptions(hasHeader: hasHeader)) { return finding }
        }
        return finding(input, TableOptions(recording: "a", labels: ["labels": "b"], charset: "windows-1252"))
    }

    private static func finding(_ input: [UInt8], _ options: TableOptions) -> String? {
        let table: Table
        do throws(TableError) {
            table = try Table(csv: input, options)
        } catch {
            let isLine = !error.detail.isEmpty && !error.description.contains { $0.isNewline }
            return isLine ? nil : "not one line: \(error)"
        }
        let rows = table.rows
        guard rows > 0, table.values.count == rows * table.featureCount else {
            return "the table has no complete rows"
        }
        guard !table.values.contains(where: \.isInfinite) else { return "a number is infinite" }
        guard !table.warnings.contains(where: { $0.message.contains { $0.isNewline } }) else {
            return "a warning is not one line"
        }
        guard table.columns.count(where: { $0.role == .feature }) == table.featureCount else {
            return "the features are not those of the columns"
        }
        guard table.timestamps.map({ $0.instants.count == rows }) ?? true,
            table.flags.values.allSatisfy({ $0.count == rows })
        else { return "a row has no timestamp or no flag" }
        guard table.recordings.first?.lowerBound == 0, table.recordings.last?.upperBound == rows,
            zip(table.recordings, table.recordings.dropFirst()).allSatisfy({ $0.upperBound == $1.lowerBound })
        else { return "the recordings are not all rows" }
        guard let lines = table.lines, (1..<max(1, rows)).allSatisfy({ lines[$0] > lines[$0 - 1] }) else {
            return "the lines do not rise"
        }
        return options.hasHeader == nil ? roundTripFinding(table) : nil
    }

    private static func roundTripFinding(_ table: Table) -> String? {
        let again: Table
        do throws(TableError) {
            again = try Table(csv: written(table))
        } catch {
            return "a written table cannot be read: \(error)"
        }
        let isSame =
            again.features == table.features?.map { "n" + $0 }
            && again.values.map(\.bitPattern) == table.values.map { ($0.isNaN ? .nan : $0).bitPattern }
        return isSame ? nil : "a table changed when it was written and read"
    }

    /// Quotes each name, so that no character in it is special, and prefixes it with a letter, so that it is
    /// no number and no name of timestamps.
    private static func written(_ table: Table) -> [UInt8] {
        let names = (table.features ?? []).map { name in
            "\"n"
                + String(
                    name.unicodeScalars.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] }.map(Character.init))
                + "\""
        }
        let values = table.values.map { $0.isNaN ? "NaN" : "\($0)" }
        let features = table.featureCount
        let rows = stride(from: 0, to: values.count, by: features).map {
            values[$0..<($0 + features)].joined(separator: ",")
        }
        return Array(([names.joined(separator: ",")] + rows).map { $0 + "\n" }.joined().utf8)
    }
}
