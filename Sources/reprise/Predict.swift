import ArgumentParser
import RepriseClient

/// `reprise reconstruct`.
struct Reconstruct: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reconstruct windows, and print the error of each.",
        discussion: """
            Errors are mean squares, in the units of the data and in the scaled units of the threshold. With \
            --json the response has the reconstructions.

            --rows writes CSV: a line for each row with the actual value of each feature beside the \
            reconstructed one, which is the mean over all windows with the row.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var options: PredictionOptions
    @OptionGroup var table: TableOptions

    func validate() throws { try table.validate(besides: server) }

    func run() throws {
        let bytes = try InputFile(input.file).read()
        let content = try input.content(of: bytes, with: options)
        try server.run("reconstruct") { client in
            let response = try client.post("/reconstruct", content)
            let windows: ReconstructResponse = try response.decoded()
            server.show(response, report: Self.report(windows), besides: table)
            try table.write {
                let same = options.pinned(to: windows.version, for: bytes)
                let content = try input.content(of: bytes, with: same)
                return try client.post(
                    "/reconstruct", content.adding("rows", .json(Array("true".utf8))), accept: "text/csv")
            }
        }
    }

    private static func report(_ response: ReconstructResponse) -> String {
        let rows = zip(response.errors, response.scaledErrors).enumerated()
            .map { index, errors in ["\(index)", errors.0.rounded5, errors.1.rounded5] }
        return "\(Table(["window", "error", "scaled error"], rows))"
    }
}

/// `reprise encode`.
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the encoding of each window.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var options: PredictionOptions

    func run() throws {
        try server.post("encode", input.content(with: options)) { (response: EncodeResponse) in
            let units = response.encodings.first?.indices.map { "\($0)" } ?? []
            let rows = response.encodings.enumerated().map { index, encoding in
                ["\(index)"] + encoding.map(\.rounded5)
            }
            return "\(Table(["window"] + units, rows))"
        }
    }
}
