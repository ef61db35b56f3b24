import ArgumentParser
import RepriseClient

/// The data of a client command.
struct DataOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A CSV file with a header row, a JSON array of rows or windows, or a JSON request; - or nothing is "
                + "standard input."))
    var file: String?

    @OptionGroup var columns: ColumnOptions

    @Option(help: ArgumentHelp("Rows from one window to the next.", valueName: "rows"))
    var stride: Int?

    @Option(help: "sliding or temporalize.")
    var windowing: String?

    @Option(help: "What to do with missing values: error, previous, linear or zero.")
    var missing: String?

    /// Reads the file. CSV is told from JSON by its first character.
    /// - Parameter more: options beside ours that name columns.
    func data(_ more: [String: String?] = [:]) throws -> InputData {
        let bytes = try InputFile(file).read()
        let names = columns.names.merging(more.compactMapValues { $0 }) { $1 }
        let start = bytes.lazy.filter { !" \t\r\n".utf8.contains($0) }.prefix(3)
        guard start.first == UInt8(ascii: "{") || start.first == UInt8(ascii: "[") else {
            return .csv(bytes, names)
        }
        guard names.isEmpty else {
            throw CommandFailure("\(InputFile(file)) is JSON; options that name columns are for CSV")
        }
        if start.first == UInt8(ascii: "{") { return .request(bytes) }
        return start.elementsEqual("[[[".utf8) ? .windows(bytes) : .series(bytes)
    }
}

/// What the columns of a CSV file are for.
struct ColumnOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Columns of the CSV to take, in this order.", valueName: "a,b,c"))
    var columns: String?

    @Option(help: ArgumentHelp("Columns of the CSV to leave out.", valueName: "a,b,c"))
    var ignore: String?

    @Option(
        help: ArgumentHelp(
            "The column of timestamps; without it the first one, if that is text or called time.",
            valueName: "column"))
    var timestamp: String?

    @Option(
        help: ArgumentHelp(
            "The column that says the same in all rows of a recording: no window spans two.",
            valueName: "column"))
    var recording: String?

    /// Those that are there, as the API calls them.
    var names: [String: String] {
        ["columns": columns, "ignore": ignore, "timestamp": timestamp, "recording": recording]
            .compactMapValues { $0 }
    }
}

/// What a file holds.
enum InputData {
    /// With the names of columns.
    case csv([UInt8], [String: String])
    case request([UInt8])
    case windows([UInt8])
    case series([UInt8])

    /// Whether T has to be said.
    var isRows: Bool {
        switch self {
        case .csv, .series: true
        case .request, .windows: false
        }
    }

    /// A request may name its model itself; other data can't.
    func requireModel(_ name: String?) throws {
        if case .request = self { return }
        guard name != nil else {
            throw CommandFailure("which model is it for?", hint: "name it with --model")
        }
    }

    /// The data, with what the options say.
    /// - Parameter options: a JSON object.
    func request(_ options: [UInt8]) throws -> Content {
        switch self {
        case .csv(let csv, let columns):
            try .csv(csv, options: JSONObject(options).adding(document: RepriseClient.json(columns)))
        case .request(let document): .json(JSONObject(options).adding(document: document))
        case .windows(let windows): .json(JSONObject(options).adding("windows", windows))
        case .series(let rows): .json(JSONObject(options).adding("series", rows))
        }
    }
}
