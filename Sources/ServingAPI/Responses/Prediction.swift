import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import Telemetry
import TimeSeries

/// A reconstruction or an encoding whose request has been read and checked.
struct Prediction: Computation {
    /// The output to compute.
    enum Kind: Sendable {
        case reconstruct
        case encode
    }

    let kind: Kind
    let entry: ModelRegistry.Entry
    let data: RequestData
    /// The request. Its media type selects JSON, a NumPy array or CSV for the response.
    let call: Call
    let metrics: InferenceMetrics

    /// `[N][T][F]` in the data's units.
    private var windows: Windows<Double> { data.windows }

    var multiplications: Int { windows.count * entry.trained.model.network.multiplications }

    var byteCount: Int { windows.series.values.count * MemoryLayout<Double>.stride }

    func run() { Self.run([self]) }

    func run(in batch: PredictionBatch) { batch.add(self) }

    /// Whether both predictions can go through the network together.
    func isBatchable(with other: Prediction) -> Bool {
        kind == other.kind && entry.version == other.entry.version && entry.name == other.entry.name
    }

    /// Computes predictions in one batch, and responds to each.
    /// - Precondition: all are batchable with the first.
    static func run(_ predictions: [Prediction]) {
        guard let first = predictions.first else { return }
        let windows = predictions.count == 1 ? first.windows : Windows(joining: predictions.map(\.windows))
        func measured<Result>(_ body: () -> Result) -> Result {
            first.metrics.version(first.entry).measure(
                windows: windows.count, arrivals: predictions.map(\.call.arrival), body)
        }
        switch first.kind {
        case .reconstruct:
            let result = measured { first.entry.trained.reconstruct(windows) }
            forEach(predictions) { $0.respond(with: result, $1) }
        case .encode:
            let result = measured { first.entry.trained.encode(windows) }
            forEach(predictions) { $0.respond(with: result, $1, of: windows.count) }
        }
    }

    /// Calls `body` for each prediction with the range of its windows in the batch.
    private static func forEach(_ predictions: [Prediction], _ body: (Prediction, Range<Int>) -> Void) {
        var start = 0
        for prediction in predictions {
            body(prediction, start..<(start + prediction.windows.count))
            start += prediction.windows.count
        }
    }

    private func respond(with result: TrainedModel.Reconstruction, _ part: Range<Int>) {
        let size = windows.timesteps * windows.features
        let (errors, scaledErrors) = (result.errors[part], result.scaledErrors[part])
        let values = result.values[(part.lowerBound * size)..<(part.upperBound * size)]
        let shape = [part.count, windows.timesteps, windows.features]
        // Doubles only if float32 would lose the reconstruction in the offset: they take twice the digits.
        let isDouble = entry.trained.description.scaler.needsDoublePrecision
        guard call.mediaType != .csv else {
            let table = ReconstructionTable(entry: entry, data: data)
            return call.responder.send(table.response(values, errors: errors, scaledErrors))
        }
        guard call.mediaType != .npy else {
            return call.responder.send(
                isDouble
                    ? .npy(values, shape: shape) : .npy(values.map { Float.limiting($0) }[...], shape: shape)
            )
        }
        send(values: part.count * (size + 2)) { json in
            if let names = entry.trained.description.featureNames { json.member("feature_names", names) }
            if isDouble {
                json.tensor("reconstructions", values, shape: shape)
            } else {
                json.tensor("reconstructions", values.map { Float.limiting($0) }[...], shape: shape)
            }
            json.member("errors", errors)
            json.member("scaled_errors", scaledErrors)
        }
    }

    private func respond(with result: [Float]?, _ part: Range<Int>, of count: Int) {
        guard let result else { return call.send(.noEncoding(entry.name)) }
        let size = result.count / max(count, 1)
        let encodings = result[(part.lowerBound * size)..<(part.upperBound * size)]
        guard call.mediaType != .npy else {
            return call.responder.send(.npy(encodings, shape: [part.count, size]))
        }
        send(values: encodings.count) { $0.tensor("encodings", encodings, shape: [part.count, size]) }
    }

    /// Sends JSON. Warnings are left out if there are none, because they would be a good part of a small
    /// response.
    private func send(values: Int, _ members: (inout JSONWriter) -> Void) {
        let warnings = data.warnings(by: entry.trained, for: windows)
        call.responder.send(
            .json(reserving: 12 * values + 256) { json in
                json.member("model", entry.name)
                json.member("version", entry.version)
                members(&json)
                if !warnings.isEmpty { json.member("warnings", warnings) }
            })
    }
}
