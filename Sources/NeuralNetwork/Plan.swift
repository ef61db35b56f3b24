/// The operations of a network in order, which copies are elided, and which weight matrices are packed.
struct Plan: Sendable {
    struct Step: Sendable {
        let operation: any Operation
        /// Floats of the layer's output for one window.
        let outputCount: Int
        /// Whether the layer makes no copies and its output is its input: a RepeatVector before a recurrent
        /// layer.
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
            let isElided = entry.layer.repeatsVector && next?.isRecurrent == true
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

    private static func operation(
        _ entry: Sequential.Entry, index: Int, inputIsConstant: Bool, _ packing: inout Packing
    ) -> any Operation {
        let shape = entry.inputShape
        // The gradient with respect to the windows is not needed.
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
