import ArgumentParser

/// The LSTM layers of a network.
struct LSTMOptions: RequestOptions {
    @Option(help: ArgumentHelp("Units of the encoder's LSTMs.", valueName: "64,32"))
    var units: List<Int>?

    @Option(
        help: "Activation of the LSTMs: tanh, relu, sigmoid or linear.",
        completion: .list(["tanh", "relu", "sigmoid", "linear"]))
    var activation: String?

    @Option(
        help: "Activation of the LSTMs' gates: sigmoid or hard_sigmoid.",
        completion: .list(["sigmoid", "hard_sigmoid"]))
    var recurrentActivation: String?
}

/// The layers of a network.
struct ArchitectureOptions: RequestOptions {
    @Option(
        help: "Architecture: autoencoder, stacked, or layers with --layers.",
        completion: .list(["autoencoder", "stacked", "layers"]))
    var architecture: String?

    @OptionGroup var lstm: LSTMOptions

    @Option(help: ArgumentHelp("A file with a JSON array that lists the layers.", valueName: "file"))
    var layers: JSONFile?
}
