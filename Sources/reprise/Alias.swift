import ArgumentParser
import RepriseClient

/// `reprise alias`.
struct Alias: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, set or delete the aliases of a model.",
        usage: """
            reprise alias <model>
            reprise alias <model> <alias>
            reprise alias <model> <alias> <version>
            reprise alias <model> <alias> --delete
            """,
        discussion: """
            An alias is a name for a version, such as stable. Without a version, its version is printed. \
            Requests that name an alias use another version as soon as the alias is set to it.
            """)

    @OptionGroup var server: ServerOptions
    @Argument(help: "The model's name.") var model: String
    @Argument(help: "The alias.") var alias: String?
    @Argument(help: "Set the alias to this version: its number, another alias, or latest.")
    var version: String?
    @Flag(help: "Delete the alias; the version stays.") var delete = false

    func validate() throws {
        guard !delete || alias != nil else { throw ValidationError("--delete needs the alias to delete") }
        guard !delete || version == nil else { throw ValidationError("--delete takes no version") }
    }

    func run() throws {
        try server.run("alias") { client in
            guard let alias else { return try list(client) }
            if delete {
                try client.deleteAlias(alias, of: model)
                if !server.json { print("deleted the alias \(alias) of \(model)") }
            } else if let version {
                let number = try Int(version) ?? self.number(version, client)
                let response = try client.setAlias(alias, of: model, to: number)
                server.show(response, report: "\(alias) is version \(number) of \(model)")
            } else {
                let response = try client.version(alias, of: model)
                let version: ModelVersion = try response.decoded()
                server.show(response, report: "\(version.version)")
            }
        }
    }

    private func list(_ client: RepriseClient) throws {
        let response = try client.model(model)
        let aliases = try response.decoded(as: ModelVersions.self).aliases.sorted { $0.key < $1.key }
        server.show(
            response, report: "\(Table(["alias", "version"], aliases.map { [$0.key, "\($0.value)"] }))")
    }

    /// The number of a version.
    private func number(_ version: String, _ client: RepriseClient) throws -> Int {
        try client.version(version, of: model).decoded(as: ModelVersion.self).version
    }
}
