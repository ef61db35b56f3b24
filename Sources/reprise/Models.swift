import ArgumentParser
import RepriseClient

/// `reprise models`.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the models, with the latest version of each.",
        discussion: "With --json, each line is a response of the server, with at most 1000 models.")

    @OptionGroup var server: ServerOptions

    func run() throws {
        try server.run("models") { client in
            guard !server.json else { return try client.pagesOfModels { server.show(json: $0) } }
            print(
                Table(
                    ["model", "version", "aliases"] + ModelVersion.header,
                    try client.models().map { model in
                        let aliases = model.aliases.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
                            .map { "\($0.key): \($0.value)" }.joined(separator: ", ")
                        return [model.model, "\(model.version)", aliases] + model.latest.cells
                    }))
        }
    }
}

/// `reprise versions`.
struct Versions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the versions of a model, with their aliases, oldest first.")

    @OptionGroup var server: ServerOptions
    @Argument(help: "The model's name.") var model: String

    func run() throws {
        try server.run("versions") { client in
            let response = try client.model(model)
            guard !server.json else { return server.show(json: response) }
            let listed: ModelVersions = try response.decoded()
            let rows = try listed.versions.compactMap { number throws -> [String]? in
                guard let version = try version(number, client) else { return nil }
                var names = listed.aliases.filter { $0.value == number }.keys.sorted()
                if number == listed.versions.last { names.append("latest") }
                return ["\(number)", names.joined(separator: ", ")] + version.cells
            }
            print(Table(["version", "aliases"] + ModelVersion.header, rows))
            for version in listed.unreadable {
                print("warning: the server cannot read version \(version.version): \(version.reason)")
            }
        }
    }

    /// A version; nil if it has been deleted since it was listed.
    private func version(_ number: Int, _ client: RepriseClient) throws(ClientError) -> ModelVersion? {
        do throws(ClientError) {
            return try client.version("\(number)", of: model).decoded()
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }
}

extension ModelVersion {
    /// The columns of ``cells``.
    fileprivate static let header = [
        "detector", "timesteps", "features", "parameters", "epochs", "loss", "threshold", "created",
    ]

    /// The properties of a version for a table.
    fileprivate var cells: [String] {
        [
            architecture ?? detector, "\(timesteps)", "\(features)", "\(parameters)", "\(epochs)",
            loss?.rounded5 ?? "", threshold?.rounded5 ?? "", createdAt,
        ]
    }
}
