import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries

extension InferenceRequest {
    /// Computes the outputs, and counts them in the metrics of the version.
    /// - Throws: 409 for scores of a version without a threshold.
    func compute(
        for call: Call, _ inferences: InferenceMetrics
    ) throws(Problem) -> [InferenceOutput: [Float]] {
        let requested = Set(outputs.map(\.output))
        let scoring = requested.contains(.score) ? try Scoring(entry) : nil
        let version = inferences.version(entry, for: call)
        let (values, errors) = version.measure(windows: windows.count, for: call) {
            InferenceOutput.compute(requested, entry, windows, scoring)
        }
        if let scoring { version.count(errors, by: scoring, scoring.drift(of: errors)) }
        return values
    }

    /// The response: JSON, followed by the outputs that were requested as bytes.
    /// - Parameter values: the values of each output.
    func response(_ values: [InferenceOutput: [Float]]) -> Response {
        var tensors: [UInt8] = []
        let textCount = outputs.reduce(0) { $0 + ($1.isBinary ? 0 : values[$1.output]?.count ?? 0) }
        var json = JSONWriter(reservingCapacity: 12 * textCount + 512)
        json.object { json in
            json.member("model_name", entry.name)
            json.member("model_version", "\(entry.version)")
            if let id { json.member("id", id) }
            json.array("outputs", of: outputs) { json, requested in
                let values = values[requested.output] ?? []
                json.object { json in
                    json.member("name", requested.output.rawValue)
                    json.member("datatype", InferenceOutput.datatype.rawValue)
                    json.member(
                        "shape",
                        [windows.count] + (requested.output.shape(of: entry.trained.description) ?? []))
                    if requested.isBinary {
                        let start = tensors.count
                        // Little-endian, like all supported platforms.
                        values.withUnsafeBytes { tensors.append(contentsOf: $0) }
                        json.object("parameters") { $0.member("binary_data_size", tensors.count - start) }
                    } else {
                        json.member("data", values[...])
                    }
                }
            }
        }
        guard outputs.contains(where: \.isBinary) else { return .json(written: json) }
        return Response(
            status: .ok,
            fields: [
                (name: "Content-Type", value: MediaType.file.rawValue),
                (name: InferenceBody.lengthField, value: "\(json.bytes.count)"),
            ],
            body: .bytes(json.bytes + tensors))
    }
}
