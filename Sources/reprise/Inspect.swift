import ArgumentParser
import DataFormats
import Inspection
import JSON
import RepriseClient
import ServingAPI
import TimeSeries

/// `reprise inspect`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print how data are understood, and what is odd about them.",
        discussion: """
            Reads the file with the code of the server, but without one: the roles of columns with the \
            reasons for them, the times of the rows, the values of each feature, and options of reprise \
            train that suit the data. With --strict, a warning of the level error makes the exit code 1.
            """)

    @Argument(
        help: ArgumentHelp(
            """
            A CSV file with a header row, a JSON array of rows or windows, a NumPy .npy file, or a JSON \
            request; - or no file reads standard input.
            """), completion: .file())
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Rows that do not count: a CSV column that is 1 in these rows, or their first and last rows, "
                + "such as [[8,9]].", valueName: "column"))
    var exclude: String?
    @Flag(help: "Print the report as JSON.") var json = false
    @OptionGroup(title: "Columns") var features: FeatureOptions
    @OptionGroup(title: "CSV columns") var columns: ColumnOptions
    @OptionGroup(title: "Time") var time: TimeOptions
    @OptionGroup var options: InspectOptions

    func run() throws {
        var members = try features.members().merging(columns.members()) { $1 }
            .merging(time.members()) { $1 }.merging(options.members()) { $1 }
        if let exclude { members["exclude"] = .string(exclude) }
        for name in ["strict", "charset"] { members[name] = nil }
        let inspection = try Self.inspection(of: try InputFile(file).read(), columns.charset, members)
        print(json ? Self.json(of: inspection) : "\(InspectionReport(inspection))")
        if features.strict, inspection.warnings.contains(where: { $0.level == .error }) {
            throw ExitCode.failure
        }
    }

    private static func inspection(
        of file: [UInt8], _ charset: String?, _ members: [String: RequestValue]
    ) throws -> Inspection {
        let query = members.map { (name: $0.key, value: $0.value.parameter) }
        do throws(Problem) {
            let isGzip = file.starts(with: [0x1F, 0x8B])
            let bytes = isGzip ? try ContentCoding.gzip.decompress(file, limit: Int.max) : file
            let format = InputFormat(bytes)
            var request =
                switch format {
                case .csv: try DataRequest(bytes, .csv(charset: charset), query: query)
                case .npy: try DataRequest(bytes, .npy, query: query)
                case .request: try DataRequest(bytes, .json, query: query)
                case .windows: try DataRequest(object("windows", bytes), .json, query: query)
                case .rows: try DataRequest(object("series", bytes), .json, query: query)
                }
            let inspection = try request.inspection(for: nil).0
            // A request may have options of a training, too.
            if format != .request { try request.rejectUnknown() }
            return inspection
        } catch {
            let remedies = error.remedies.map { (option: $0.option.rawValue, value: $0.value) }
            throw CommandFailure(
                error.detail, hint: remedies.isEmpty ? nil : CommandFailure.hint(remedies))
        }
    }

    /// A JSON object with one member.
    private static func object(_ name: String, _ value: [UInt8]) -> [UInt8] {
        Array("{\"\(name)\":".utf8) + value + Array("}".utf8)
    }

    /// The report as the server's response to POST /inspect.
    private static func json(of inspection: Inspection) -> String {
        var json = JSONWriter()
        json.object { json in
            json.members(of: inspection)
            json.warnings(of: inspection)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

/// How rows are read for a report.
struct InspectOptions: RequestOptions {
    @Option(help: ArgumentHelp("Rows in a window.", valueName: "T")) var timesteps: Int?
    @Option(help: ArgumentHelp("Features of which differences are taken.", valueName: "a,b,c"))
    var difference: List<String>?
    @Option(help: ArgumentHelp("Names of the features. CSV has them in its header.", valueName: "a,b,c"))
    var featureNames: List<String>?
}
