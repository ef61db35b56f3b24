import JSON
import NeuralNetwork

extension TrainingOptions {
    /// Every training option: its member in requests and in model files, its property, and its valid values.
    /// Members are read and written in this order; `TrainingOptions()` has the defaults.
    package static let fields: [OptionField<Self>] = [
        .int("epochs", \.epochs, in: 1...100_000),
        .int("batch_size", \.batchSize, in: 1...65_536),
        .float("learning_rate", \.learningRate, in: 0...1e6, exclusive: true),
        .choice("loss", \.loss),
        .double("validation_split", \.validationSplit, in: 0...0.99),
        .bool("shuffle", \.shuffle),
        .optionalFloat("clip_norm", \.clipNorm, in: 0...1e30, exclusive: true),
        .seed("seed", \.seed),
        .object("early_stopping", \.earlyStopping, EarlyStopping.fields) { options in
            var stopping = EarlyStopping()
            stopping.monitor = options.defaultMonitor
            return stopping
        } check: { (json, stopping, options) throws(JSONError) in
            try options.check(stopping.monitor, json)
        },
        .object("reduce_lr_on_plateau", \.reduceLROnPlateau, ReduceLROnPlateau.fields) { options in
            var plateau = ReduceLROnPlateau()
            plateau.monitor = options.defaultMonitor
            return plateau
        } check: { (json, plateau, options) throws(JSONError) in
            try options.check(plateau.monitor, json)
        },
    ]

    /// The loss that is monitored by default: `val_loss` as in Keras, if there is one.
    private var defaultMonitor: EarlyStopping.Monitor { validationSplit == 0 ? .loss : .validationLoss }

    /// - Throws: `JSONError` if an option monitors a loss that there is not.
    private func check(_ monitor: EarlyStopping.Monitor, _ json: FieldReader) throws(JSONError) {
        guard monitor == .validationLoss, validationSplit == 0 else { return }
        throw json.error(
            "monitor",
            "is 'val_loss', but validation_split is missing or 0, so that there is no val_loss; set "
                + "validation_split, for example to 0.1, or set monitor to loss")
    }
}

extension EarlyStopping {
    /// Every member of `early_stopping`.
    package static let fields: [OptionField<Self>] = [
        .int("patience", \.patience, in: 0...1_000_000),
        .double("min_delta", \.minDelta, in: 0...1e30),
        .choice("monitor", \.monitor),
        .bool("restore_best_weights", \.restoreBestWeights),
    ]
}

extension ReduceLROnPlateau {
    /// Every member of `reduce_lr_on_plateau`.
    package static let fields: [OptionField<Self>] = [
        .choice("monitor", \.monitor),
        .double("factor", \.factor, in: 0...0.999, exclusive: true),
        .int("patience", \.patience, in: 0...1_000_000),
        .double("min_delta", \.minDelta, in: 0...1e30),
        .int("cooldown", \.cooldown, in: 0...1_000_000),
        .double("min_lr", \.minLR, in: 0...1e6),
    ]
}

extension FieldReader {
    /// Reads the options of `fit`, which have their Keras names.
    /// - Parameter hasSeed: whether `seed` is one of them.
    /// - Throws: `JSONError` if an option is invalid.
    package mutating func trainingOptions(hasSeed: Bool = true) throws(JSONError) -> TrainingOptions {
        var options = TrainingOptions()
        try read(TrainingOptions.fields.filter { hasSeed || $0.name != "seed" }, into: &options)
        return options
    }
}

extension JSONWriter {
    /// Writes the members that `trainingOptions()` reads.
    package mutating func members(of options: TrainingOptions) { write(TrainingOptions.fields, of: options) }
}
