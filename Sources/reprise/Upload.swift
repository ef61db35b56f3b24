import ArgumentParser
import RepriseClient

/// `reprise upload`.
struct Upload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Upload a safetensors file as a new version of a model.")

    @OptionGroup var server: ServerOptions
    @Argument(
        help: "A safetensors file, such as reprise download writes; - reads standard input.",
        completion: .file(extensions: ["safetensors"]))
    var file: String
    @Option(help: "The model's name.") var model: String

    func run() throws {
        let bytes = try InputFile(file).read()
        try server.run("upload") { client in
            let response = try client.upload(bytes, to: model)
            let version: ModelVersion = try response.decoded()
            server.show(response, report: "\(version.model), version \(version.version)")
        }
    }
}
