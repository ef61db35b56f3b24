import ArgumentParser
import RepriseClient

/// `reprise summary`.
struct Summary: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the layers of a model, or of an architecture that is not trained.",
        usage: """
            reprise summary --model <name> [--version <version>] [--svg]
            reprise summary [--timesteps <T>] [--features <F>] [<options>] [<file>]
            """)

    @OptionGroup var server: ServerOptions
    @Flag(help: "Print the flow diagram, an SVG document.") var svg = false
    @Option(help: "The model's name; without one, an architecture is meant.") var model: String?
    @Option(help: "The model's version; the latest without one.") var version: Int?
    @Argument(help: "A JSON request for an architecture, to which the options add; - is standard input.")
    var file: String?
    @Option(help: "Rows in a window, T.") var timesteps: Int?
    @Option(help: "Columns in a row, F.") var features: Int?
    @OptionGroup var network: ArchitectureOptions

    func validate() throws {
        guard !svg || !server.json else { throw ValidationError("leave out --svg or --json") }
        guard model != nil || timesteps != nil && features != nil || file != nil else {
            throw ValidationError(
                "name a model with --model, or describe an architecture with --timesteps and --features")
        }
        guard model == nil || file == nil && timesteps == nil && features == nil && !network.isGiven else {
            throw ValidationError(
                "a model has its own layers; leave out --model, or all that describes others")
        }
    }

    func run() throws {
        let client = try server.client()
        let accept = svg ? "image/svg+xml" : server.json ? "application/json" : "text/plain"
        let answer =
            if let model {
                try client.summary(of: model, version: version, accept: accept)
            } else {
                try client.post("/summary", architecture(), accept: accept)
            }
        print(answer.text)
    }

    private func architecture() throws -> [UInt8] {
        var request = SummaryRequest(timesteps: timesteps, features: features)
        request.architecture = network.architecture
        request.units = network.units?.numbers
        request.activation = network.activation
        request.recurrentActivation = network.recurrentActivation
        let options = try network.addingLayers(to: RepriseClient.json(request))
        guard let file else { return options }
        return JSONObject(options).adding(document: try InputFile(file).read())
    }
}
