import ArgumentParser
import RepriseClient

/// `reprise download`.
struct Download: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Download the file of a model.",
        discussion: """
            The file is complete or absent: it gets its name at the end of the download, and replaces a file \
            of this name. With --json, print the description of the version.
            """)

    @OptionGroup var server: ServerOptions
    @Argument(help: "The model's name.") var model: String
    @Option(help: "The version of the model: its number, an alias, or latest (the default).")
    var version: String?
    @Flag(help: "Download an ONNX file instead of a safetensors file, which upload takes.") var onnx = false
    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            """
            Write to this file or into this folder; - is standard output. Default: a file in this folder \
            that is named after the model and its version, such as pump-3.safetensors.
            """, valueName: "file"), completion: .file())
    var output: String?

    func run() throws {
        try server.run("download") { client in
            let description = try client.version(version ?? "latest", of: model)
            let number = try description.decoded(as: ModelVersion.self).version
            let format = onnx ? ModelFileFormat.onnx : .safetensors
            let name = "\(model)-\(number).\(format.rawValue)"
            let file = try OutputFile(output ?? name, name: name)
            try write(file) {
                try client.download(model, version: "\(number)", as: format, onBytes: file.write)
            }
            guard file.path != "-" else { return }
            server.show(
                description, report: "\(file.path): version \(number) of \(model), \(file.count) bytes")
        }
    }

    /// Runs a download that writes to a file, and gives the file its name.
    private func write(_ file: OutputFile, _ download: () throws -> Void) throws {
        do {
            try download()
        } catch {
            try file.throwWriteError()
            throw error
        }
        try file.finish()
    }
}
