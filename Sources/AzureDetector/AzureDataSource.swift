import DataFormats
import HTTP1
import JSON
import ModelStore
import ServingAPI
import TimeSeries

/// The location of a request's data in the folder that the operator has configured.
///
/// A location is a path relative to the folder, an absolute path inside it, or a `file:` URL of either. Of an
/// `https:` URL, the path is used: Azure's service accepted URLs of blobs,
/// `https://account…/container/pump.csv?signature`. Clients need no change if the containers are copied into
/// the folder. The query of a URL is a secret and is discarded.
struct AzureDataSource: Sendable, Equatable {
    /// The layout of the data.
    enum Schema: String, CaseIterable, Sendable {
        /// A CSV file with a column `timestamp` and a column for each variable.
        case oneTable = "OneTable"
        /// A folder with a CSV file for each variable. The file's name is that of the variable, and its
        /// columns are `timestamp` and `value`.
        case multiTable = "MultiTable"
    }

    /// The maximum number of variables of a model, as in Azure's service.
    static let maxVariables = 300

    /// The location as in the request, without a query.
    let text: String
    /// The names of the folders, and last that of the file or folder.
    let names: [String]

    /// - Throws: 403 without a folder, 400 for a location outside of it.
    init(_ text: String, in folder: DataFolder?) throws(Problem) {
        guard let folder else {
            throw .azure(
                .forbidden, "StorageReadError",
                "this server was started without --data, the folder that dataSource refers to"
            )
        }
        self.text = String(text.prefix { $0 != "?" && $0 != "#" })
        let isURL = self.text.contains("://")
        var segments: [String]
        if isURL {
            guard let path = Self.path(of: self.text), let target = RequestTarget(path) else {
                throw Self.outside(self.text)
            }
            segments = target.segments
        } else {
            segments = self.text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            if self.text.hasPrefix("/") { segments.removeFirst() }
        }
        if segments.last == "" { segments.removeLast() }
        if self.text.hasPrefix("/") || self.text.lowercased().hasPrefix("file:") {
            guard let inside = Self.inside(folder, segments) else { throw Self.outside(self.text) }
            segments = inside
        }
        names = segments
    }

    /// The path of a URL, with its leading slash.
    private static func path(of url: String) -> String? {
        guard let start = url.firstRange(of: "://") else { return nil }
        let rest = url[start.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return String(rest[slash...])
    }

    /// The part of an absolute path after that of the folder, as configured or with symbolic links resolved;
    /// nil for a path outside the folder.
    private static func inside(_ folder: DataFolder, _ segments: [String]) -> [String]? {
        for root in [folder.path, folder.realPath] where root.hasPrefix("/") {
            let prefix = root.split(separator: "/").map(String.init)
            if segments.starts(with: prefix) { return Array(segments.dropFirst(prefix.count)) }
        }
        return nil
    }

    private static func outside(_ text: String) -> Problem {
        .azure(
            .badRequest, "InvalidBlobURL",
            "the dataSource \(Quote.text(text)) is not a path in the data folder; it must be a file or "
                + "folder in it, such as pump/normal.csv, without . and .. and without symbolic links")
    }

    /// Reads the data.
    /// - Parameter limit: the maximum size of all files together, in bytes.
    /// - Throws: 400, 403 or 413, with the file's name.
    func tables(_ schema: Schema, in folder: DataFolder?, limit: Int) throws(Problem) -> [AzureTable] {
        guard let folder else { throw Self.outside(text) }
        guard schema == .multiTable else {
            let table = try Self.table(
                try read(names, in: folder, limit), TableOptions(timestamp: "timestamp"), text)
            return [try AzureTable(table, variables: table.features ?? [], from: text)]
        }
        let files: [String]
        do throws(DataFolder.Refusal) {
            files = try folder.names(in: names, suffix: ".csv", limit: Self.maxVariables)
        } catch {
            throw problem(error, text, limit)
        }
        guard !files.isEmpty else {
            throw .azure(
                .badRequest, "NoVariablesFound",
                "the folder \(Quote.text(text)) contains no .csv file")
        }
        var tables: [AzureTable] = []
        var remaining = limit
        for file in files {
            let bytes = try read(names + [file], in: folder, remaining)
            remaining -= bytes.count
            let table = try Self.table(bytes, TableOptions(columns: ["value"], timestamp: "timestamp"), file)
            tables.append(try AzureTable(table, variables: [String(file.dropLast(4))], from: file))
        }
        return tables
    }

    private func read(_ names: [String], in folder: DataFolder, _ limit: Int) throws(Problem) -> [UInt8] {
        do throws(DataFolder.Refusal) {
            return try folder.file(names, limit: limit)
        } catch {
            throw problem(error, names.last ?? text, limit)
        }
    }

    private static func table(
        _ csv: [UInt8], _ options: TableOptions, _ name: String
    ) throws(Problem) -> Table {
        let table: Table
        do throws(TableError) {
            table = try Table(csv: csv, options)
        } catch {
            throw .azure(
                .badRequest,
                error.row != nil && error.column == options.timestamp
                    ? "InvalidTimestampFormat" : "ReadingFileError", "\(Quote.text(name)): \(error)")
        }
        guard table.featureCount <= maxVariables else {
            throw .azure(
                .badRequest, "ReadingFileError",
                "\(Quote.text(name)): the number of variables exceeds the maximum of \(maxVariables)")
        }
        return table
    }

    private func problem(_ refusal: DataFolder.Refusal, _ name: String, _ limit: Int) -> Problem {
        switch refusal {
        case .outside: Self.outside(text)
        case .missing:
            .azure(.badRequest, "FileNotExist", "the data folder does not contain \(Quote.text(name))")
        case .otherKind:
            .azure(
                .badRequest, "ReadingFileError",
                "\(Quote.text(name)) is not what the dataSchema requires: a file for OneTable, a "
                    + "folder of files for MultiTable, without symbolic links"
            )
        case .tooLarge:
            .azure(
                .contentTooLarge, "InvalidFileSize",
                "\(Quote.text(text)) exceeds the limit of \(limit) bytes; send less at once")
        case .tooMany:
            .azure(
                .badRequest, "NumColumnsMismatch",
                "\(Quote.text(text)) contains too many files; the maximum is \(Self.maxVariables) variables")
        case .failed: .azure(.forbidden, "StorageReadError", "the server cannot read \(Quote.text(name))")
        }
    }
}

extension AzureTable {
    fileprivate init(_ table: Table, variables: [String], from source: String) throws(Problem) {
        guard let timestamps = table.timestamps, timestamps.clock != .relative else {
            throw .azure(
                .badRequest, "InvalidTimestampFormat",
                "\(Quote.text(source)) has timestamps without a date; they must be times in ISO 8601, such "
                    + "as 2026-01-31T12:00:00Z")
        }
        try self.init(
            variables: variables, times: timestamps.instants.map { UTCTime(microseconds: $0 / 1000) },
            values: table.values, from: Quote.text(source))
    }
}
