/// Keras' `EarlyStopping` callback.
struct Stopper {
    private let options: EarlyStopping
    private var best = Double.infinity
    private var wait = 0
    private(set) var bestEpoch = 0
    private(set) var bestWeights: Weights?

    init(_ options: EarlyStopping) { self.options = options }

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

/// Keras' `ReduceLROnPlateau` callback.
struct RateReducer {
    private let options: ReduceLROnPlateau
    private var best = Double.infinity
    private var wait = 0
    /// Epochs of the cooldown that are left.
    private var cooldown = 0

    init(_ options: ReduceLROnPlateau) { self.options = options }

    /// The rate of the epochs to come. The epoch that ends a cooldown already counts as one without improvement.
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
        // At the bound nothing starts anew: neither the waiting nor a cooldown.
        guard wait >= options.patience, report.learningRate > Float(options.minLR) else {
            return report.learningRate
        }
        cooldown = options.cooldown
        wait = 0
        return Float(max(Double(report.learningRate) * options.factor, options.minLR))
    }
}

extension EpochReport {
    /// The loss that a callback watches.
    fileprivate func loss(_ monitor: EarlyStopping.Monitor) -> Double {
        monitor == .loss ? loss : validationLoss ?? loss
    }
}

extension TrainingOptions {
    /// Refuses callbacks that have nothing to watch, or a rate that would not fall.
    func checkCallbacks(hasValidation: Bool) throws(TrainingError) {
        let monitors = [
            ("early_stopping", earlyStopping?.monitor), ("reduce_lr_on_plateau", reduceLROnPlateau?.monitor),
        ]
        for (name, monitor) in monitors where monitor == .validationLoss && !hasValidation {
            throw .invalid(
                "\(name) watches val_loss, but there is none; set validation_split or monitor: loss")
        }
        guard let plateau = reduceLROnPlateau else { return }
        guard plateau.factor > 0, plateau.factor < 1 else {
            throw .invalid(
                "reduce_lr_on_plateau has the factor \(plateau.factor); it must be between 0 and 1")
        }
        guard plateau.minLR >= 0, plateau.minLR.isFinite else {
            throw .invalid("reduce_lr_on_plateau has the min_lr \(plateau.minLR); it must be at least 0")
        }
    }
}
