/// Infers shapes, names layers and lays out parameters, one layer at a time, as Keras' `Sequential.build`
/// does.
struct LayerBuilder {
    /// These bounds keep every product of sizes within Int and every BLAS dimension within Int32.
    private static let maxUnits = 1 << 20
    private static let maxParameterCount = 1 << 31
    private static let maxActivationCount = 1 << 31

    private(set) var entries: [Sequential.Entry] = []
    private var shape: Shape
    private var offset = 0
    private var names: [String: Int] = [:]

    init(shape: Shape) { self.shape = shape }

    /// Adds a layer after those that were added before.
    /// - Throws: ``ArchitectureError`` naming the layer if its options are out of range or its input has the
    ///   wrong shape.
    mutating func append(_ layer: Layer) throws(ArchitectureError) {
        let inner = innerName(of: layer)
        let name = uniqueName(Self.snakeCase(layer.type))
        let place = Place(index: entries.count, name: name, type: layer.type)
        let output = try outputShape(of: layer, at: place)
        // An LSTM computes a vector for each timestep even if it emits only the last.
        let width = max(shape.features, output.features)
        guard max(shape.timesteps ?? 1, output.timesteps ?? 1) * width <= Self.maxActivationCount else {
            throw place.error(
                "computes more than the maximum of \(Self.maxActivationCount) numbers for each window")
        }
        var tensors = ParameterList(offset: offset)
        let features = shape.features
        switch layer {
        case .lstm(let lstm):
            tensors.appendLSTM("\(name)/lstm_cell", inputs: features, units: lstm.units)
        case .bidirectional(let lstm):
            tensors.appendLSTM("\(name)/forward_\(inner)/lstm_cell", inputs: features, units: lstm.units)
            tensors.appendLSTM("\(name)/backward_\(inner)/lstm_cell", inputs: features, units: lstm.units)
        case .dense(let dense):
            tensors.appendDense(name, inputs: features, units: dense.units)
        case .timeDistributed(let dense):
            tensors.appendDense("\(name)/\(inner)", inputs: features, units: dense.units)
        case .repeatVector, .dropout:
            break
        }
        guard tensors.offset <= Self.maxParameterCount else {
            throw place.error(
                "brings the number of parameters above the maximum of \(Self.maxParameterCount)")
        }
        offset = tensors.offset
        entries.append(
            Sequential.Entry(
                layer: layer, name: name, inputShape: shape, outputShape: output,
                parameters: tensors.parameters))
        shape = output
    }

    private func outputShape(of layer: Layer, at place: Place) throws(ArchitectureError) -> Shape {
        switch layer {
        case .lstm(let lstm):
            let timesteps = try sequenceLength(at: place)
            try place.checkSize("units", lstm.units, max: Self.maxUnits)
            return lstm.returnSequences ? .sequence(timesteps, lstm.units) : .vector(lstm.units)
        case .bidirectional(let lstm):
            let timesteps = try sequenceLength(at: place)
            try place.checkSize("units", lstm.units, max: Self.maxUnits)
            return lstm.returnSequences ? .sequence(timesteps, 2 * lstm.units) : .vector(2 * lstm.units)
        case .repeatVector(let count):
            guard shape.timesteps == nil else {
                throw place.error(
                    "repeats a vector, but receives a sequence \(shape.dimensions); "
                        + "set return_sequences to false on the layer before it")
            }
            try place.checkSize("n", count, max: Self.maxUnits)
            return .sequence(count, shape.features)
        case .timeDistributed(let dense):
            let timesteps = try sequenceLength(at: place)
            try place.checkSize("units", dense.units, max: Self.maxUnits)
            return .sequence(timesteps, dense.units)
        case .dense(let dense):
            try place.checkSize("units", dense.units, max: Self.maxUnits)
            return Shape(timesteps: shape.timesteps, features: dense.units)
        case .dropout(let rate):
            guard rate >= 0, rate < 1 else { throw place.error("has rate \(rate); it must be in [0, 1)") }
            return shape
        }
    }

    private func sequenceLength(at place: Place) throws(ArchitectureError) -> Int {
        guard let timesteps = shape.timesteps else {
            throw place.error(
                "needs a sequence, but receives a vector \(shape.dimensions); set return_sequences to true "
                    + "on the layer before it, or put a RepeatVector between them")
        }
        return timesteps
    }

    /// Returns the name of the wrapped layer, "" if there is none. Keras names it before its wrapper, from
    /// the same counters.
    private mutating func innerName(of layer: Layer) -> String {
        layer.wrappedKind.map { uniqueName(Self.snakeCase($0.rawValue)) } ?? ""
    }

    private mutating func uniqueName(_ base: String) -> String {
        let count = names[base, default: 0]
        names[base] = count + 1
        return count == 0 ? base : "\(base)_\(count)"
    }

    /// Converts as Keras does: an upper-case letter after a lower-case one starts a word, so "LSTM" becomes
    /// "lstm".
    private static func snakeCase(_ type: String) -> String {
        var result = ""
        var previous: Character?
        for character in type {
            if character.isUppercase, previous?.isLowercase == true { result.append("_") }
            result += character.lowercased()
            previous = character
        }
        return result
    }
}

/// A layer's position, name and type, for error messages.
private struct Place {
    let index: Int
    let name: String
    let type: String

    func error(_ detail: String) -> ArchitectureError {
        ArchitectureError(index: index, detail: "layer \(index) '\(name)' (\(type)) \(detail)")
    }

    func checkSize(_ option: String, _ value: Int, max: Int) throws(ArchitectureError) {
        guard value >= 1, value <= max else {
            throw error("has \(option) \(value); it must be from 1 to \(max)")
        }
    }
}
