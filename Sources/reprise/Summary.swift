import ArgumentParser
import RepriseClient

/// `reprise summary`.
struct Summary: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the layers of a model, or of a network that is not trained.",
        usage: """
            reprise summary --model <name> [--version <version>] [--svg]
            reprise summary [--timesteps <T>] [--features <F>] [<options>] [<file>]
            """)

    @OptionGroup var server: ServerOptions
    @Flag(help: "Print the flow diagram as an SVG document.") var svg = false
    @OptionGroup(title: "Model") var model: ModelOptions
    @Argument(
        help:
            "A JSON request that describes a network, to which options add members; - reads standard input.",
        completion: .file())
    var file: String?
    @OptionGroup(title: "Network") var network: NetworkOptions

    func validate() throws {
        guard !svg || !server.json else { throw ValidationError("--svg and --json exclude each other") }
        let describesNetwork = try file != nil || !network.members().isEmpty
        if model.model != nil {
            guard !describesNetwork else {
                throw ValidationError("--model excludes a file and options that describe a network")
            }
        } else {
            guard model.version == nil else { throw ValidationError("--version needs --model") }
            guard network.timesteps != nil && network.features != nil || file != nil else {
                throw ValidationError(
                    "name a model with --model, or describe a network with --timesteps and --features")
            }
        }
    }

    func run() throws {
        let accept = svg ? "image/svg+xml" : server.json ? "application/json" : "text/plain"
        try server.run("summary") { client in
            let response =
                if let name = model.model {
                    try client.summary(of: name, version: model.version, accept: accept)
                } else {
                    try client.post("/summary", content(), accept: accept)
                }
            server.show(json: response)
        }
    }

    private func content() throws -> RequestContent {
        let members = try network.members()
        guard let file else { return try .json(members) }
        return try .json(InputFile(file).read(), adding: members)
    }
}

/// The options of `reprise summary` that describe a network.
struct NetworkOptions: RequestOptions {
    @Option(help: ArgumentHelp("Rows in a window.", valueName: "T")) var timesteps: Int?
    @Option(help: ArgumentHelp("Columns in a row.", valueName: "F")) var features: Int?
    @OptionGroup var architecture: ArchitectureOptions
}
