import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import TimeSeries

/// POST /score and POST /evaluate.
struct ScoreRoutes: RouteGroup {
    private let models: ModelLookup
    private let limits: RuntimeLimits
    private let inferences: InferenceMetrics

    init(_ core: ServingCore) {
        models = core.models
        limits = core.limits
        inferences = core.inferences
    }

    var routes: [Route] {
        [
            Route(
                .post, "/score", scope: .infer, accepts: .data, produces: [.json, .csv],
                .computing { (call) throws(Problem) in
                    var request = try DataRequest(call)
                    return PendingComputation(try request.modelReference(for: call)) {
                        [request] (entry) throws(Problem) in
                        ScoreComputation(
                            request: try ScoreRequest(
                                request, entry, limits, isTable: call.mediaType == .csv),
                            call: call, limits: limits,
                            metrics: inferences)
                    }
                }),
            Route(
                .post, "/evaluate", scope: .infer, accepts: .data,
                .onQueue { (call) throws(Problem) in try evaluate(call) }),
        ]
    }

    private func evaluate(_ call: Call) throws(Problem) -> Response {
        let request = try EvaluateRequest(call, models, limits)
        let entry = request.entry
        let errors = inferences.measure(entry, windows: request.windows.count, for: call) {
            entry.trained.errors(of: request.windows)
        }
        let rows = RowEvaluation(entry, request.scoring, request.windows, errors, labels: request.labels)
        let warnings =
            request.data.warnings(by: entry.trained, for: request.windows)
            + request.scoring.warnings(rows.drift)
        try request.data.check(warnings)
        return rows.response(entry, warnings)
    }
}
