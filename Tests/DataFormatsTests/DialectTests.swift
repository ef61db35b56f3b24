import DataFormats
import Testing

/// A table that is written in any dialect reads back the same.
@Suite struct DialectTests {
    /// A table and a way to write it, from a seed.
    struct Written {
        var names: [String] = []
        var values: [[Double]] = []
        /// The instants, in nanoseconds; nil without timestamps.
        var instants: [Int64]?
        var timestamps: [String] = []
        var timestampName = ""
        /// The place of the timestamps among the columns.
        var timestampColumn = 0
        var delimiter = ","
        var isQuoted = false
        var hasDecimalCommas = false
        var lineEnd = "\n"
        var missing = [""]
        var charset: String?
        var bytes: [UInt8] = []
    }

    private struct SplitMix64: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
            bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
            return bits ^ (bits >> 31)
        }

        mutating func element<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: 0..<elements.count, using: &self)]
        }
    }

    static func written(seed: UInt64) -> Written {
        var random = SplitMix64(state: seed)
        var table = Written()
        let columns = Int.random(in: 1...6, using: &random)
        let rows = Int.random(in: 1...20, using: &random)
        let names = ["Druck", "Temp °C", "b, in \"mm\"", "x;y", "_1", "Höhe (m)", "µ", "flow|2"]
        table.names = Array(names.shuffled(using: &random).prefix(columns))
        table.delimiter = random.element([",", ";", "\t", "|"])
        table.isQuoted = Bool.random(using: &random)
        table.lineEnd = random.element(["\n", "\r\n", "\r"])
        table.hasDecimalCommas =
            columns > 1 && (table.delimiter != "," || table.isQuoted) && Bool.random(using: &random)
        let spellings = ["", "NA", "N/A", "n/a", "null", "None", "NaN", "-", "?", "#N/A", "-nan", "1.#QNAN"]
        table.missing = Bool.random(using: &random) ? [random.element(spellings)] : spellings
        table.values = (0..<rows).map { row in
            (0..<columns).map { column in
                // The first column has a value in each row, and one that shows the decimal mark.
                if column == 0 { return Double(row) + 0.5 }
                switch Int.random(in: 0..<5, using: &random) {
                case 0: return .nan
                case 1: return Double(Int.random(in: -1000...1000, using: &random))
                case 2: return Double(Int.random(in: -99999...99999, using: &random)) / 1000
                case 3: return Double.random(in: -1...1, using: &random) * 1e-9
                default: return 1e9 + Double.random(in: -1...1, using: &random)
                }
            }
        }
        setTimestamps(&table, rows: rows, &random)
        encode(&table, &random)
        return table
    }

    private static func setTimestamps(_ table: inout Written, rows: Int, _ random: inout SplitMix64) {
        // 2026-12-31T23:00:00Z, of which the day is no month.
        let start = 1_798_758_000
        func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let forms: [(String, (Int) -> String)] = [
            ("time", { "2026-12-31T23:\(pad($0)):00Z" }), ("Datum", { "31.12.2026 23:\(pad($0))" }),
            ("Date/Time", { "12/31/2026 11:\(pad($0)):00 PM" }),
            ("timestamp", { "2026-12-31 23:\(pad($0)):00.000" }),
            ("epoch", { "\(start + 60 * $0)" }), ("time_ms", { "\((start + 60 * $0) * 1000)" }),
            ("ts", { "2027-01-01T01:\(pad($0)):00+02:00" }), ("datetime", { "31-Dec-2026 23:\(pad($0)):00" }),
        ]
        guard Bool.random(using: &random) else { return }
        let (name, text) = random.element(forms)
        table.timestampName = name
        table.timestamps = (0..<rows).map(text)
        table.instants = (0..<rows).map { Int64(start + 60 * $0) * 1_000_000_000 }
        table.timestampColumn = Int.random(in: 0...table.names.count, using: &random)
    }

    private static func encode(_ table: inout Written, _ random: inout SplitMix64) {
        var lines =
            ["# exported by a test", "sep=\(table.delimiter)"].filter { _ in
                Int.random(in: 0..<4, using: &random) == 0
            }.reversed() as [String]
        lines.append(line(table.names, table.timestampName, table))
        for (row, values) in table.values.enumerated() {
            let cells = values.map { value -> String in
                if value.isNaN { return random.element(table.missing) }
                let text =
                    Int.random(in: 0..<2, using: &random) == 0 && value.rounded() == value
                    ? "\(Int(value))" : "\(value)"
                return table.hasDecimalCommas ? text.map { $0 == "." ? "," : String($0) }.joined() : text
            }
            lines.append(line(cells, table.timestamps.isEmpty ? "" : table.timestamps[row], table))
        }
        let end = Bool.random(using: &random) ? table.lineEnd : ""
        let text = lines.joined(separator: table.lineEnd) + end
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            table.charset = random.element([nil, "utf-8"])
            table.bytes = Array("\u{FEFF}\(text)".utf8)
        case 1: table.bytes = TableTextTests.utf16(text, bigEndian: true)
        case 2: table.bytes = TableTextTests.utf16(text, bigEndian: false)
        case 3:
            // The characters of the names have the same bytes in both encodings.
            table.charset = random.element(["iso-8859-1", "Windows-1252", "latin1"])
            table.bytes = text.unicodeScalars.map { UInt8($0.value) }
        default: table.bytes = Array(text.utf8)
        }
    }

    private static func line(_ cells: [String], _ timestamp: String, _ table: Written) -> String {
        var cells = cells
        if table.instants != nil { cells.insert(timestamp, at: table.timestampColumn) }
        return cells.map { cell in
            guard table.isQuoted || cell.contains(table.delimiter) || cell.contains("\"") else { return cell }
            return "\""
                + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                + "\""
        }.joined(separator: table.delimiter)
    }

    @Test func aTableInAnyDialectReadsBackTheSame() throws {
        for seed in 0..<600 as Range<UInt64> {
            let written = Self.written(seed: seed)
            let text =
                "seed \(seed): \(String(decoding: written.bytes.prefix(300), as: UTF8.self).debugDescription)"
            let table: Table
            do {
                // A column without any value is a feature only if it is named.
                let options = TableOptions(columns: written.names, charset: written.charset)
                table = try Table(csv: written.bytes, options)
            } catch {
                Issue.record("\(text): \(error)")
                continue
            }
            #expect(table.features == written.names, "\(text)")
            #expect(table.values.map(\.description) == written.values.joined().map(\.description), "\(text)")
            #expect(table.timestamps?.instants == written.instants, "\(text)")
        }
    }
}
