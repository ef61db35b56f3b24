import ArgumentParser
import RepriseClient

/// `reprise feedback`.
struct Feedback: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Mark rows as normal or anomalous, and learn the threshold of a model again.",
        discussion: """
            Send rows that the model has scored. Those that are marked as normal join the rows that the \
            threshold is learned from, those that are marked as anomalous leave them. The result is a new \
            version of the model with the same weights.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var input: InputOptions
    @Option(help: "The model's name.") var model: String
    @Option(
        help: ArgumentHelp(
            """
            Normal rows: a CSV column that is 1 in these rows and 0 in others, the index of such a column \
            of a NumPy array, or their first and last rows, such as [[120,139]].
            """, valueName: "rows"))
    var normal: String?
    @Option(help: ArgumentHelp("Anomalous rows, in the same way.", valueName: "rows"))
    var anomalous: String?
    @OptionGroup var options: FeedbackOptions

    func run() throws {
        let content = try input.content(
            with: options, rowFlags: ["normal": normal, "anomalous": anomalous], namesModel: false)
        try server.run("feedback") { client in
            let response = try client.feedback(
                model, options.history.content(content, for: server), accept: "application/json")
            let report = Self.report(try response.decoded())
            server.show(response, report: report)
        }
    }

    /// The report of the new version.
    static func report(_ response: TrainResponse) -> String {
        let learned = response.feedback.map {
            "\($0.normalWindows) normal joined, \($0.removedWindows) of \($0.anomalousWindows) anomalous left"
        }
        return """
            model       \(response.model), version \(response.version)\
            \(response.feedback.map { ", from version \($0.version)" } ?? "")
            windows     \(learned ?? "")
            threshold   \((response.threshold ?? 0).rounded5) (\(response.errorKind))
            """ + text(ofWarnings: response.warnings)
    }
}

/// The options of `reprise feedback` that are sent to the server.
struct FeedbackOptions: RequestOptions {
    @Option(help: "The version that was used: its number, an alias, or latest (the default).")
    var version: String?
    @Option(help: "The quantile of the errors that becomes the threshold (default: that of the version).")
    var quantile: Double?
    @Option(
        help: ArgumentHelp(
            "Set the threshold to the mean of the errors plus N standard deviations instead.", valueName: "N")
    )
    var sigmas: Double?
    @OptionGroup(title: "Windows") var windows: WindowOptions
    @OptionGroup var history: HistoryOptions
}
