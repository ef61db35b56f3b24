import ArgumentParser
import HTMLReport
import RepriseClient

/// `reprise report`.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score a series, and write an HTML page about it.",
        discussion: """
            The page is one file without scripts and without references to other files, for a browser or a \
            printer: the events, the most severe first, with the features at fault, their actual and their \
            expected values, and charts of the scores, of the features and of their shares in the error.
            """)

    @OptionGroup var server: ServerOptions
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file to write; - is standard output.", valueName: "file"), completion: .file()
    )
    var output = "report.html"
    @OptionGroup var input: InputOptions
    @OptionGroup var options: ReportOptions

    func validate() throws {
        guard !server.json else {
            throw ValidationError("a report is HTML; reprise score --json prints the scores as JSON")
        }
    }

    func run() throws {
        let bytes = try InputFile(input.file).read()
        let scored = try input.content(of: bytes, with: options)
        try server.run("report") { client in
            let name = InputFile(input.file).name
            let data = try ReportSource(client: client, name: name).data(scored) { version in
                try input.content(of: bytes, with: options.prediction.pinned(to: version, for: bytes))
            }
            let path = try OutputFile.write(
                Array(ReportPage(data).html.utf8), to: output, name: "report.html")
            let events = data.events.count
            OutputFile.printReport(
                "\(events) event\(events == 1 ? "" : "s") in \(data.scores.count) rows: "
                    + (path == "-" ? "standard output" : path), about: path)
        }
    }
}

/// The options of `reprise report` that are sent to the server.
struct ReportOptions: RequestOptions {
    @OptionGroup var prediction: PredictionOptions
    @OptionGroup(title: "Detection") var detection: DetectionOptions
}
