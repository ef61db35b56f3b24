import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries
import Training

/// A request to POST /models/{model}/feedback: rows, and which of them are normal or anomalous.
struct FeedbackRequest {
    let model: PermittedModel
    let feedback: PlannedFeedback
    /// Whether the response has the losses of all epochs.
    let hasHistory: Bool

    /// Reads and checks the whole body, so that errors are reported before the feedback is queued.
    /// - Throws: 400 or 422 for an invalid body and beyond the limits, 404 for an unknown version, 409 for a
    ///   version without calibration errors.
    init(
        _ call: Call, _ models: ModelLookup, _ limits: RuntimeLimits, _ inferences: InferenceMetrics
    ) throws(Problem) {
        model = try call.model()
        var request = try DataRequest(call)
        hasHistory = try request.hasHistory()
        let (version, rule) = try request.read { (options) throws(JSONError) in
            (try options.version("version") ?? .latest, try options.thresholdRule(canBeFixed: false))
        }
        let entry = try models.entry(model, version)
        let description = entry.trained.description
        guard description.errors != nil else { throw .noCalibration(model.name) }
        guard ["normal", "anomalous"].contains(where: { request.options.has($0) }) else {
            throw Problem(
                request.options.missing(
                    "normal",
                    "ranges [[first, last], …] of normal rows; or \"anomalous\" with rows that are not"
                ))
        }
        let data = try request.data(
            for: description, flag: "normal", "anomalous", rowsOnly: true, inspects: true)
        try request.rejectUnknown()
        try limits.checkResponse(of: 0, data.windows, entry.trained.model.network)
        var feedback = PlannedFeedback(
            on: entry, data.windows, normal: data.flags["normal"], anomalous: data.flags["anomalous"],
            rule: rule)
        feedback.isStrict = data.isStrict
        feedback.origins = data.origins
        feedback.inspection = data.inspection
        let metrics = inferences.version(entry, for: call)
        // The time in the queue of trainings is not that of requests that wait for a prediction.
        feedback.meter = { windows, body in metrics.measure(windows: windows, arrivals: [], body) }
        self.feedback = feedback
    }
}
