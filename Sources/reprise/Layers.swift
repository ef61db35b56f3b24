import ArgumentParser
import RepriseClient

/// `reprise layers`.
struct Layers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the range of every layer's outputs for windows.",
        discussion: "Outputs are in scaled units. With --json the response has all outputs; --svg draws them."
    )

    @OptionGroup var server: ServerOptions
    @Flag(help: "Print heat maps of one window, by default the first, as an SVG document.") var svg = false
    @OptionGroup var input: InputOptions
    @OptionGroup var options: LayerOptions

    func validate() throws {
        guard !svg || !server.json else { throw ValidationError("--svg and --json exclude each other") }
    }

    func run() throws {
        let content = try input.content(with: options)
        guard !svg else {
            return try server.run("layers") { client in
                server.show(json: try client.post("/layers", content, accept: "image/svg+xml"))
            }
        }
        try server.post("layers", content) { (response: LayersResponse) in
            let rows = response.layers.map { layer in
                let numbers = layer.outputs.numbers
                return [
                    layer.name, layer.type, "\(layer.outputShape.dropFirst().compactMap { $0 })",
                    numbers.min()?.rounded5 ?? "", numbers.max()?.rounded5 ?? "",
                ]
            }
            return "\(Table(["layer", "type", "output", "smallest", "largest"], rows))"
        }
    }
}

/// The options of `reprise layers` that are sent to the server.
struct LayerOptions: RequestOptions {
    @OptionGroup var prediction: PredictionOptions
    @Option(help: ArgumentHelp("Use this window only, counted from 0.", valueName: "number")) var window: Int?
}
