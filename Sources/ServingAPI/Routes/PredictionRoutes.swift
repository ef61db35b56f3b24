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
                var request = try DataRequest(call)
                return PendingComputation(try request.modelReference(for: call)) {
                    [request] (entry) throws(Problem) in
                    try prediction(kind, request, entry, call)
                }
            })
    }

    /// Reads and checks the rest of a body, after the model and version.
    private func prediction(
        _ kind: Prediction.Kind, _ request: DataRequest, _ entry: ModelRegistry.Entry, _ call: Call
    ) throws(Problem) -> Prediction {
        var request = request
        switch kind {
        case .reconstruct where !entry.trained.model.network.hasReconstruction:
            try entry.trained.description.requireNetwork(entry.name, for: "reconstruction")
        case .encode: try entry.trained.description.requireNetwork(entry.name, for: "encoding")
        default: break
        }
        // The number of values of one window in the response.
        let size =
            kind == .reconstruct ? entry.trained.inputShape.count : entry.trained.model.network.encodingUnits
        guard let size else { throw .noEncoding(entry.name) }
        let data = try request.data(for: entry.trained.description)
        try request.rejectUnknown()
        try limits.checkResponse(of: data.windows.count * size, data.windows, entry.trained.model.network)
        call.context.note(entry)
        return Prediction(
            kind: kind, entry: entry, windows: data.windows, warnings: data.warnings, origins: data.origins,
            call: call, metrics: inferences)
    }
}
