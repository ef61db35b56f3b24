import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries
import Training

/// A request to POST /compare: an autoencoder and a stacked network, trained on the same windows with the
/// same seeds, and evaluated on later rows.
struct CompareRequest {
    /// The training of one network with one seed.
    struct Run {
        let network: String
        let seed: UInt64
        let model: PermittedModel
        let training: PlannedTraining
    }

    let model: String
    /// The runs of the autoencoder, then those of the stacked network.
    let runs: [Run]
    /// The training data: windows of the first rows, without windows that contain labelled anomalies.
    let training: Windows<Double>
    /// The test data: windows that end in the other rows.
    let test: Windows<Double>
    /// For each row, whether it is an anomaly; nil without labels.
    let labels: [Bool]?
    /// What was odd about the data.
    let warnings: [Warning]

    /// Reads and checks the whole body.
    init(_ call: Call, _ limits: RuntimeLimits) throws(Problem) {
        var request = try DataRequest(call)
        let model = try request.options.model(for: call).name
        let comparison = try request.comparison(model)
        self.model = model
        (training, test, labels) = (comparison.training, comparison.test, comparison.labels)
        warnings = comparison.warnings
        var runs: [Run] = []
        for specification in comparison.specifications {
            let training: PlannedTraining
            do throws(TrainingFailure) {
                training = try PlannedTraining(specification, on: comparison.training, limits: limits)
            } catch {
                throw Problem(error, architecture: specification.architecture)
            }
            try limits.checkResponse(of: 0, test, training.network)
            let network = specification.architecture.name
            runs.append(
                Run(
                    network: network, seed: specification.options.seed,
                    model: try call.permission.model("\(model)-\(network)"), training: training))
        }
        self.runs = runs
    }
}

/// A comparison whose networks have not been checked.
private struct UncheckedComparison {
    let specifications: [TrainingSpecification]
    let training: Windows<Double>
    let test: Windows<Double>
    let labels: [Bool]?
    let warnings: [Warning]
}

extension DataRequest {
    /// - Parameter model: the beginning of the names of the models.
    fileprivate mutating func comparison(_ model: String) throws(Problem) -> UncheckedComparison {
        let (autoencoder, stacked) = try read { (options) throws(JSONError) in
            try options.comparedArchitectures()
        }
        let networks = [autoencoder, stacked].map { (name: $0.name, architecture: $0) }
        for network in networks where !ModelName.isValid("\(model)-\(network.name)") {
            throw Problem(
                options.error(
                    "model", "is too long: the names of the models append \"-\(network.name)\" to it"))
        }
        let (seeds, scaling, outliers) = try read {
            (options) throws(JSONError) -> ([Int], Scaling, OutlierPolicy?) in
            (
                try options.seeds(),
                try options.choice("scaling", default: TrainingSpecification.defaultScaling),
                try options.choice("outliers")
            )
        }
        let (detection, requested) = try read {
            (options) throws(JSONError) -> (DetectionOptions, TrainingOptions) in
            (try options.detectionOptions(), try options.trainingOptions(hasSeed: false))
        }
        let data = try data(flag: "labels", rowsOnly: true, inspects: true)
        let labels = data.flags["labels"]
        let (split, completed) = try read {
            (options) throws(JSONError) -> (ComparedWindows, TrainingOptions) in
            let share = try options.double("test_split", in: 0...0.99)
            try options.rejectUnknown()
            let split = try options.split(data.windows, at: share, labels)
            return (split, try options.options(requested, detection, for: split.training))
        }
        let specifications = networks.flatMap { network in
            seeds.map { seed in
                var options = completed
                options.seed = UInt64(seed)
                var specification = TrainingSpecification(
                    architecture: network.architecture, scaling: scaling, options: options,
                    detection: detection)
                if let outliers { specification.outliers = outliers }
                specification.isStrict = data.isStrict
                specification.featureNames = data.featureNames
                specification.columns = data.featureNames == nil ? nil : data.columns
                specification.preparation = data.preparation
                return specification
            }
        }
        return UncheckedComparison(
            specifications: specifications, training: split.training, test: split.test, labels: labels,
            warnings: data.warnings + split.warnings)
    }
}

/// The windows that networks are trained on, and those that they are evaluated on.
private struct ComparedWindows {
    /// With fewer windows in one of the parts, a comparison has no test rows of its own by default.
    static let minCount = 10

    let training, test: Windows<Double>
    /// Reasons to doubt the evaluation.
    var warnings: [Warning] = []

    /// All windows, and all without labelled anomalies to train on.
    init(all windows: Windows<Double>, _ labels: [Bool]?) {
        test = windows
        training = labels.map { windows.excluding(rows: $0) } ?? windows
        warnings = [
            Warning(
                .evaluatedOnTraining, .warning,
                "The networks are evaluated on the windows that they were trained on, so that the errors "
                    + "say how well they can reconstruct, not how well they do on new data. Send more "
                    + "rows, or test_split.")
        ]
    }

    /// The windows of the first rows, without labelled anomalies, and those that end in the other rows.
    init(_ windows: Windows<Double>, at share: Double, _ labels: [Bool]?) {
        let (rows, timesteps) = (windows.series.rows, windows.timesteps)
        let boundary = Int(Double(rows) * (1 - share))
        let before = 0...max(0, boundary - timesteps)
        let first = windows[boundary < timesteps ? 0..<0 : windows.starting(in: before)]
        training = labels.map { first.excluding(rows: $0) } ?? first
        test = windows[windows.starting(in: max(0, boundary - timesteps + 1)...rows)]
    }
}

extension FieldReader {
    /// Reads `seeds`, or `seed` for one.
    fileprivate mutating func seeds() throws(JSONError) -> [Int] {
        let seed = try int("seed", in: 0...Int.max)
        if seed != nil, has("seeds") {
            throw error("seed", "and \"seeds\" are both present; send one of them")
        }
        return try ints("seeds", in: 0...Int.max, count: 1...10, default: [seed ?? 0])
    }

    /// Divides windows into those to train on and those to evaluate.
    /// - Parameter share: the share of the rows to evaluate; nil for half of them, if both halves have enough
    ///   windows, and for none of their own otherwise.
    fileprivate func split(
        _ windows: Windows<Double>, at share: Double?, _ labels: [Bool]?
    ) throws(JSONError) -> ComparedWindows {
        var split = ComparedWindows(windows, at: share ?? 0.5, labels)
        let isSmall = min(split.training.count, split.test.count) < ComparedWindows.minCount
        if share == 0 || share == nil && isSmall { split = ComparedWindows(all: windows, labels) }
        guard split.training.count > 0, split.test.count > 0 else {
            throw error(
                "test_split",
                "leaves \(split.training.count) windows for training and \(split.test.count) for the test, "
                    + "of \(windows.count); each needs at least one")
        }
        return split
    }
}
