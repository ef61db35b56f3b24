import JSON
import NeuralNetwork

extension FieldReader {
    private enum Kind: String, CaseIterable {
        case autoencoder, stacked, layers
    }

    /// Reads `detector`, and for a network the members that ``architecture()`` reads.
    /// - Throws: `JSONError` if they contradict each other or are invalid.
    package mutating func detector() throws(JSONError) -> Architecture {
        let name: DetectorName = try choice("detector", default: .network)
        guard let baseline = name.baseline else { return try architecture() }
        for member in ["architecture", "units", "activation", "recurrent_activation", "layers"]
        where has(member) {
            throw error(member, "describes a network, but detector is \(name.rawValue); remove one of them")
        }
        return .baseline(baseline)
    }

    /// Reads the members that describe a network: `architecture`, `units`, `activation`,
    /// `recurrent_activation`, `layers`.
    /// - Throws: `JSONError` if they contradict each other or are invalid. Shapes are not checked.
    package mutating func architecture() throws(JSONError) -> Architecture {
        let kind: Kind = try choice("architecture", default: has("layers") ? .layers : .autoencoder)
        if kind == .layers {
            for name in ["units", "activation", "recurrent_activation"] where has(name) {
                throw error(name, "cannot be combined with layers; set it in each layer")
            }
            guard var layers = try objects("layers", count: 1...64) else {
                throw missing("layers", "an array of layers such as {\"type\": \"LSTM\", \"units\": 64}")
            }
            var result: [Layer] = []
            for index in layers.indices { result.append(try layers[index].layer()) }
            return .layers(result)
        }
        guard !has("layers") else {
            throw error("layers", "requires architecture: layers, not \(kind.rawValue)")
        }
        let (autoencoder, stacked) = try comparedArchitectures()
        return kind == .autoencoder ? autoencoder : stacked
    }

    /// Reads `units`, `activation` and `recurrent_activation` as an autoencoder and as a stacked network.
    package mutating func comparedArchitectures() throws(JSONError) -> (
        autoencoder: Architecture, stacked: Architecture
    ) {
        let units = try ints("units", in: 1...(1 << 20), count: 1...16, default: [64, 32])
        let activation: Activation = try choice("activation", default: .tanh)
        let recurrent: RecurrentActivation = try choice("recurrent_activation", default: .sigmoid)
        return (
            .autoencoder(units: units, activation: activation, recurrentActivation: recurrent),
            .stacked(units: units, activation: activation, recurrentActivation: recurrent)
        )
    }

    /// Reads one layer, whose options have their Keras names.
    private mutating func layer() throws(JSONError) -> Layer {
        guard let type: Layer.Kind = try choice("type") else {
            throw missing("type", "one of " + Layer.Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let layer: Layer
        switch type {
        case .lstm: layer = .lstm(try lstm())
        case .dense: layer = .dense(try dense())
        case .repeatVector: layer = .repeatVector(try requiredInt("n", in: 1...(1 << 20)))
        case .dropout:
            guard let rate = try double("rate", in: 0...1) else {
                throw missing("rate", "a number in [0, 1)")
            }
            guard rate < 1 else { throw error("rate", "is 1; it must be in [0, 1)") }
            layer = .dropout(rate)
        case .bidirectional:
            var wrapped = try wrappedLayer(.lstm)
            layer = .bidirectional(try wrapped.lstm())
            try wrapped.rejectUnknown()
        case .timeDistributed:
            var wrapped = try wrappedLayer(.dense)
            layer = .timeDistributed(try wrapped.dense())
            try wrapped.rejectUnknown()
        }
        try rejectUnknown()
        return layer
    }

    private mutating func wrappedLayer(_ type: Layer.Kind) throws(JSONError) -> FieldReader {
        guard var wrapped = try object("layer") else {
            throw missing(
                "layer", "the wrapped layer, such as {\"type\": \"\(type.rawValue)\", \"units\": 2}")
        }
        let found: Layer.Kind? = try wrapped.choice("type")
        guard found == type else { throw wrapped.error("type", "must be \(type.rawValue) here") }
        return wrapped
    }

    private mutating func lstm() throws(JSONError) -> LSTM {
        LSTM(
            try requiredInt("units", in: 1...(1 << 20)), activation: try choice("activation", default: .tanh),
            recurrentActivation: try choice("recurrent_activation", default: .sigmoid),
            returnSequences: try bool("return_sequences", default: false))
    }

    private mutating func dense() throws(JSONError) -> Dense {
        Dense(
            try requiredInt("units", in: 1...(1 << 20)),
            activation: try choice("activation", default: .linear))
    }
}

extension Architecture {
    /// The JSON pointer to the member of a request that defines the layers.
    package var pointer: String {
        switch self {
        case .autoencoder, .stacked: "/units"
        case .layers: "/layers"
        case .baseline: "/detector"
        }
    }
}

/// The values of `detector`.
package enum DetectorName: String, CaseIterable, Sendable {
    /// LSTM layers, as `architecture` says.
    case network
    /// The baselines.
    case pca, zscore, kmeans

    /// The detector of an architecture.
    package init(of architecture: Architecture) {
        switch architecture.baseline {
        case nil: self = .network
        case .pca: self = .pca
        case .zscore: self = .zscore
        case .kmeans: self = .kmeans
        }
    }

    var baseline: Baseline? {
        switch self {
        case .network: nil
        case .pca: .pca
        case .zscore: .zscore
        case .kmeans: .kmeans
        }
    }
}

extension JSONError {
    /// An error about a network that cannot be built, at the layer or the member that causes it.
    package init(_ error: ArchitectureError, in architecture: Architecture) {
        var pointer = architecture.pointer
        if case .layers = architecture, let index = error.index { pointer += "/\(index)" }
        self.init(.invalid, at: pointer, error.detail)
    }
}

extension JSONWriter {
    /// Writes the members that `detector()` reads.
    package mutating func members(of architecture: Architecture) {
        let name = DetectorName(of: architecture)
        if name == .network {
            member("architecture", architecture.name)
        } else {
            member("detector", name.rawValue)
        }
        switch architecture {
        case .autoencoder(let units, let activation, let recurrentActivation),
            .stacked(let units, let activation, let recurrentActivation):
            member("units", units)
            member("activation", activation.rawValue)
            member("recurrent_activation", recurrentActivation.rawValue)
        case .baseline: break
        case .layers(let layers):
            array("layers", of: layers) { json, layer in json.object { $0.members(of: layer) } }
        }
    }

    private mutating func members(of layer: Layer) {
        member("type", layer.type)
        switch layer {
        case .lstm(let lstm): members(of: lstm)
        case .dense(let dense): members(of: dense)
        case .repeatVector(let count): member("n", count)
        case .dropout(let rate): member("rate", rate)
        case .bidirectional(let lstm):
            object("layer") { json in
                json.member("type", Layer.Kind.lstm.rawValue)
                json.members(of: lstm)
            }
        case .timeDistributed(let dense):
            object("layer") { json in
                json.member("type", Layer.Kind.dense.rawValue)
                json.members(of: dense)
            }
        }
    }

    private mutating func members(of lstm: LSTM) {
        member("units", lstm.units)
        member("activation", lstm.activation.rawValue)
        member("recurrent_activation", lstm.recurrentActivation.rawValue)
        member("return_sequences", lstm.returnSequences)
    }

    private mutating func members(of dense: Dense) {
        member("units", dense.units)
        member("activation", dense.activation.rawValue)
    }
}
