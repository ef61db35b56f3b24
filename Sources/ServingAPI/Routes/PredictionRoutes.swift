import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// POST /reconstruct and POST /encode.
struct PredictionRoutes: RouteGroup {
    private let limits: RuntimeLimits
    private let inferences: InferenceMetrics

    init(_ core: ServingCore) {
        limits = core.limits
        inferences = core.inferences
    }

    var routes: [Route] { [route("/reconstruct", .reconstruct), route("/encode", .encode)] }

    private func route(_ path: String, _ kind: Prediction.Kind) -> Route {
        Route(
            .post, path, scope: .infer, accepts: .data, produces: [.json, .npy],
            .computing { (call) throws(Problem) in
                var body = try FieldReader(data: call)
                return PendingComputation(try body.modelReference(for: call)) {
                    [body] (entry) throws(Problem) in
                    try prediction(kind, body, entry, call)
                }
            })
    }

    /// Reads and checks the rest of a body, after the model and version.
    private func prediction(
        _ kind: Prediction.Kind, _ body: FieldReader, _ entry: ModelRegistry.Entry, _ call: Call
    ) throws(Problem) -> Prediction {
        var body = body
        // The number of values of one window in the response.
        let size =
            kind == .reconstruct ? entry.trained.inputShape.count : entry.trained.model.network.encodingUnits
        guard let size else { throw .noEncoding(entry.name) }
        let windows = try body.read { (body) throws(JSONError) in
            let windows = try body.data(for: entry.trained.description).windows
            try body.rejectUnknown()
            try limits.checkResponse(of: windows.count * size, windows, entry.trained.model.network)
            return windows
        }
        call.context.note(entry)
        return Prediction(kind: kind, entry: entry, windows: windows, call: call, metrics: inferences)
    }
}
