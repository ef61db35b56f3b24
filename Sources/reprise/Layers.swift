import ArgumentParser
import RepriseClient

/// `reprise layers`.
struct Layers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what every layer makes of windows.",
        discussion:
            "The table has the range of all outputs of a layer, in scaled units; the outputs themselves are in the "
            + "JSON answer, and in the picture.")

    @OptionGroup var server: ServerOptions
    @OptionGroup var prediction: PredictionOptions
    @Option(help: ArgumentHelp("One window alone, counted from 0.", valueName: "number")) var window: Int?
    @Flag(help: "Print heat maps of one window, the first without --window, as an SVG document.") var svg =
        false

    func validate() throws {
        guard !svg || !server.json else { throw ValidationError("leave out --svg or --json") }
    }

    func run() throws {
        var request = prediction.windowsRequest
        request.window = window
        let content = try prediction.content(request)
        guard !svg else {
            return print(try server.client().post("/layers", content, accept: "image/svg+xml").text)
        }
        try server.post("/layers", content) { (answer: LayersAnswer) in
            let rows = answer.layers.map { layer in
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
