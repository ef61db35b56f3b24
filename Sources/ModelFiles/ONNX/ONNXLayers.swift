import ModelFormats
import NeuralNetwork

/// Layers as ONNX operators. Sequences are time-major, `[T, batch, F]`, and vectors `[batch, F]`.
extension ONNXGraph {
    /// Adds all layers of a model and returns the output of each.
    /// - Parameter windows: `[T, batch, F]`, in scaled units.
    mutating func outputs(of model: Model, for windows: Value) -> [Value] {
        var outputs: [Value] = []
        for entry in model.network.entries {
            outputs.append(output(of: entry, model.weights, for: outputs.last ?? windows))
        }
        return outputs
    }

    private mutating func output(of entry: Sequential.Entry, _ weights: Weights, for input: Value) -> Value {
        switch entry.layer {
        case .lstm(let lstm):
            return self.lstm(entry, lstm, weights, for: input)
        case .bidirectional(let lstm):
            return concatenated(entry, lstm, self.lstm(entry, lstm, weights, for: input))
        case .dense(let dense), .timeDistributed(let dense):
            return self.dense(entry, dense, weights, for: input)
        case .repeatVector(let count):
            let axis = constant("\(entry.name)/axis", [0])
            let shape = constant("\(entry.name)/shape", [count, 1, 1])
            let sequence = node("\(entry.name)/unsqueeze", "Unsqueeze", [input, axis])
            return node(entry.name, "Expand", [sequence, shape])
        case .dropout:
            // Dropout is active in training only.
            return input
        }
    }

    /// An LSTM in one direction, `[T, batch, H]` or `[batch, H]`, or in both, with an additional axis of 2
    /// before `batch`.
    private mutating func lstm(
        _ entry: Sequential.Entry, _ lstm: LSTM, _ weights: Weights, for input: Value
    ) -> Value {
        let (name, features) = (entry.name, entry.inputShape.features)
        // Three tensors per direction, in Keras' order: kernel, recurrent kernel, bias.
        let directions = stride(from: 0, to: entry.parameters.count, by: 3).map { first in
            entry.parameters[first..<(first + 3)].map { GateColumns(weights[$0], units: lstm.units) }
        }
        let (count, width) = (directions.count, 4 * lstm.units)
        let kernels = directions.flatMap { $0[0].transposed }
        let recurrentKernels = directions.flatMap { $0[1].transposed }
        // ONNX has a second bias for the recurrent kernel, which Keras does not have.
        let biases = directions.flatMap { $0[2].transposed + [Float](repeating: 0, count: width) }
        let inputs = [
            input,
            constant(NamedTensor(name: "\(name)/W", shape: [count, width, features], values: kernels)),
            constant(
                NamedTensor(name: "\(name)/R", shape: [count, width, lstm.units], values: recurrentKernels)),
            constant(NamedTensor(name: "\(name)/B", shape: [count, 2 * width], values: biases)),
        ]
        let functions = Array(repeating: lstm.functions, count: count).joined()
        let all = node(
            "\(name)/lstm", "LSTM", inputs, output: lstm.returnSequences ? 0 : 1,
            [
                "hidden_size": .int(lstm.units),
                "direction": .string(count == 1 ? "forward" : "bidirectional"),
                "activations": .strings(functions.map(\.name)),
                "activation_alpha": .floats(functions.compactMap(\.parameters?.alpha)),
                "activation_beta": .floats(functions.compactMap(\.parameters?.beta)),
            ])
        guard count == 1 else { return all }
        let axis = constant("\(name)/axis", [lstm.returnSequences ? 1 : 0])
        return node(name, "Squeeze", [all, axis])
    }

    /// Concatenates the features of both directions.
    private mutating func concatenated(
        _ entry: Sequential.Entry, _ lstm: LSTM, _ directions: Value
    ) -> Value {
        let isSequence = lstm.returnSequences
        let swapped = node(
            "\(entry.name)/swapped", "Transpose", [directions],
            ["perm": .ints(isSequence ? [0, 2, 1, 3] : [1, 0, 2])])
        // A size of 0 keeps that axis.
        let shape = constant(
            "\(entry.name)/shape", Array(repeating: 0, count: isSequence ? 2 : 1) + [2 * lstm.units])
        return node(entry.name, "Reshape", [swapped, shape])
    }

    private mutating func dense(
        _ entry: Sequential.Entry, _ dense: Dense, _ weights: Weights, for input: Value
    ) -> Value {
        let name = entry.name
        let (kernel, bias) = (entry.parameters[0], entry.parameters[1])
        let product = node(
            "\(name)/product", "MatMul",
            [
                input,
                constant(
                    NamedTensor(name: "\(name)/kernel", shape: kernel.shape, values: Array(weights[kernel]))),
            ])
        let sum = node(
            "\(name)/sum", "Add",
            [
                product,
                constant(NamedTensor(name: "\(name)/bias", shape: bias.shape, values: Array(weights[bias]))),
            ])
        guard dense.activation != .linear else { return sum }
        return node(name, dense.activation.function.name, [sum])
    }
}

/// A tensor of an LSTM, whose columns are the four gates of H units: `[rows][4H]`.
private struct GateColumns {
    private let values: ArraySlice<Float>
    private let units: Int

    init(_ values: ArraySlice<Float>, units: Int) {
        self.values = values
        self.units = units
    }

    /// The positions of ONNX's gates i, o, f, c in Keras' order i, f, c, o.
    private static let gates = [0, 3, 1, 2]

    /// `[4H][rows]`, in ONNX's order of gates.
    var transposed: [Float] {
        let width = 4 * units
        let columns = Self.gates.flatMap { ($0 * units)..<(($0 + 1) * units) }
        return columns.flatMap { column in
            stride(from: values.startIndex + column, to: values.endIndex, by: width).map { values[$0] }
        }
    }
}

/// An ONNX activation function with its parameters, if it has any.
private struct Function {
    let name: String
    var parameters: (alpha: Float, beta: Float)?
}

extension LSTM {
    /// The activations that ONNX calls f (gates), g (candidate) and h (cell state).
    fileprivate var functions: [Function] {
        [recurrentActivation.function, activation.function, activation.function]
    }
}

extension Activation {
    fileprivate var function: Function {
        switch self {
        case .tanh: Function(name: "Tanh")
        case .relu: Function(name: "Relu")
        case .sigmoid: Function(name: "Sigmoid")
        case .linear: Function(name: "Affine", parameters: (alpha: 1, beta: 0))
        }
    }
}

extension RecurrentActivation {
    fileprivate var function: Function {
        switch self {
        case .sigmoid: Function(name: "Sigmoid")
        case .hardSigmoid: Function(name: "HardSigmoid", parameters: (alpha: 1 / 6, beta: 0.5))
        }
    }
}
