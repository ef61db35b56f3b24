import DataFormats
import HTTP1
import JSON
import ModelStore
import ServingAPI
import TimeSeries

/// Where a request's data lie in the folder that the operator has named.
///
/// A path is relative to the folder, or absolute and inside it, or either as a `file:` URL. Of an `https:` URL it is the path:
/// the service that is gone took URLs of blobs, `https://account…/container/pump.csv?signature`, and who copies the containers
/// into the folder need not change a client. The query, which held a secret, is forgotten at once.
struct AzureDataSource: Sendable, Equatable {
    /// How data are laid out.
    enum Schema: String, CaseIterable, Sendable {
        /// A CSV file with a column `timestamp` and a column for each variable.
        case oneTable = "OneTable"
        /// A folder with a CSV file for each variable, which is named after it and has the columns `timestamp` and `value`.
        case multiTable = "MultiTable"
    }

    /// Variables that one model may have, as the service had it.
    static let maxVariables = 300

    /// As the request has it, without a query.
    let text: String
    /// Of folders, and last that of the file or folder.
    let names: [String]

    /// - Throws: 403 without a folder, 400 for what leads nowhere in it.
    init(_ text: String, in folder: DataFolder?) throws(Problem) {
        guard let folder else {
            throw .azure(
                .forbidden, "StorageReadError",
                "this server reads no files: it was started without --data, the folder that a dataSource lies in"
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

    /// The path of a URL, from its slash on.
    private static func path(of url: String) -> String? {
        guard let start = url.firstRange(of: "://") else { return nil }
        let rest = url[start.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return String(rest[slash...])
    }

    /// What is left of an absolute path behind the folder's own, as it was named or as it really is.
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
            "the dataSource \(Quote.text(text)) is no path in the folder of data: name a file or folder in it, such as pump/normal.csv, "
                + "without . and .. and without symbolic links")
    }

    /// Reads the data.
    /// - Parameter limit: bytes of all files together.
    /// - Throws: 400 or 413, with the file's name.
    func tables(_ schema: Schema, in folder: DataFolder?, limit: Int) throws(Problem) -> [AzureTable] {
        guard let folder else { throw Self.outside(text) }
        guard schema == .multiTable else {
            let table = try Self.table(
                try read(names, in: folder, limit), CSVColumns(timestamp: "timestamp"), text)
            return [try AzureTable(table, variables: table.features, from: text)]
        }
        let files: [String]
        do throws(DataFolder.Refusal) {
            files = try folder.names(in: names, suffix: ".csv", limit: Self.maxVariables)
        } catch {
            throw refused(error, text, limit)
        }
        guard !files.isEmpty else {
            throw .azure(
                .badRequest, "NoVariablesFound",
                "there is no file whose name ends in .csv in \(Quote.text(text))")
        }
        var tables: [AzureTable] = []
        var left = limit
        for file in files {
            let bytes = try read(names + [file], in: folder, left)
            left -= bytes.count
            let table = try Self.table(bytes, CSVColumns(features: ["value"], timestamp: "timestamp"), file)
            tables.append(try AzureTable(table, variables: [String(file.dropLast(4))], from: file))
        }
        return tables
    }

    private func read(_ names: [String], in folder: DataFolder, _ limit: Int) throws(Problem) -> [UInt8] {
        do throws(DataFolder.Refusal) {
            return try folder.file(names, limit: limit)
        } catch {
            throw refused(error, names.last ?? text, limit)
        }
    }

    private static func table(_ csv: [UInt8], _ columns: CSVColumns, _ name: String) throws(Problem)
        -> CSVTable
    {
        do throws(CSVError) {
            let table = try CSVTable(csv: csv, columns)
            guard table.features.count <= maxVariables else {
                throw CSVError(line: 1, detail: "there are more than \(maxVariables) variables")
            }
            return table
        } catch {
            throw .azure(.badRequest, "ReadingFileError", "\(Quote.text(name)): \(error)")
        }
    }

    private func refused(_ refusal: DataFolder.Refusal, _ name: String, _ limit: Int) -> Problem {
        switch refusal {
        case .outside: Self.outside(text)
        case .missing:
            .azure(.badRequest, "FileNotExist", "there is no \(Quote.text(name)) in the folder of data")
        case .otherKind:
            .azure(
                .badRequest, "ReadingFileError",
                "\(Quote.text(name)) is of another kind: OneTable needs a file, MultiTable a folder of files, without symbolic links"
            )
        case .tooLarge:
            .azure(
                .contentTooLarge, "InvalidFileSize",
                "\(Quote.text(text)) has more than the \(limit) bytes that may be read; send less at once")
        case .tooMany:
            .azure(
                .badRequest, "NumColumnsMismatch",
                "\(Quote.text(text)) has too many files; a model has \(Self.maxVariables) variables at most")
        case .failed: .azure(.forbidden, "StorageReadError", "the server can't read \(Quote.text(name))")
        }
    }
}

extension AzureTable {
    fileprivate init(_ table: CSVTable, variables: [String], from place: String) throws(Problem) {
        try self.init(
            variables: variables, timestamps: table.timestamps ?? [], values: table.series.values,
            from: Quote.text(place))
    }
}
