import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

extension Service {
    static let predictionRoutes: [Route] = [
        route("/reconstruct", .reconstruct),
        route("/encode", .encode),
    ]

    private static func route(_ path: String, _ kind: Prediction.Kind) -> Route {
        Route(.post, path, scope: .infer, lane: .prediction(kind), takes: .data, produces: [.json, .npy]) {
            (service, call) throws(Problem) in
            try service.prediction(kind, call)?.answer()
            return nil
        }
    }

    /// Reads what a request wants to know, and of which windows, in the data's units.
    /// - Parameter inMemory: whether to leave the disk alone; nil then says that it is needed.
    func prediction(
        _ kind: Prediction.Kind, _ call: Call, inMemory: Bool = false
    ) throws(Problem) -> Prediction? {
        var body = try FieldReader(data: call.request)
        guard let entry = try entry(body.modelReference(), inMemory: inMemory) else { return nil }
        // How many numbers of the answer each window takes.
        let size =
            kind == .reconstruct ? entry.trained.inputShape.count : entry.trained.model.network.encodingUnits
        guard let size else { throw .noEncoding(entry.name) }
        let windows = try body.read { [limits] (body) throws(JSONError) in
            let windows = try body.data(for: entry.trained.description).windows
            try body.rejectUnknown()
            try limits.checkAnswer(of: windows.count * size, windows, entry.trained.model.network)
            return windows
        }
        note(entry, in: call)
        return Prediction(
            kind: kind, entry: entry, windows: windows, responder: call.responder, mediaType: call.mediaType,
            arrival: call.arrival, metrics: metrics.inferences)
    }
}

extension RuntimeLimits {
    /// Refuses what would make too long an answer or too much work.
    /// - Parameter values: how many numbers the answer would have.
    func checkAnswer(of values: Int, _ windows: Windows, _ network: Sequential) throws(JSONError) {
        guard values <= responseValues else {
            throw JSONError(
                .invalid,
                "\(windows.count) windows would make an answer of \(values) numbers; this server answers "
                    + "with \(responseValues) at most. Send the data in parts, or cut it with a stride")
        }
        guard windows.count <= predictionMultiplications / network.multiplications else {
            throw JSONError(
                .invalid,
                "\(windows.count) windows are more work than this server takes on at once with this model: "
                    + "\(predictionMultiplications / network.multiplications) are the most. Send the data in parts, or "
                    + "cut it with a stride")
        }
    }
}
