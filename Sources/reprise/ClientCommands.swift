import ArgumentParser
import RepriseClient

/// `reprise train`.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Train a new version of a model.")

    @OptionGroup var data: DataOptions
    @Option(help: "Rows in a window, T.") var timesteps = 30
    @Option(help: "autoencoder or stacked.") var architecture: String?
    @Option(help: ArgumentHelp("Units of the encoder's LSTMs.", valueName: "64,32")) var units: String?
    @Option(help: "tanh, relu, sigmoid or linear.") var activation: String?
    @Option(help: "standard, minmax or none.") var scaling: String?
    @Option(help: "Passes over the training windows.") var epochs: Int?
    @Option(help: "Windows in a step.") var batchSize: Int?
    @Option(help: "Adam's learning rate.") var learningRate: Double?
    @Option(help: "The share of the windows that is held back.") var validationSplit: Double?
    @Option(help: "mse, mae or huber.") var loss: String?
    @Option(help: "The largest norm of all gradients together.") var clipNorm: Double?
    @Option(help: "sigmoid or hard_sigmoid.") var recurrentActivation: String?
    @Option(help: "Stop after so many epochs without improvement, and keep the best weights.") var patience:
        Int?
    @Flag(inversion: .prefixedNo, help: "Whether each epoch sees the windows in a new order.") var shuffle =
        true
    @Option(help: "Fixes everything that is random.") var seed: Int?

    func run() throws {
        let units = try units.map { list in
            try list.split(separator: ",").map { text in
                guard let number = Int(text) else {
                    throw ValidationError("--units takes numbers, not '\(text)'")
                }
                return number
            }
        }
        try data.run("/train") { rows in
            var request = TrainRequest(model: data.model, series: rows, timesteps: timesteps)
            request.windowing = data.windowing
            request.stride = data.stride
            request.architecture = architecture
            request.units = units
            request.activation = activation
            request.recurrentActivation = recurrentActivation
            request.scaling = scaling
            request.epochs = epochs
            request.batchSize = batchSize
            request.learningRate = learningRate
            request.loss = loss
            request.clipNorm = clipNorm
            request.validationSplit = validationSplit
            request.earlyStopping = patience.map {
                .init(patience: $0, monitor: validationSplit == nil ? "loss" : "val_loss")
            }
            request.shuffle = shuffle ? nil : false
            request.seed = seed
            return request
        } report: { (answer: TrainAnswer) in
            """
            model       \(answer.model), version \(answer.version) (\(answer.architecture))
            windows     \(answer.timesteps) timesteps of \(answer.features) features
            parameters  \(answer.parameters)
            loss        \(answer.history.loss.first ?? answer.loss) -> \(answer.loss) in \(answer.epochs) epochs
            threshold   \(answer.threshold)
            seconds     \(answer.seconds)
            """
        }
    }
}

/// `reprise reconstruct`.
struct Reconstruct: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Reconstruct windows and print their errors.")

    @OptionGroup var data: DataOptions
    @Option(help: "The version; the latest without one.") var version: Int?

    func run() throws {
        try data.run("/reconstruct") { rows in
            var request = WindowsRequest(model: data.model, series: rows)
            request.version = version
            request.stride = data.stride
            request.windowing = data.windowing
            return request
        } report: { (answer: ReconstructAnswer) in
            (["window\terror\tscaled error"]
                + answer.errors.indices.map { "\($0)\t\(answer.errors[$0])\t\(answer.scaledErrors[$0])" })
                .joined(separator: "\n")
        }
    }
}

/// `reprise encode`.
struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the encoding of each window.")

    @OptionGroup var data: DataOptions
    @Option(help: "The version; the latest without one.") var version: Int?

    func run() throws {
        try data.run("/encode") { rows in
            var request = WindowsRequest(model: data.model, series: rows)
            request.version = version
            request.stride = data.stride
            request.windowing = data.windowing
            return request
        } report: { (answer: EncodeAnswer) in
            answer.encodings.map { $0.map { "\($0)" }.joined(separator: "\t") }.joined(separator: "\n")
        }
    }
}

/// `reprise summary`.
struct Summary: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the layers of a model.")

    @Option(help: "The server.") var url = "http://127.0.0.1:8080"
    @Option(help: "The model.") var model: String
    @Flag(help: "Print the server's answer as JSON.") var json = false

    func run() throws {
        do {
            print(try RepriseClient(baseURL: url).summary(of: model, json: json))
        } catch {
            throw CommandFailure("\(error)")
        }
    }
}
