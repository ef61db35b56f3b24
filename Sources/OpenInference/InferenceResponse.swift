import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries

extension InferenceRequest {
    /// Computes the outputs, each once.
    /// - Throws: 422 for numbers past the largest float.
    func compute() throws(Problem) -> [InferenceOutput: [Float]] {
        try InferenceOutput.compute(Set(outputs.map(\.output)), entry, windows)
    }

    /// JSON, and behind it the outputs that were asked for as bytes.
    func response(_ values: [InferenceOutput: [Float]]) -> Response {
        var tensors: [UInt8] = []
        let textCount = outputs.reduce(0) { $0 + ($1.isBinary ? 0 : values[$1.output]?.count ?? 0) }
        var response = Response.json(reserving: 12 * textCount + 512) { json in
            json.member("model_name", entry.name)
            json.member("model_version", "\(entry.version)")
            if let id { json.member("id", id) }
            json.array("outputs", of: outputs) { json, asked in
                let values = values[asked.output] ?? []
                json.object { json in
                    json.member("name", asked.output.rawValue)
                    json.member("datatype", InferenceOutput.datatype)
                    json.member(
                        "shape", [windows.count] + (asked.output.shape(of: entry.trained.description) ?? []))
                    if asked.isBinary {
                        let start = tensors.count
                        // Little-endian, as all machines are that this runs on.
                        values.withUnsafeBytes { tensors.append(contentsOf: $0) }
                        json.object("parameters") { $0.member("binary_data_size", tensors.count - start) }
                    } else {
                        json.member("data", values[...])
                    }
                }
            }
        }
        guard outputs.contains(where: \.isBinary), case .bytes(let json) = response.body else {
            return response
        }
        response.fields = [
            (name: "Content-Type", value: MediaType.file.rawValue),
            (name: InferenceBody.lengthField, value: "\(json.count)"),
        ]
        response.body = .bytes(json + tensors)
        return response
    }
}
