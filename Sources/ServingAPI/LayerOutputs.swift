import JSON
import ModelRuntime
import NeuralNetwork
import TimeSeries

/// What every layer of a model makes of some windows.
struct LayerOutputs {
    let network: Sequential
    /// How many windows.
    let count: Int
    /// The windows as the network sees them, in scaled units: `[N][T][F]`.
    let inputs: [Float]
    /// For each layer `[N]` times its output shape, in scaled units.
    let layers: [[Float]]

    /// - Parameter windows: in the data's units, of the model's input shape.
    init(of windows: Windows, by trained: TrainedModel) {
        let scaled = trained.scale(windows)
        network = trained.model.network
        count = windows.count
        inputs = Windows(joining: [scaled]).series.values
        layers = trained.model.outputs(of: Array(network.entries.indices), for: scaled)
    }

    /// Whether none is past the largest float.
    var isFinite: Bool { inputs.allSatisfy(\.isFinite) && layers.allSatisfy { $0.allSatisfy(\.isFinite) } }

    /// The numbers that one window has.
    static func values(ofWindow network: Sequential) -> Int {
        network.entries.reduce(network.inputShape.count) { $0 + $1.outputShape.count }
    }

    /// The members of the answer.
    func write(to json: inout JSONWriter) {
        json.tensor("inputs", inputs[...], shape: [count] + network.inputShape.dimensions)
        json.array("layers", of: zip(network.entries, layers)) { json, layer in
            let (entry, outputs) = layer
            json.object { json in
                json.identity(of: entry)
                json.tensor("outputs", outputs[...], shape: [count] + entry.outputShape.dimensions)
            }
        }
    }
}

extension JSONWriter {
    /// What tells a layer from others, as members of the current object.
    mutating func identity(of entry: Sequential.Entry) {
        member("name", entry.name)
        member("type", entry.layer.type)
        array("output_shape") { json in
            json.null()
            for size in entry.outputShape.dimensions { json.value(size) }
        }
    }
}
