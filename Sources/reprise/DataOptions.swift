import ArgumentParser
import RepriseClient
import TimeSeries

/// The data of a client command.
struct DataOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A CSV file with a header row, a JSON array of rows or windows, or a JSON request; - or nothing is "
                + "standard input."))
    var file: String?

    @Option(help: ArgumentHelp("Columns of the CSV to take, in this order.", valueName: "a,b,c"))
    var columns: String?

    @Option(help: ArgumentHelp("Columns of the CSV to leave out.", valueName: "a,b,c"))
    var ignore: String?

    @Option(help: ArgumentHelp("Rows from one window to the next.", valueName: "rows"))
    var stride: Int?

    @Option(help: "sliding or temporalize.")
    var windowing: String?

    @Option(help: "What to do with missing values: error, previous, linear or zero.")
    var missing: String?

    /// What a file holds, as JSON.
    enum Content {
        case request([UInt8])
        case windows([UInt8])
        case series([UInt8])
    }

    /// Reads the file. CSV is told from JSON by its first character.
    func content() throws -> Content {
        let bytes = try InputFile(file).read()
        let start = bytes.lazy.filter { !" \t\r\n".utf8.contains($0) }.prefix(3)
        let isJSON = start.first == UInt8(ascii: "{") || start.first == UInt8(ascii: "[")
        guard !isJSON || columns == nil && ignore == nil else {
            throw CommandFailure(
                "\(InputFile(file)) is JSON; --columns and --ignore are for CSV, which names its columns")
        }
        if start.first == UInt8(ascii: "{") { return .request(bytes) }
        if start.elementsEqual("[[[".utf8) { return .windows(bytes) }
        return .series(start.first == UInt8(ascii: "[") ? bytes : try series(csv: bytes))
    }

    /// The rows of a CSV table as JSON, missing values as null.
    private func series(csv: [UInt8]) throws -> [UInt8] {
        func names(_ list: String?) -> [String]? { list.map { $0.split(separator: ",").map(String.init) } }
        let series: Series
        do {
            let table = try CSVTable(csv: csv, columns: names(columns), ignoring: Set(names(ignore) ?? []))
            series = table.series
            if missing == nil, let gap = series.values.firstIndex(where: \.isNaN) {
                let (row, column) = (gap / series.features + 1, table.columns[gap % series.features])
                throw CommandFailure(
                    "\(InputFile(file)): column \"\(column)\" has no value in row \(row) below the header",
                    hint: "say how to fill gaps with --missing previous, linear or zero")
            }
        } catch let error as DataError {
            throw CommandFailure("\(InputFile(file)): \(error)")
        }
        let features = series.features
        let rows = (0..<series.rows).map { row in
            series.values[row * features..<(row + 1) * features].map { $0.isNaN ? nil : $0 }
        }
        return try RepriseClient.json(rows)
    }
}

extension DataOptions.Content {
    /// A request may name its model itself; other data can't.
    func requireModel(_ name: String?) throws {
        if case .request = self { return }
        guard name != nil else {
            throw CommandFailure("which model is it for?", hint: "name it with --model")
        }
    }

    /// A request: what the options say, and the data.
    func request(_ options: [UInt8]) -> [UInt8] {
        switch self {
        case .request(let document): JSONObject(options).adding(document: document)
        case .windows(let windows): JSONObject(options).adding("windows", windows)
        case .series(let rows): JSONObject(options).adding("series", rows)
        }
    }
}
