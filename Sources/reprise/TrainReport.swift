import RepriseClient

/// The report of a training, without the losses of each epoch.
struct TrainReport {
    private let response: TrainResponse

    init(_ response: TrainResponse) { self.response = response }

    var text: String {
        let kind = response.architecture ?? response.detector
        let features = "\(response.features) feature\(response.features == 1 ? "" : "s")"
        return """
            model       \(response.model), version \(response.version) (\(kind))
            windows     \(response.timesteps) timesteps of \(features)\(names)
            parameters  \(response.parameters)
            \(loss)
            threshold   \((response.threshold ?? 0).rounded5) (\(response.errorKind)), \(source)
            seconds     \(response.seconds.rounded5)
            """ + reprise.text(ofWarnings: response.warnings)
    }

    private var loss: String {
        guard let first = response.history.loss.first else { return "loss        none: fitted in one step" }
        return
            "loss        \(first.rounded5) -> \((response.loss ?? 0).rounded5) in \(response.epochs) epochs"
    }

    private var source: String {
        response.thresholdSource.map { "learned from the \($0) windows" } ?? "as given"
    }

    private var names: String {
        response.featureNames.map { ": \($0.map(\.escapingControls).joined(separator: ", "))" } ?? ""
    }
}
