import HTTP1
import JSON
import ModelRuntime
import NeuralNetwork
import TimeSeries

/// What POST /train asks for.
struct TrainingFields {
    let name: String
    let specification: TrainingSpecification
    let windows: Windows

    /// Reads and checks the whole body. Shapes and limits are checked too, so that no one waits in the line for an error.
    init(_ request: Request, _ service: Service) throws(Problem) {
        var body = try FieldReader(data: request, flag: "exclude")
        let (name, warmStart) = try body.read { (body) throws(JSONError) in
            (try body.modelName(), try body.warmStart())
        }
        self.name = name
        if let warmStart {
            let base = try service.entry(name, warmStart)
            (specification, windows) = try body.read { (body) throws(JSONError) in
                try body.training(goingOnFrom: base)
            }
        } else {
            (specification, windows) = try body.read { (body) throws(JSONError) in try body.training() }
        }
        do throws(TrainingFailure) {
            _ = try specification.network(for: windows, limits: service.limits)
        } catch {
            throw Problem(error, architecture: specification.architecture)
        }
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

    /// A version: its number, or a name as it stands in a path.
    mutating func version(_ member: String = "version") throws(JSONError) -> VersionReference? {
        if case .string(let text) = value(member) {
            guard let reference = VersionReference(text) else {
                throw error(member, "is \(Quote.text(text)); it must be \(VersionReference.rule)")
            }
            return reference
        }
        return try int(member, in: 1...Int.max).map { .number($0) }
    }

    /// `warm_start`: the version to go on from; true is the latest.
    fileprivate mutating func warmStart() throws(JSONError) -> VersionReference? {
        if case .bool(let isWarm) = value("warm_start") { return isWarm ? .latest : nil }
        return try version("warm_start")
    }

    fileprivate mutating func training() throws(JSONError) -> (TrainingSpecification, Windows) {
        let architecture = try architecture()
        let scaling: Scaling = try choice("scaling", default: .standard)
        let options = try trainingOptions()
        let data = try data()
        let windows = try included(data)
        try checkSplit(of: windows, options)
        try rejectUnknown()
        var specification = TrainingSpecification(
            architecture: architecture, scaling: scaling, options: options)
        specification.featureNames = data.featureNames
        return (specification, windows)
    }

    fileprivate mutating func training(
        goingOnFrom base: ModelRegistry.Entry
    ) throws(JSONError) -> (TrainingSpecification, Windows) {
        for name in ["architecture", "units", "activation", "recurrent_activation", "layers", "scaling"]
        where has(name) {
            throw error(
                name, "is that of version \(base.version), from which warm_start goes on; leave it out")
        }
        let options = try trainingOptions()
        let data = try data(for: base.trained.description)
        let windows = try included(data)
        try checkSplit(of: windows, options)
        try rejectUnknown()
        var specification = TrainingSpecification(goingOnFrom: base, options: options)
        specification.featureNames = data.featureNames
        return (specification, windows)
    }

    /// The windows without a row that `exclude` names.
    private mutating func included(_ data: RequestData) throws(JSONError) -> Windows {
        guard let excluded = try rowFlags("exclude", rows: data.windows.series.rows) else {
            return data.windows
        }
        guard data.isSeries else {
            throw error("exclude", "names rows of a series, but there are windows already")
        }
        let windows = data.windows.excluding(rows: excluded)
        guard windows.count > 0 else {
            throw error(
                "exclude", "leaves none of the \(data.windows.count) windows: each has a row of it")
        }
        return windows
    }

    /// Both parts of a split have windows where they are needed.
    private func checkSplit(of windows: Windows, _ options: TrainingOptions) throws(JSONError) {
        let (training, validation) = windows.split(validation: options.validationSplit)
        guard training.count > 0 else {
            throw error(
                "validation_split",
                "leaves none of the \(windows.count) windows to train on; use a smaller one")
        }
        if validation.count == 0, let watcher = options.validationLossWatcher {
            throw error(
                "validation_split",
                "holds back none of the \(windows.count) windows, but \(watcher) watches val_loss; use a larger one"
            )
        }
    }
}

extension TrainingOptions {
    /// The option that watches `val_loss`, under its name in a request.
    fileprivate var validationLossWatcher: String? {
        if earlyStopping?.monitor == .validationLoss { return "early_stopping" }
        return reduceLROnPlateau?.monitor == .validationLoss ? "reduce_lr_on_plateau" : nil
    }
}
