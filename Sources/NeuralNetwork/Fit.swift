import TimeSeries

extension Sequential {
    /// Trains the network to reconstruct windows: Keras' `fit(x, x, …)` with Adam.
    ///
    /// The same options and windows on the same machine give bit-identical weights, whatever the number of
    /// cores.
    /// - Parameters:
    ///   - windows: `[N][T][F]`, where `[T][F]` is this network's input shape.
    ///   - initial: weights to start from; by default, those of ``initialWeights(seed:)`` with the options'
    ///     seed.
    ///   - onEpoch: called after each epoch, on the calling thread.
    ///   - isCancelled: called before each batch; true ends training.
    /// - Throws: ``TrainingError/invalid(_:)`` if windows, network or options do not fit together,
    ///   ``TrainingError/diverged(epoch:)`` if the loss or a weight becomes NaN or infinite, and
    ///   ``TrainingError/cancelled`` if `isCancelled` returns true.
    public func fit(
        _ windows: Windows<Float>, options: TrainingOptions, initial: Weights? = nil,
        onEpoch: (EpochReport) -> Void = { _ in }, isCancelled: () -> Bool = { false }
    ) throws(TrainingError) -> TrainingResult {
        try check(windows, options)
        let (training, validation) = windows.split(validation: options.validationSplit)
        var options = options
        // Memory is planned for the batch size, so a batch is never larger than the data.
        options.batchSize = min(options.batchSize, training.count)
        let step = TrainingStep(
            self, options: options, initial: initial ?? initialWeights(seed: options.seed))
        var order = Array(0..<training.count)
        var random = SplitMix64(seed: options.seed, stream: .max)
        var history: [EpochReport] = []
        var earlyStopping = options.earlyStopping.map { EarlyStoppingState($0) }
        var plateau = options.reduceLROnPlateau.map { ReduceLROnPlateauState($0) }

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
            if earlyStopping?.shouldStop(after: report, weights: { step.weights }) == true { break }
            if let rate = plateau?.rate(after: report) { step.learningRate = rate }
        }
        // A batch's loss is computed before its step, so the weights after the last step are still unchecked.
        guard step.isFinite else { throw .diverged(epoch: history.count) }
        return TrainingResult(
            weights: earlyStopping?.bestWeights ?? step.weights, history: history,
            epoch: earlyStopping?.bestWeights == nil
                ? history.count : earlyStopping?.bestEpoch ?? history.count)
    }

    /// Returns the mean of the batches' means, weighted by batch size, as Keras reports an epoch's loss.
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

    private func check(_ windows: Windows<Float>, _ options: TrainingOptions) throws(TrainingError) {
        guard .sequence(windows.timesteps, windows.features) == inputShape else {
            throw .invalid(
                "the windows have shape [\(windows.timesteps), \(windows.features)]; the network takes "
                    + "\(inputShape.dimensions)"
            )
        }
        guard outputShape == inputShape else {
            throw .invalid(
                "the last layer emits \(outputShape.dimensions); it must emit the shape of a window, "
                    + "\(inputShape.dimensions)"
            )
        }
        let (training, validation) = windows.split(validation: options.validationSplit)
        guard training.count > 0 else {
            throw .invalid(
                "there are no windows to train on: \(windows.count) in total, \(validation.count) of "
                    + "them for validation"
            )
        }
        guard options.epochs > 0, options.batchSize > 0 else {
            throw .invalid("epochs and batch_size must be at least 1")
        }
        try options.checkCallbacks(hasValidation: validation.count > 0)
    }
}
