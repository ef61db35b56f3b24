import Glibc
import NeuralNetwork

extension Shape {
    /// The shape as Keras prints it, such as `(None, 3, 128)`. None is the batch size.
    var text: String { "(None, \(dimensions.map(String.init).joined(separator: ", ")))" }

    /// The shape of one window's values, such as `3 × 128`; `1 × 64` for a vector.
    var product: String { "\((timesteps ?? 1).grouped) × \(features.grouped)" }

    /// The shape in words: `3 timesteps of 2 features`.
    var caption: String {
        "\((timesteps ?? 1).counted("timestep")) of \(features.counted("feature"))"
    }
}

extension Layer {
    /// The layer as Keras' users write it, without options that are defaults: `LSTM(128, relu)`.
    fileprivate var expression: String {
        switch self {
        case .lstm(let lstm): lstm.expression
        case .bidirectional(let lstm): "\(type)(\(lstm.expression))"
        case .repeatVector(let count): "\(type)(\(count))"
        case .dense(let dense): dense.expression
        case .timeDistributed(let dense): "\(type)(\(dense.expression))"
        case .dropout(let rate): "\(type)(\(rate))"
        }
    }

    /// Whether a recurrent layer returns a sequence, as Keras' users write it; nil for other layers.
    fileprivate var returnSequences: String? {
        switch self {
        case .lstm(let lstm), .bidirectional(let lstm):
            "return_sequences=\(lstm.returnSequences ? "True" : "False")"
        case .repeatVector, .dense, .timeDistributed, .dropout: nil
        }
    }
}

extension LSTM {
    fileprivate var expression: String {
        "LSTM(\(units)\(activation == .tanh ? "" : ", \(activation.rawValue)"))"
    }
}

extension Dense {
    fileprivate var expression: String {
        "Dense(\(units)\(activation == .linear ? "" : ", \(activation.rawValue)"))"
    }
}

extension Sequential.Entry {
    /// The lines of the layer's label: its name, how it is written, and its number of parameters.
    var label: [String] {
        [name, layer.expression] + [layer.returnSequences].compactMap(\.self)
            + [parameterCount.counted("parameter")]
    }
}

extension Sequential {
    /// A description of the network for screen readers, with one sentence for each layer.
    var accessibleDescription: String {
        let sentences = entries.enumerated().map { index, entry in
            "\(entry.name) (\(entry.layer.type)) emits \(entry.outputShape.text)"
                + (index == encodingIndex ? ", the encoding" : "")
                + ", with \(entry.parameterCount.grouped) parameters."
        }
        return (["The input is \(inputShape.text)."] + sentences).joined(separator: " ")
    }
}

extension Int {
    /// The number with thousands separators: 248,578.
    var grouped: String {
        let digits = String(self)
        return digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : String(digit)
        }.joined()
    }

    /// The number with its noun: `1 feature`, `2 features`.
    func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}

extension Float {
    /// The number rounded to three significant digits.
    var threeDigits: String {
        let number = Double(self)
        guard number.isFinite, number != 0 else { return "\(number)" }
        let unit = pow(10, 2 - floor(log10(abs(number))))
        return "\((number * unit).rounded() / unit)"
    }
}
