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
        /// The name of the model.
        let name: String
        let specification: TrainingSpecification
    }

    let model: String
    /// The runs of the autoencoder, then those of the stacked network.
    let runs: [Run]
    /// The training data: windows of the first rows, without windows that contain labelled anomalies.
    let training: Windows
    /// The test data: windows that end in the other rows.
    let test: Windows
    /// For each row, whether it is an anomaly; nil without labels.
    let labels: [Bool]?

    /// Reads and checks the whole body.
    init(_ call: Call, _ limits: RuntimeLimits) throws(Problem) {
        var body = try FieldReader(data: call, flag: "labels")
        self = try body.read { (body) throws(JSONError) in try body.comparison() }
        // The runs differ in their seeds, but for the two networks.
        for run in [runs.first, runs.last].compactMap({ $0 }) {
            let network: Sequential
            do throws(TrainingFailure) {
                network = try run.specification.network(for: training, limits: limits)
            } catch {
                throw Problem(error, architecture: run.specification.architecture)
            }
            do throws(JSONError) {
                try limits.checkResponse(of: 0, test, network)
            } catch {
                throw Problem(error)
            }
        }
    }

    fileprivate init(
        model: String, runs: [Run], training: Windows, test: Windows, labels: [Bool]?
    ) {
        self.model = model
        self.runs = runs
        self.training = training
        self.test = test
        self.labels = labels
    }
}

extension FieldReader {
    fileprivate mutating func comparison() throws(JSONError) -> CompareRequest {
        let model = try modelName()
        let (autoencoder, stacked) = try bothArchitectures()
        let networks = [autoencoder, stacked].map { (name: $0.name, architecture: $0) }
        for network in networks where !ModelName.isValid("\(model)-\(network.name)") {
            throw error("model", "is too long: the names of the models append \"-\(network.name)\" to it")
        }
        let seeds = try ints("seeds", in: 0...Int.max, count: 1...10, default: [0])
        let scaling: Scaling = try choice("scaling", default: .standard)
        let detection = try detectionOptions()
        var asked = try trainingOptions(hasSeed: false)
        let data = try data(rowsOnly: true)
        let labels = try rowFlags("labels", rows: data.windows.series.rows)
        let share = try double("test_split", in: 0.01...0.99, default: 0.5)
        try rejectUnknown()
        let (training, test) = try split(data.windows, at: share, labels)
        asked = try options(asked, detection, for: training)
        let runs = networks.flatMap { network, architecture in
            seeds.map { seed in
                var options = asked
                options.seed = UInt64(seed)
                var specification = TrainingSpecification(
                    architecture: architecture, scaling: scaling, options: options, detection: detection)
                specification.featureNames = data.featureNames
                return CompareRequest.Run(
                    network: network, seed: options.seed, name: "\(model)-\(network)",
                    specification: specification)
            }
        }
        return CompareRequest(model: model, runs: runs, training: training, test: test, labels: labels)
    }

    /// Splits windows into those of the first rows, without labelled anomalies, and those that end in the
    /// other rows.
    private func split(
        _ windows: Windows, at share: Double, _ labels: [Bool]?
    ) throws(JSONError) -> (training: Windows, test: Windows) {
        let (rows, timesteps) = (windows.series.rows, windows.timesteps)
        let boundary = Int(Double(rows) * (1 - share))
        let before = 0...max(0, boundary - timesteps)
        var training = windows[boundary < timesteps ? 0..<0 : windows.starting(in: before)]
        if let labels { training = training.excluding(rows: labels) }
        let test = windows[windows.starting(in: max(0, boundary - timesteps + 1)...rows)]
        guard training.count > 0, test.count > 0 else {
            throw error(
                "test_split",
                "leaves \(training.count) windows for training and \(test.count) for the test, of "
                    + "\(windows.count); each needs at least one"
            )
        }
        return (training, test)
    }
}
