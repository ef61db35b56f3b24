/// The operations of a network in order, and how their memory is shared.
struct Plan: Sendable {
    struct Step: Sendable {
        let operation: any Operation
        /// Floats that the layer emits for one window.
        let outputCount: Int
        /// Where the layer's output is another's: a RepeatVector before an LSTM makes no copies.
        let isElided: Bool
    }

    let network: Sequential
    let steps: [Step]
    let packing: Packing

    init(_ network: Sequential, for purpose: Packing.Purpose) {
        self.network = network
        var steps: [Step] = []
        var packing = Packing(for: purpose)
        var inputIsConstant = false
        for (index, entry) in network.entries.enumerated() {
            let next = index + 1 < network.entries.count ? network.entries[index + 1].layer : nil
            let isElided = Self.isRepeat(entry.layer) && Self.isRecurrent(next)
            steps.append(
                Step(
                    operation: Self.operation(
                        entry, index: index, inputIsConstant: inputIsConstant, &packing),
                    outputCount: (isElided ? entry.inputShape : entry.outputShape).count, isElided: isElided))
            inputIsConstant = isElided
        }
        self.steps = steps
        self.packing = packing
    }

    private static func isRepeat(_ layer: Layer) -> Bool {
        if case .repeatVector = layer { true } else { false }
    }

    private static func isRecurrent(_ layer: Layer?) -> Bool {
        switch layer {
        case .lstm, .bidirectional: true
        default: false
        }
    }

    private static func operation(
        _ entry: Sequential.Entry, index: Int, inputIsConstant: Bool, _ packing: inout Packing
    ) -> any Operation {
        let shape = entry.inputShape
        // Nobody asks for the gradient of the windows themselves.
        let passesGradient = index > 0
        func direction(_ lstm: LSTM, tensors first: Int, reversed: Bool) -> LSTMDirection {
            LSTMDirection(
                timesteps: shape.timesteps ?? 1, options: lstm,
                kernel: packing.add(entry.parameters[first], needsTransposed: passesGradient),
                recurrentKernel: packing.add(entry.parameters[first + 1], needsTransposed: true),
                bias: entry.parameters[first + 2].offset, isReversed: reversed,
                inputIsConstant: inputIsConstant)
        }
        switch entry.layer {
        case .lstm(let lstm):
            return LSTMOperation(direction: direction(lstm, tensors: 0, reversed: false))
        case .bidirectional(let lstm):
            return BidirectionalOperation(
                first: direction(lstm, tensors: 0, reversed: false),
                second: direction(lstm, tensors: 3, reversed: true))
        case .dense(let dense), .timeDistributed(let dense):
            return DenseOperation(
                timesteps: shape.timesteps ?? 1, options: dense,
                kernel: packing.add(entry.parameters[0], needsTransposed: passesGradient),
                bias: entry.parameters[1].offset)
        case .repeatVector(let count):
            return RepeatVectorOperation(count: count, features: shape.features)
        case .dropout(let rate):
            return DropoutOperation(count: shape.count, rate: Float(rate), stream: UInt64(index))
        }
    }
}
