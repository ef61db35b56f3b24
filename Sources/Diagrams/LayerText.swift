import Glibc
import NeuralNetwork

extension Shape {
    /// The shape as Keras prints it, such as `(None, 3, 128)`. None is the batch size.
    var text: String { "(None, \(dimensions.map(String.init).joined(separator: ", ")))" }

    /// The shape in words: `3 timesteps of 2 features`.
    var caption: String {
        func count(_ number: Int, _ noun: String) -> String {
            "\(number.grouped) \(noun)\(number == 1 ? "" : "s")"
        }
        return "\(count(timesteps ?? 1, "timestep")) of \(count(features, "feature"))"
    }
}

extension Sequential.Entry {
    /// The lines of the layer's label: its name, then its type and number of parameters.
    var label: [String] { [name, "\(layer.type) · \(parameterCount.grouped) params"] }
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
