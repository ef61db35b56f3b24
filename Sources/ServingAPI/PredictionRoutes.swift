import HTTP1
import ModelRuntime
import NeuralNetwork
import TimeSeries

extension Service {
    static let predictionRoutes: [Route] = [
        Route(.post, "/reconstruct", scope: .infer, lane: .compute, takesBody: true) {
            (service, call) throws(Problem) in
            let (entry, windows) = try service.prediction(
                call, valuesPerWindow: { $0.trained.inputShape.count })
            let result = entry.trained.reconstruct(windows)
            guard result.isFinite else { throw .overflow() }
            return .json(reserving: 12 * result.values.count + 256) { json in
                json.member("model", entry.name)
                json.member("version", entry.version)
                json.tensor(
                    "reconstructions", result.values,
                    shape: [windows.count, windows.timesteps, windows.features])
                json.member("errors", result.errors)
                json.member("scaled_errors", result.scaledErrors)
            }
        },
        Route(.post, "/encode", scope: .infer, lane: .compute, takesBody: true) {
            (service, call) throws(Problem) in
            let (entry, windows) = try service.prediction(call) { (entry) throws(Problem) in
                guard let units = entry.trained.model.network.encodingUnits else {
                    throw .noEncoding(entry.name)
                }
                return units
            }
            guard let encodings = entry.trained.encode(windows) else { throw .noEncoding(entry.name) }
            guard encodings.allSatisfy(\.isFinite) else { throw .overflow() }
            return .json(reserving: 12 * encodings.count + 256) { json in
                json.member("model", entry.name)
                json.member("version", entry.version)
                json.tensor(
                    "encodings", encodings, shape: [windows.count, encodings.count / max(windows.count, 1)])
            }
        },
    ]

    /// The model that a request names and the windows that it brings, in the data's units.
    /// - Parameter valuesPerWindow: how many numbers of the answer each window takes; throws for a model of
    ///   the wrong kind.
    private func prediction(
        _ call: Call, valuesPerWindow: (ModelRegistry.Entry) throws(Problem) -> Int
    ) throws(Problem) -> (ModelRegistry.Entry, Windows) {
        var body = try FieldReader(call.request)
        let (name, version) = try body.read { (body) throws(JSONError) in
            (try body.modelName(), try body.int("version", in: 1...Int.max))
        }
        guard let entry = registry.entry(name, version: version) else {
            throw .unknownModel(name, version: version)
        }
        let size = try valuesPerWindow(entry)
        let windows = try body.read { [limits] (body) throws(JSONError) in
            let shape = entry.trained.inputShape
            let windows = try body.windows(for: (shape.timesteps ?? 1, shape.features))
            try body.rejectUnknown()
            guard windows.count * size <= limits.answerValues else {
                throw JSONError(
                    .invalid,
                    "\(windows.count) windows would make an answer of \(windows.count * size) numbers; this server answers "
                        + "with \(limits.answerValues) at most. Send the data in parts, or cut it with a stride"
                )
            }
            let multiplications = entry.trained.model.network.multiplications
            guard windows.count <= limits.predictionMultiplications / multiplications else {
                throw JSONError(
                    .invalid,
                    "\(windows.count) windows are more work than this server takes on at once with this model: "
                        + "\(limits.predictionMultiplications / multiplications) are the most. Send the data in parts, or "
                        + "cut it with a stride")
            }
            return windows
        }
        return (entry, windows)
    }
}
