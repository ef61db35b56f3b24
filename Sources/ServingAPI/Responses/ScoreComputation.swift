import Detection
import HTTP1
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// A scoring whose request has been read and checked.
struct ScoreComputation: Computation {
    let request: ScoreRequest
    let call: Call
    let limits: RuntimeLimits
    let metrics: InferenceMetrics

    var multiplications: Int {
        request.windows.count * request.entry.trained.model.network.multiplications
    }

    var byteCount: Int { request.windows.series.values.count * MemoryLayout<Float>.stride }

    func run() {
        call.respond { () throws(Problem) in
            let version = metrics.version(request.entry, for: call)
            let errors = version.measure(windows: request.windows.count, for: call) {
                request.entry.trained.errors(of: request.windows, request.detail)
            }
            let scores = try Scores(request, errors, limits)
            version.count(errors.windows, by: request.scoring, scores.drift)
            return scores.response()
        }
    }
}

extension ScoreRequest {
    /// The errors that the response needs.
    fileprivate var detail: WindowErrors.Detail {
        var detail: WindowErrors.Detail = []
        if parts.contains(.timesteps) { detail.insert(.timesteps) }
        if !parts.isDisjoint(with: [.features, .events, .rowShares]) { detail.insert(.features) }
        return detail
    }
}
