import ArgumentParser
import RepriseClient

/// `reprise reconstruct`.
struct Reconstruct: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reconstruct windows, and print the error of each.",
        discussion: "Errors are mean squares, in the data's units and in the scaled units of the threshold. "
            + "The reconstructions are in the JSON answer.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var prediction: PredictionOptions

    func run() throws {
        try server.post("/reconstruct", prediction.request()) { (answer: ReconstructAnswer) in
            let rows = zip(answer.errors, answer.scaledErrors).enumerated()
                .map { index, errors in ["\(index)", errors.0.rounded5, errors.1.rounded5] }
            return "\(Table(["window", "error", "scaled error"], rows))"
        }
    }
}

/// `reprise encode`.
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the encoding of each window.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var prediction: PredictionOptions

    func run() throws {
        try server.post("/encode", prediction.request()) { (answer: EncodeAnswer) in
            let units = answer.encodings.first?.indices.map { "\($0)" } ?? []
            let rows = answer.encodings.enumerated().map { index, encoding in
                ["\(index)"] + encoding.map(\.rounded5)
            }
            return "\(Table(["window"] + units, rows))"
        }
    }
}

/// A model, and windows for it.
struct PredictionOptions: ParsableArguments {
    @Option(help: "The model's name.") var model: String?
    @Option(help: "The version: its number or an alias; the latest without one.") var version: String?
    @OptionGroup var data: DataOptions

    func request() throws -> Content { try content(windowsRequest) }

    /// The options, without the data.
    var windowsRequest: WindowsRequest {
        var request = WindowsRequest(model: model)
        request.version = version
        request.stride = data.stride
        request.windowing = data.windowing
        request.missing = data.missing
        return request
    }

    /// Options with the data.
    func content(_ options: WindowsRequest) throws -> Content {
        let data = try data.data()
        try data.requireModel(model)
        return try data.request(RepriseClient.json(options))
    }

    /// What is scored and against which threshold, without its data.
    func request(_ threshold: ThresholdOptions) -> ScoreRequest {
        var request = ScoreRequest(model: model)
        request.version = version
        request.stride = data.stride
        request.windowing = data.windowing
        request.missing = data.missing
        request.threshold = threshold.threshold
        request.quantile = threshold.quantile
        request.sigmas = threshold.sigmas
        return request
    }
}
