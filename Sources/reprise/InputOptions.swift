import ArgumentParser
import RepriseClient

/// The data of a client command: a file, and the columns that it has if it is CSV.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            """
            A CSV file with a header row, a JSON array of rows or windows, a NumPy .npy file, or a JSON \
            request; - or no file reads standard input.
            """), completion: .file())
    var file: String?

    @OptionGroup(title: "Columns") var features: FeatureOptions
    @OptionGroup(title: "CSV columns") var columns: ColumnOptions
    @OptionGroup(title: "Time") var time: TimeOptions

    /// Reads the file.
    /// - Parameters:
    ///   - options: the options to send with the data.
    ///   - rowFlags: options that flag rows, by member: a column of CSV, the index of one of an array, or
    ///   JSON.
    ///   - namesModel: whether the request must name a model.
    func content(
        with options: some RequestOptions, rowFlags: KeyValuePairs<String, String?> = [:],
        namesModel: Bool = true
    ) throws -> RequestContent {
        try content(of: InputFile(file).read(), with: options, rowFlags: rowFlags, namesModel: namesModel)
    }

    /// The content of the bytes of the file.
    func content(
        of bytes: [UInt8], with options: some RequestOptions, rowFlags: KeyValuePairs<String, String?> = [:],
        namesModel: Bool = true
    ) throws -> RequestContent {
        let format = InputFormat(bytes)
        var members = try options.members().merging(features.members()) { $1 }
            .merging(time.members()) { $1 }
        var columns = try columns.members()
        guard format == .csv || columns.isEmpty else { throw notCSV(columns.keys.min() ?? "") }
        for case (let name, let flags?) in rowFlags {
            let isColumnOfArray = format == .npy && Int(flags) != nil
            guard format == .csv || isColumnOfArray || flags.hasPrefix("[") else { throw notCSV(name) }
            members[name] = format == .csv ? .string(flags) : .json(Array(flags.utf8))
        }
        guard !namesModel || format == .request || members["model"] != nil else {
            throw CommandFailure("no model is named", hint: "name one with --model")
        }
        switch format {
        case .csv:
            columns["charset"] = nil
            return try .csv(bytes, charset: self.columns.charset, options: members.merging(columns) { $1 })
        case .npy: return try .npy(bytes, options: members)
        case .request: return try .json(bytes, adding: members)
        case .windows: members["windows"] = .json(bytes)
        case .rows: members["series"] = .json(bytes)
        }
        return try .json(members)
    }

    private func notCSV(_ member: String) -> CommandFailure {
        CommandFailure(
            "\(OptionName(member: member).flag) names columns, which are for CSV; "
                + "\(InputFile(file)) is not CSV",
            hint: "leave the option out, or convert the file to CSV with a header row")
    }
}

/// What all data are read with.
struct FeatureOptions: RequestOptions {
    @Option(help: ArgumentHelp("Columns to use as features, in this order.", valueName: "a,b,c"))
    var columns: List<String>?

    @Option(help: ArgumentHelp("Columns to leave out.", valueName: "a,b,c"))
    var ignore: List<String>?

    @Flag(help: "Refuse data and models with warnings of the level error.")
    var strict = false
}

/// The uses of the columns of a CSV file.
struct ColumnOptions: RequestOptions {
    @Option(
        help: ArgumentHelp(
            "The column of timestamps. Default: the column whose name and cells are those of times.",
            valueName: "column"))
    var timestamp: String?

    @Option(
        help: ArgumentHelp(
            "The column that has one value for all rows of a recording. No window spans two recordings.",
            valueName: "column"))
    var recording: String?

    @Option(
        help: ArgumentHelp(
            "Whether the first row has the names of the columns: true or false. Default: found in the file.",
            valueName: "true/false"), completion: .list(["true", "false"]))
    var header: Bool?

    @Option(
        help: ArgumentHelp(
            "The character encoding, such as windows-1252. Default: UTF-8, or what a byte order mark says.",
            valueName: "encoding"))
    var charset: String?
}

/// What is done with rows because of their timestamps.
struct TimeOptions: RequestOptions {
    @Option(
        help: "Treat rows out of order by this method: error or sort.", completion: .list(["error", "sort"]))
    var order: String?

    @Option(
        help: "Treat rows with the same timestamp by this method: error, last or mean.",
        completion: .list(["error", "last", "mean"]))
    var duplicates: String?

    @Option(
        help: ArgumentHelp(
            "The interval between two rows above which a recording ends, or none. Default: three median "
                + "intervals, if the intervals are regular.", valueName: "30s"))
    var maxGap: String?

    @Option(help: ArgumentHelp("Resample the rows to one for each interval.", valueName: "10s"))
    var interval: String?

    @Option(
        help: "What becomes of the values in an interval: mean, last, min or max.",
        completion: .list(["mean", "last", "min", "max"]))
    var aggregate: String?
}

/// The formats of data, detected from the first bytes.
enum InputFormat {
    case csv
    /// A NumPy array.
    case npy
    /// A JSON object.
    case request
    /// A JSON array `[N][T][F]`.
    case windows
    /// A JSON array `[rows][F]`.
    case rows

    init(_ bytes: [UInt8]) {
        let start = bytes.lazy.filter { !" \t\r\n".utf8.contains($0) }.prefix(3)
        if bytes.starts(with: [0x93] + "NUMPY".utf8) {
            self = .npy
        } else if start.first == UInt8(ascii: "{") {
            self = .request
        } else if start.first == UInt8(ascii: "[") {
            self = start.elementsEqual("[[[".utf8) ? .windows : .rows
        } else {
            self = .csv
        }
    }

    /// Whether the data are rows. A NumPy array may hold windows, so it needs an explicit T.
    var isRows: Bool { self == .csv || self == .rows }
}
