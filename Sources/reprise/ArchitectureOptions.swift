import ArgumentParser

/// The layers of a network.
struct ArchitectureOptions: ParsableArguments {
    @Option(help: "autoencoder or stacked.")
    var architecture: String?

    @Option(help: ArgumentHelp("Units of the encoder's LSTMs.", valueName: "64,32"))
    var units: Units?

    @Option(help: "tanh, relu, sigmoid or linear.")
    var activation: String?

    @Option(help: "sigmoid or hard_sigmoid.")
    var recurrentActivation: String?

    @Option(help: ArgumentHelp("A JSON file that lists the layers one by one.", valueName: "file"))
    var layers: String?

    /// Whether any of them is there.
    var isGiven: Bool {
        architecture != nil || units != nil || activation != nil || recurrentActivation != nil
            || layers != nil
    }

    /// A list of numbers.
    struct Units: ExpressibleByArgument {
        let numbers: [Int]

        init?(argument: String) {
            let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard !numbers.contains(nil) else { return nil }
            self.numbers = numbers.compactMap { $0 }
        }
    }

    /// A request with the layers that a file lists, if one is named.
    func addingLayers(to request: [UInt8]) throws -> [UInt8] {
        guard let layers else { return request }
        return JSONObject(request).adding("layers", try InputFile(layers).read())
    }
}
