import ArgumentParser

/// The cutting of rows into windows.
struct WindowOptions: RequestOptions {
    @Option(
        help: ArgumentHelp(
            "Rows in a window (default of training: 20, fewer for few rows). A trained model has its own.",
            valueName: "T"))
    var timesteps: Int?

    @Option(
        help: ArgumentHelp("Rows from the start of a window to the start of the next.", valueName: "rows"))
    var stride: Int?

    @Option(
        help: "Cut rows into windows by this method: sliding or temporalize.",
        completion: .list(["sliding", "temporalize"]))
    var windowing: String?

    @Option(
        help: "Treat missing values by this method: error, previous, linear or zero.",
        completion: .list(["error", "previous", "linear", "zero"]))
    var missing: String?

    @Option(help: ArgumentHelp("Names of the features. CSV has them in its header.", valueName: "a,b,c"))
    var featureNames: List<String>?
}

/// A version of a model.
struct ModelOptions: RequestOptions {
    @Option(help: "The model's name.")
    var model: String?

    @Option(help: "The version of the model: its number, an alias, or latest (the default).")
    var version: String?
}

/// The options of commands that use a trained model.
struct PredictionOptions: RequestOptions {
    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Windows") var windows: WindowOptions

    /// The same options for the version of an earlier response, because an alias may be set to another
    /// version between two requests. A request in JSON has its own version.
    func pinned(to version: Int, for bytes: [UInt8]) -> PredictionOptions {
        guard model.version != nil || InputFormat(bytes) != .request else { return self }
        var pinned = self
        pinned.model.version = "\(version)"
        return pinned
    }
}
