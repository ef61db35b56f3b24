import NeuralNetwork

extension Shape {
    /// As Keras writes it, such as `(None, 3, 128)`: None stands for the number of windows.
    var text: String { "(None, \(dimensions.map(String.init).joined(separator: ", ")))" }
}

extension Int {
    /// 248578 as 248,578.
    var grouped: String {
        let digits = String(self)
        return digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : String(digit)
        }.joined()
    }
}
