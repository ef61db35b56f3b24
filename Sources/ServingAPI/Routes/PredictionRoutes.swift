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

    var routes: [Route] {
        [
            route("/reconstruct", .reconstruct, [.json, .npy, .csv]),
            route("/encode", .encode, [.json, .npy]),
        ]
    }

    private func route(_ path: String, _ kind: Prediction.Kind, _ mediaTypes: [MediaType]) -> Route {
        Route(
            .post, path, scope: .infer, accepts: .data, produces: mediaTypes,
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
    ) throws(Problem) -> any Computation {
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
        let ofRows = try request.read { (options) throws(JSONError) in
            kind == .reconstruct ? try options.bool("rows", default: false) : false
        }
        let data = try request.data(for: entry.trained.description)
        try request.rejectUnknown()
        guard !ofRows || data.isSeries else {
            throw Problem(
                request.options.error("rows", "requires rows; send \"series\" instead of \"windows\""))
        }
        let count = ofRows ? 2 * data.windows.series.values.count : data.windows.count * size
        try limits.checkResponse(of: count, data.windows, entry.trained.model.network)
        call.context.note(entry)
        return ofRows
            ? RowReconstruction(entry: entry, data: data, call: call, metrics: inferences)
            : Prediction(kind: kind, entry: entry, data: data, call: call, metrics: inferences)
    }
}
