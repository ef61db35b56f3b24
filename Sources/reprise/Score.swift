import ArgumentParser
import RepriseClient

/// `reprise score`.
struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score a series, and print the events in it.",
        discussion: """
            A score is an error divided by the threshold: a score above 1 is an anomaly. Rows are counted \
            from 0, and have their timestamps beside them. A response without events, such as that for \
            windows or with --last, is printed as a table of the windows' scores, and a response with rows \
            alone as a table of the rows' scores. With --json the response has all parts.

            --rows writes CSV: a line for each row with its timestamp or number, its score, whether it is an \
            anomaly, and the three features with the largest shares in its error.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var options: ScoreOptions
    @OptionGroup var table: TableOptions

    func validate() throws { try table.validate(besides: server) }

    func run() throws {
        let bytes = try InputFile(input.file).read()
        let content = try input.content(of: bytes, with: options)
        try server.run("score") { client in
            let response = try client.post("/score", content)
            let scores: ScoreResponse = try response.decoded()
            server.show(response, report: ScoreReport(response: scores).text, besides: table)
            try table.write {
                var same = options
                same.prediction = same.prediction.pinned(to: scores.version, for: bytes)
                return try client.post(
                    "/score", input.content(of: bytes, with: same), accept: "text/csv")
            }
        }
    }
}

/// The options of `reprise score` that are sent to the server.
struct ScoreOptions: RequestOptions {
    @OptionGroup var prediction: PredictionOptions
    @Flag(help: "Score the newest window only.") var last = false
    @Option(
        help: ArgumentHelp(
            "Parts of the response: windows, rows, events, timesteps, features, return_periods, "
                + "row_shares.",
            valueName: "a,b,c"))
    var include: List<String>?
    @Option(
        help: "The order of events: time, or peak for the highest peak score first.",
        completion: .list(["time", "peak"]))
    var sort: String?
    @OptionGroup(title: "Detection") var detection: DetectionOptions
}
