import ArgumentParser
import Glibc
import RepriseClient
import TimeSeries

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension MissingValues: ExpressibleByArgument {}

/// The server, the model and the data of a client command.
struct DataOptions: ParsableArguments {
    @Option(help: "The server.")
    var url = "http://127.0.0.1:8080"

    @Option(help: "The model.")
    var model: String

    @Argument(help: "A CSV file with a header row, or a JSON request; standard input without one.")
    var file: String?

    @Option(help: ArgumentHelp("Columns to take, in this order.", valueName: "a,b,c"))
    var columns: String?

    @Option(help: ArgumentHelp("Columns to leave out.", valueName: "a,b,c"))
    var ignore: String?

    @Option(help: ArgumentHelp("Rows from one window to the next."))
    var stride: Int?

    @Option(help: ArgumentHelp("sliding or temporalize."))
    var windowing: String?

    @Option(help: "What to do with empty cells: error, previous, linear or zero.")
    var missing = MissingValues.error

    @Flag(help: "Print the server's answer as JSON.")
    var json = false

    /// The file's bytes.
    private func read() throws -> [UInt8] {
        guard let file, file != "-" else { return try readStandardInput() }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure("can't read \(file)", hint: "is it there, and may you read it?")
        }
        return Array(data)
    }

    private func readStandardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(STDIN_FILENO, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure("can't read standard input") }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
    }

    /// A JSON request as it was written, or the rows of a CSV table, `[rows][F]`.
    enum Input {
        case request([UInt8])
        case rows([[Float]])
    }

    func input() throws -> Input {
        let bytes = try read()
        if bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
            return .request(bytes)
        }
        func names(_ list: String?) -> [String]? { list.map { $0.split(separator: ",").map(String.init) } }
        do {
            let table = try CSVTable(csv: bytes, columns: names(columns), ignoring: Set(names(ignore) ?? []))
            var series = table.series
            try series.fillMissing(missing, segment: max(series.rows, 1))
            let features = series.features
            return .rows((0..<series.rows).map { Array(series.values[$0 * features..<($0 + 1) * features]) })
        } catch {
            throw CommandFailure("\(file ?? "standard input"): \(error)")
        }
    }

    /// Sends a request as it was written, or one made of rows, and prints the answer.
    /// - Parameter report: what to tell a person.
    func run<Request: Encodable, Answer: Decodable>(
        _ path: String, _ request: ([[Float]]) -> Request, report: (Answer) -> String
    ) throws {
        do {
            let client = try RepriseClient(baseURL: url)
            let answer =
                switch try input() {
                case .request(let body): try client.checked(client.send("POST", path, body: body))
                case .rows(let rows): try client.post(path, request(rows))
                }
            print(json ? answer.text : report(try answer.decoded()))
        } catch let error as ClientError {
            throw CommandFailure(error.description)
        }
    }
}
