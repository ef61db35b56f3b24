import DataFormats
import TimeSeries

/// Fuzzes the CSV reader: a table must consist of complete rows of numbers, and be unchanged after it is
/// written and read again.
enum CSVFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        guard let table = try? CSVTable(csv: input) else { return nil }
        let rows = table.series.rows
        guard rows > 0, table.features.count == table.series.features else {
            return "the table has no complete rows"
        }
        guard !table.series.values.contains(where: \.isInfinite) else { return "a number is infinite" }
        guard table.timestamps.map({ $0.count == rows }) ?? true else { return "a row has no timestamp" }
        guard table.recordings == [0..<rows] else { return "rows are lost" }
        guard table.series.values.contains(where: \.isNaN) == (table.firstMissing != nil) else {
            return "a missing value is not reported"
        }
        guard let again = try? CSVTable(csv: written(table)) else {
            return "a written table cannot be read"
        }
        let isSame =
            again.features == table.features.map { "n" + $0 }
            && again.series.values.map(\.bitPattern) == table.series.values.map(\.bitPattern)
        return isSame ? nil : "a table changed when it was written and read"
    }

    /// Quotes each name, so that no character in it is special, and prefixes it with a letter, so that it is
    /// no number.
    private static func written(_ table: CSVTable) -> [UInt8] {
        let names = table.features.map { name in
            "\"n"
                + String(
                    name.unicodeScalars.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] }.map(Character.init))
                + "\""
        }
        let values = table.series.values.map { $0.isNaN ? "NaN" : "\($0)" }
        let features = table.features.count
        let rows = stride(from: 0, to: values.count, by: features).map {
            values[$0..<($0 + features)].joined(separator: ",")
        }
        return Array(([names.joined(separator: ",")] + rows).map { $0 + "\n" }.joined().utf8)
    }
}
