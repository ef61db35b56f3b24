import JSON
import NeuralNetwork

extension FieldReader {
    /// The options of `fit`, under Keras' names.
    /// - Parameter hasSeed: whether the seed is one of them.
    package mutating func trainingOptions(hasSeed: Bool = true) throws(JSONError) -> TrainingOptions {
        var options = TrainingOptions()
        options.epochs = try int("epochs", in: 1...100_000, default: options.epochs)
        options.batchSize = try int("batch_size", in: 1...65_536, default: options.batchSize)
        options.learningRate = Float(
            try double("learning_rate", in: 0...1e6, exclusive: true, default: Double(options.learningRate)))
        options.loss = try choice("loss", default: options.loss)
        options.validationSplit = try double(
            "validation_split", in: 0...0.99, default: options.validationSplit)
        options.shuffle = try bool("shuffle", default: options.shuffle)
        options.clipNorm = try double("clip_norm", in: 0...1e30, exclusive: true).map { Float($0) }
        if hasSeed { options.seed = UInt64(try int("seed", in: 0...Int.max, default: 0)) }
        if var stopping = try object("early_stopping") {
            options.earlyStopping = try stopping.earlyStopping(hasValidation: options.validationSplit > 0)
        }
        if var plateau = try object("reduce_lr_on_plateau") {
            options.reduceLROnPlateau = try plateau.reduceLROnPlateau(
                hasValidation: options.validationSplit > 0)
        }
        return options
    }

    private mutating func earlyStopping(hasValidation: Bool) throws(JSONError) -> EarlyStopping {
        var stopping = EarlyStopping()
        stopping.patience = try int("patience", in: 0...1_000_000, default: stopping.patience)
        stopping.minDelta = try double("min_delta", in: 0...1e30, default: stopping.minDelta)
        stopping.restoreBestWeights = try bool("restore_best_weights", default: stopping.restoreBestWeights)
        stopping.monitor = try monitor(hasValidation: hasValidation)
        try rejectUnknown()
        return stopping
    }

    private mutating func reduceLROnPlateau(hasValidation: Bool) throws(JSONError) -> ReduceLROnPlateau {
        var plateau = ReduceLROnPlateau()
        plateau.monitor = try monitor(hasValidation: hasValidation)
        plateau.factor = try double("factor", in: 0...0.999, exclusive: true, default: plateau.factor)
        plateau.patience = try int("patience", in: 0...1_000_000, default: plateau.patience)
        plateau.minDelta = try double("min_delta", in: 0...1e30, default: plateau.minDelta)
        plateau.cooldown = try int("cooldown", in: 0...1_000_000, default: plateau.cooldown)
        plateau.minLR = try double("min_lr", in: 0...1e6, default: plateau.minLR)
        try rejectUnknown()
        return plateau
    }

    private mutating func monitor(hasValidation: Bool) throws(JSONError) -> EarlyStopping.Monitor {
        let monitor: EarlyStopping.Monitor = try choice("monitor", default: .validationLoss)
        guard monitor == .loss || hasValidation else {
            throw error(
                "monitor", "is \"val_loss\", but there is none; set validation_split, or monitor: loss")
        }
        return monitor
    }
}

extension JSONWriter {
    /// The members that `trainingOptions()` reads.
    package mutating func members(of options: TrainingOptions) {
        member("epochs", options.epochs)
        member("batch_size", options.batchSize)
        member("learning_rate", options.learningRate)
        member("loss", options.loss.rawValue)
        member("validation_split", options.validationSplit)
        member("shuffle", options.shuffle)
        if let clipNorm = options.clipNorm { member("clip_norm", clipNorm) }
        member("seed", Int(clamping: options.seed))
        if let stopping = options.earlyStopping {
            object("early_stopping") { json in
                json.member("patience", stopping.patience)
                json.member("min_delta", stopping.minDelta)
                json.member("monitor", stopping.monitor.rawValue)
                json.member("restore_best_weights", stopping.restoreBestWeights)
            }
        }
        if let plateau = options.reduceLROnPlateau {
            object("reduce_lr_on_plateau") { json in
                json.member("monitor", plateau.monitor.rawValue)
                json.member("factor", plateau.factor)
                json.member("patience", plateau.patience)
                json.member("min_delta", plateau.minDelta)
                json.member("cooldown", plateau.cooldown)
                json.member("min_lr", plateau.minLR)
            }
        }
    }
}
