import TimeSeries

extension Sequential {
    /// Trains the network to reproduce windows: Keras' `fit(x, x, …)` with Adam.
    ///
    /// Same options, same windows, same machine: bit-identical weights, whatever the number of cores.
    /// - Parameters:
    ///   - windows: `[N][T][F]` of this network's input shape.
    ///   - initial: weights to start from; fresh ones of the options' seed by default.
    ///   - onEpoch: called after each epoch on the calling thread.
    ///   - isCancelled: asked before each batch.
    /// - Throws: ``TrainingError``.
    public func fit(
        _ windows: Windows, options: TrainingOptions, initial: Weights? = nil,
        onEpoch: (EpochReport) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(TrainingError) -> TrainingResult {
        try check(windows, options)
        let (training, validation) = windows.split(validation: options.validationSplit)
        var options = options
        // Memory is planned for a batch: one that is larger than the data takes no more than they do.
        options.batchSize = min(options.batchSize, training.count)
        let step = TrainingStep(
            self, options: options, initial: initial ?? initialWeights(seed: options.seed))
        var order = Array(0..<training.count)
        var random = SplitMix64(seed: options.seed, stream: .max)
        var history: [EpochReport] = []
        var stopper = options.earlyStopping.map { Stopper($0) }
        var reducer = options.reduceLROnPlateau.map { RateReducer($0) }

        for epoch in 1...options.epochs {
            if options.shuffle { order.shuffle(using: &random) }
            let loss = try meanOverBatches(order, options.batchSize) { (batch) throws(TrainingError) in
                guard !isCancelled() else { throw .cancelled }
                let loss = step.train(on: training, indices: batch)
                guard Float(loss).isFinite else { throw .diverged(epoch: epoch) }
                return loss
            }
            let validationLoss: Double? =
                validation.count == 0
                ? nil
                : try meanOverBatches(Array(0..<validation.count), options.batchSize) {
                    (batch) throws(TrainingError) in
                    guard !isCancelled() else { throw .cancelled }
                    return step.evaluate(on: validation, indices: batch)
                }
            if let validationLoss, !Float(validationLoss).isFinite { throw .diverged(epoch: epoch) }
            let report = EpochReport(
                epoch: epoch, loss: loss, validationLoss: validationLoss, learningRate: step.learningRate)
            history.append(report)
            onEpoch(report)
            if stopper?.shouldStop(after: report, weights: { step.weights }) == true { break }
            if let rate = reducer?.rate(after: report) { step.learningRate = rate }
        }
        // The loss of a batch is that before its step: the last step has not been looked at.
        guard step.isFinite else { throw .diverged(epoch: history.count) }
        return TrainingResult(
            weights: stopper?.bestWeights ?? step.weights, history: history,
            epoch: stopper?.bestWeights == nil ? history.count : stopper?.bestEpoch ?? history.count)
    }

    /// Each batch's mean weighted by its size, as Keras reports an epoch's loss.
    private func meanOverBatches(
        _ order: [Int], _ batchSize: Int, _ body: (ArraySlice<Int>) throws(TrainingError) -> Double
    ) throws(TrainingError) -> Double {
        var sum = 0.0
        for start in stride(from: 0, to: order.count, by: batchSize) {
            let batch = order[start..<min(start + batchSize, order.count)]
            sum += try body(batch) * Double(batch.count)
        }
        return sum / Double(order.count)
    }

    private func check(_ windows: Windows, _ options: TrainingOptions) throws(TrainingError) {
        guard .sequence(windows.timesteps, windows.features) == inputShape else {
            throw .invalid(
                "the windows are [\(windows.timesteps), \(windows.features)], the network takes \(inputShape.dimensions)"
            )
        }
        guard outputShape == inputShape else {
            throw .invalid(
                "the last layer emits \(outputShape.dimensions), but a reconstruction has the window's shape "
                    + "\(inputShape.dimensions)")
        }
        let (training, validation) = windows.split(validation: options.validationSplit)
        guard training.count > 0 else {
            throw .invalid(
                "there are no windows to train on: \(windows.count) in all, \(validation.count) for validation"
            )
        }
        guard options.epochs > 0, options.batchSize > 0 else {
            throw .invalid("epochs and batch_size must be at least 1")
        }
        try options.checkCallbacks(hasValidation: validation.count > 0)
    }
}
