import ArgumentParser
import RepriseClient

/// `reprise calibrate`.
struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn the threshold of a model again, from data of normal operation.",
        discussion: """
            For a model from elsewhere, which has no threshold, and for one whose normal operation has \
            changed. Weights and scaling stay. The result is a new version of the model.
            """)

    @OptionGroup var server: ServerOptions
    @OptionGroup var input: InputOptions
    @Option(help: "The model's name.") var model: String
    @Option(
        help: ArgumentHelp(
            """
            Leave rows out: a CSV column that is 1 in these rows and 0 in others, or for other data their \
            first and last rows, such as [[8,9]].
            """, valueName: "column"))
    var exclude: String?
    @OptionGroup var options: CalibrateOptions

    func run() throws {
        let content = try input.content(with: options, rowFlags: ["exclude": exclude], namesModel: false)
        try server.run("calibrate") { client in
            let response = try client.calibrate(
                model, options.history.content(content, for: server), accept: "application/json")
            let report = Self.report(try response.decoded())
            server.show(response, report: report)
        }
    }

    /// The report of the new version.
    static func report(_ response: TrainResponse) -> String {
        let base = response.calibration.map { ", calibrated from version \($0.version)" } ?? ""
        let windows = response.calibration.map { "\($0.windows) of \($0.rows) rows" } ?? ""
        return """
            model       \(response.model), version \(response.version)\(base)
            windows     \(windows)
            threshold   \((response.threshold ?? 0).rounded5) (\(response.errorKind))
            """ + text(ofWarnings: response.warnings)
    }
}

/// The options of `reprise calibrate` that are sent to the server.
struct CalibrateOptions: RequestOptions {
    @Option(help: "The version to calibrate: its number, an alias, or latest (the default).")
    var version: String?
    @OptionGroup(title: "Windows") var windows: WindowOptions
    @Option(
        help: "What is done with windows that contain outliers: exclude or keep.",
        completion: .list(["exclude", "keep"]))
    var outliers: String?
    @Option(
        help: """
            Compute errors by this method: mse, mae, mahalanobis or level_spread (default: that of the \
            version).
            """, completion: .list(["mse", "mae", "mahalanobis", "level_spread"]))
    var errorKind: String?
    @OptionGroup var threshold: ThresholdOptions
    @OptionGroup var history: HistoryOptions
}
