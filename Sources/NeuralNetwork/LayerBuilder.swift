/// Shape inference and naming, one layer at a time.
struct LayerBuilder {
    /// Bounds that keep every product of sizes inside Int and every BLAS dimension inside Int32.
    private static let largestUnits = 1 << 20
    private static let largestParameterCount = 1 << 31
    private static let largestActivationCount = 1 << 31

    private(set) var entries: [Sequential.Entry] = []
    private var shape: Shape
    private var offset = 0
    private var names: [String: Int] = [:]

    init(shape: Shape) { self.shape = shape }

    mutating func append(_ layer: Layer) throws(ArchitectureError) {
        let inner = innerName(of: layer)
        let name = uniqueName(Self.snakeCase(layer.type))
        let place = Place(index: entries.count, name: name, type: layer.type)
        let output = try outputShape(of: layer, at: place)
        // An LSTM computes a vector for each timestep, whether it emits it or not.
        let width = max(shape.features, output.features)
        guard max(shape.timesteps ?? 1, output.timesteps ?? 1) * width <= Self.largestActivationCount else {
            throw place.error("computes more than \(Self.largestActivationCount) numbers for each window")
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
        guard tensors.offset <= Self.largestParameterCount else {
            throw place.error("brings the parameters past \(Self.largestParameterCount)")
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
            try place.checkSize("units", lstm.units, largest: Self.largestUnits)
            return lstm.returnSequences ? .sequence(timesteps, lstm.units) : .vector(lstm.units)
        case .bidirectional(let lstm):
            let timesteps = try sequenceLength(at: place)
            try place.checkSize("units", lstm.units, largest: Self.largestUnits)
            return lstm.returnSequences ? .sequence(timesteps, 2 * lstm.units) : .vector(2 * lstm.units)
        case .repeatVector(let count):
            guard shape.timesteps == nil else {
                throw place.error(
                    "repeats a vector, but what it receives is a sequence \(shape.dimensions); "
                        + "set return_sequences to false on the layer before it")
            }
            try place.checkSize("n", count, largest: Self.largestUnits)
            return .sequence(count, shape.features)
        case .timeDistributed(let dense):
            let timesteps = try sequenceLength(at: place)
            try place.checkSize("units", dense.units, largest: Self.largestUnits)
            return .sequence(timesteps, dense.units)
        case .dense(let dense):
            try place.checkSize("units", dense.units, largest: Self.largestUnits)
            return Shape(timesteps: shape.timesteps, features: dense.units)
        case .dropout(let rate):
            guard rate >= 0, rate < 1 else { throw place.error("has rate \(rate); it must be in [0, 1)") }
            return shape
        }
    }

    private func sequenceLength(at place: Place) throws(ArchitectureError) -> Int {
        guard let timesteps = shape.timesteps else {
            throw place.error(
                "needs a sequence, but what it receives is a vector of \(shape.features); set return_sequences to true "
                    + "on the layer before it, or put a RepeatVector between them")
        }
        return timesteps
    }

    /// Keras names a wrapped layer before its wrapper, from the same counters.
    private mutating func innerName(of layer: Layer) -> String {
        switch layer {
        case .bidirectional: uniqueName("lstm")
        case .timeDistributed: uniqueName("dense")
        default: ""
        }
    }

    private mutating func uniqueName(_ base: String) -> String {
        let count = names[base, default: 0]
        names[base] = count + 1
        return count == 0 ? base : "\(base)_\(count)"
    }

    /// As Keras: a capital after a small letter starts a word.
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

/// Where a layer stands, for messages.
private struct Place {
    let index: Int
    let name: String
    let type: String

    func error(_ detail: String) -> ArchitectureError {
        ArchitectureError(index: index, detail: "layer \(index) '\(name)' (\(type)) \(detail)")
    }

    func checkSize(_ option: String, _ value: Int, largest: Int) throws(ArchitectureError) {
        guard value >= 1, value <= largest else {
            throw error("has \(option) \(value); it must be in 1…\(largest)")
        }
    }
}
