/// State of Keras' `EarlyStopping` callback during one training.
struct EarlyStoppingState {
    private let options: EarlyStopping
    private var best = Double.infinity
    /// Epochs since the last improvement.
    private var wait = 0
    private(set) var bestEpoch = 0
    private(set) var bestWeights: Weights?

    init(_ options: EarlyStopping) { self.options = options }

    /// Records an epoch and returns whether training should stop.
    /// - Parameter weights: returns the weights after the epoch; called only if they are the best so far and
    ///   are to be restored.
    mutating func shouldStop(after report: EpochReport, weights: () -> Weights) -> Bool {
        let current = report.loss(options.monitor)
        wait += 1
        if current < best - options.minDelta || report.epoch == 1 {
            best = current
            bestEpoch = report.epoch
            if options.restoreBestWeights { bestWeights = weights() }
            wait = 0
            return false
        }
        return wait >= options.patience
    }
}

/// State of Keras' `ReduceLROnPlateau` callback during one training.
struct ReduceLROnPlateauState {
    private let options: ReduceLROnPlateau
    private var best = Double.infinity
    /// Epochs since the last improvement or reduction.
    private var wait = 0
    /// Epochs left of the cooldown.
    private var cooldown = 0

    init(_ options: ReduceLROnPlateau) { self.options = options }

    /// Records an epoch and returns the learning rate of the next one. The last epoch of a cooldown counts
    /// towards the patience, as in Keras.
    mutating func rate(after report: EpochReport) -> Float {
        let current = report.loss(options.monitor)
        if cooldown > 0 {
            cooldown -= 1
            wait = 0
        }
        if current < best - options.minDelta {
            best = current
            wait = 0
            return report.learningRate
        }
        guard cooldown == 0 else { return report.learningRate }
        wait += 1
        // At the minimum rate, neither `wait` nor the cooldown restarts.
        guard wait >= options.patience, report.learningRate > Float(options.minLR) else {
            return report.learningRate
        }
        cooldown = options.cooldown
        wait = 0
        return Float(max(Double(report.learningRate) * options.factor, options.minLR))
    }
}

extension EpochReport {
    /// The loss that a callback monitors.
    fileprivate func loss(_ monitor: EarlyStopping.Monitor) -> Double {
        monitor == .loss ? loss : validationLoss ?? loss
    }
}

extension TrainingOptions {
    /// Checks that callbacks monitor a loss that exists, and that a plateau lowers the rate.
    /// - Throws: ``TrainingError/invalid(_:)`` otherwise.
    func checkCallbacks(hasValidation: Bool) throws(TrainingError) {
        let monitors = [
            ("early_stopping", earlyStopping?.monitor), ("reduce_lr_on_plateau", reduceLROnPlateau?.monitor),
        ]
        for (name, monitor) in monitors where monitor == .validationLoss && !hasValidation {
            throw .invalid(
                "\(name) monitors val_loss, but there are no validation windows; set validation_split, or "
                    + "set monitor to loss"
            )
        }
        guard let plateau = reduceLROnPlateau else { return }
        guard plateau.factor > 0, plateau.factor < 1 else {
            throw .invalid(
                "reduce_lr_on_plateau has factor \(plateau.factor); it must be greater than 0 and less than 1"
            )
        }
        guard plateau.minLR >= 0, plateau.minLR.isFinite else {
            throw .invalid(
                "reduce_lr_on_plateau has min_lr \(plateau.minLR); it must be finite and at least 0")
        }
    }
}
