import HTTP1
import JSON
import ModelRuntime
import NeuralNetwork
import Telemetry
import TimeSeries

/// A prediction that has been asked for and read, and is yet to be computed.
struct Prediction: Sendable {
    /// What of.
    enum Kind: Sendable {
        case reconstruct
        case encode
    }

    let kind: Kind
    let entry: ModelRegistry.Entry
    /// `[N][T][F]` in the data's units.
    let windows: Windows
    let responder: Responder
    /// What the answer is: JSON, or the array alone.
    let mediaType: MediaType
    /// When its request had come.
    let arrival: MonotonicTime?
    let metrics: InferenceMetrics

    /// A loop may do this much between two looks at its connections: some 0.1 ms.
    static let smallMultiplications = 4_000_000

    /// Whether it takes less time than to hand it to another thread and back, or not much more.
    var isSmall: Bool { multiplications <= Self.smallMultiplications }

    /// How many multiplications it takes.
    var multiplications: Int { windows.count * entry.trained.model.network.multiplications }

    /// How many bytes its windows take.
    var byteCount: Int { windows.series.values.count * MemoryLayout<Float>.stride }

    /// Whether both can go through the network together.
    func goes(with other: Prediction) -> Bool {
        kind == other.kind && entry.version == other.entry.version && entry.name == other.entry.name
    }

    /// Computes and answers.
    func answer() { Self.answer([self]) }

    /// Computes and answers predictions that go together.
    static func answer(_ predictions: [Prediction]) {
        guard let first = predictions.first else { return }
        let windows = predictions.count == 1 ? first.windows : Windows(joining: predictions.map(\.windows))
        func measured<Result>(_ body: () -> Result) -> Result {
            first.metrics.measure(
                first.entry, windows: windows.count, arrivals: predictions.map(\.arrival), body)
        }
        switch first.kind {
        case .reconstruct:
            let result = measured { first.entry.trained.reconstruct(windows) }
            forEach(predictions) { $0.answer(with: result, $1) }
        case .encode:
            let result = measured { first.entry.trained.encode(windows) }
            forEach(predictions) { $0.answer(with: result, $1, of: windows.count) }
        }
    }

    /// Each with its part of all windows.
    private static func forEach(_ predictions: [Prediction], _ body: (Prediction, Range<Int>) -> Void) {
        var start = 0
        for prediction in predictions {
            body(prediction, start..<(start + prediction.windows.count))
            start += prediction.windows.count
        }
    }

    private func answer(with result: TrainedModel.Reconstruction, _ part: Range<Int>) {
        let size = windows.timesteps * windows.features
        let (errors, scaledErrors) = (result.errors[part], result.scaledErrors[part])
        // Errors are squares, and overflow first.
        guard errors.allSatisfy(\.isFinite), scaledErrors.allSatisfy(\.isFinite) else {
            return responder.send(Problem.overflow().response)
        }
        let values = result.values[(part.lowerBound * size)..<(part.upperBound * size)]
        let shape = [part.count, windows.timesteps, windows.features]
        guard mediaType != .npy else { return responder.send(.npy(values, shape: shape)) }
        send(values: part.count * (size + 2)) { json in
            if let names = entry.trained.description.featureNames { json.member("feature_names", names) }
            json.tensor("reconstructions", values, shape: shape)
            json.member("errors", errors)
            json.member("scaled_errors", scaledErrors)
        }
    }

    private func answer(with result: [Float]?, _ part: Range<Int>, of count: Int) {
        guard let result else { return responder.send(Problem.noEncoding(entry.name).response) }
        let size = result.count / max(count, 1)
        let encodings = result[(part.lowerBound * size)..<(part.upperBound * size)]
        guard encodings.allSatisfy(\.isFinite) else { return responder.send(Problem.overflow().response) }
        guard mediaType != .npy else {
            return responder.send(.npy(encodings, shape: [part.count, size]))
        }
        send(values: encodings.count) { $0.tensor("encodings", encodings, shape: [part.count, size]) }
    }

    private func send(values: Int, _ members: (inout JSONWriter) -> Void) {
        responder.send(
            .json(reserving: 12 * values + 256) { json in
                json.member("model", entry.name)
                json.member("version", entry.version)
                members(&json)
            })
    }
}
