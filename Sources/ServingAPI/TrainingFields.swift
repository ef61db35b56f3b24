import JSON
import ModelRuntime
import NeuralNetwork
import TimeSeries

/// What POST /train asks for.
struct TrainingFields {
    let name: String
    let specification: TrainingSpecification
    let windows: Windows

    /// Reads and checks the whole body.
    init(_ body: inout FieldReader) throws(JSONError) {
        name = try body.modelName()
        let architecture = try body.architecture()
        let scaling: Scaling = try body.choice("scaling", default: .standard)
        let options = try body.trainingOptions()
        specification = TrainingSpecification(architecture: architecture, scaling: scaling, options: options)
        windows = try body.windows()
        guard windows.split(validation: options.validationSplit).training.count > 0 else {
            throw body.error(
                "validation_split",
                "leaves none of the \(windows.count) windows to train on; use a smaller one")
        }
        if options.earlyStopping?.monitor == .validationLoss,
            windows.split(validation: options.validationSplit).validation.count == 0
        {
            throw body.error(
                "validation_split",
                "holds back none of the \(windows.count) windows, but early_stopping watches val_loss; use a larger one"
            )
        }
        try body.rejectUnknown()
    }
}

extension FieldReader {
    /// `model`: a name that may stand in a path, a file name and a log.
    mutating func modelName() throws(JSONError) -> String {
        let name = try requiredString("model")
        guard ModelName.isValid(name) else {
            throw error("model", "is \(Quote.text(name)); a name is \(ModelName.rule)")
        }
        return name
    }

    /// The options of `fit`, under Keras' names.
    fileprivate mutating func trainingOptions() throws(JSONError) -> TrainingOptions {
        var options = TrainingOptions()
        options.epochs = try int("epochs", in: 1...1_000_000, default: options.epochs)
        options.batchSize = try int("batch_size", in: 1...65_536, default: options.batchSize)
        options.learningRate = Float(
            try double("learning_rate", in: 0...1e6, exclusive: true, default: Double(options.learningRate)))
        options.loss = try choice("loss", default: options.loss)
        options.validationSplit = try double(
            "validation_split", in: 0...0.99, default: options.validationSplit)
        options.shuffle = try bool("shuffle", default: options.shuffle)
        options.clipNorm = try double("clip_norm", in: 0...1e30, exclusive: true).map { Float($0) }
        options.seed = UInt64(try int("seed", in: 0...Int.max, default: 0))
        if var stopping = try object("early_stopping") {
            options.earlyStopping = try stopping.earlyStopping(hasValidation: options.validationSplit > 0)
        }
        return options
    }

    private mutating func earlyStopping(hasValidation: Bool) throws(JSONError) -> EarlyStopping {
        var stopping = EarlyStopping()
        stopping.patience = try int("patience", in: 0...1_000_000, default: stopping.patience)
        stopping.minDelta = try double("min_delta", in: 0...1e30, default: stopping.minDelta)
        stopping.restoreBestWeights = try bool("restore_best_weights", default: stopping.restoreBestWeights)
        stopping.monitor = try choice("monitor", default: stopping.monitor)
        guard stopping.monitor == .loss || hasValidation else {
            throw error(
                "monitor", "is \"val_loss\", but there is none; set validation_split, or monitor: loss")
        }
        try rejectUnknown()
        return stopping
    }
}
