import ArgumentParser
import Glibc
import RepriseClient

/// `reprise delete`.
struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete a model, or a version of it.",
        discussion: "Asks before it deletes. A version that has an alias cannot be deleted alone.")

    @OptionGroup var server: ServerOptions
    @Argument(help: "The model's name.") var model: String
    @Option(help: ArgumentHelp("Delete only the version with this number.", valueName: "number"))
    var version: Int?
    @Flag(name: [.customShort("y"), .long], help: "Delete without asking. Needed without a terminal.")
    var yes = false

    func run() throws {
        try server.run("delete") { client in
            if !yes { try confirm(client) }
            try client.delete(model, version: version)
            guard !server.json else { return }
            print(version.map { "deleted version \($0) of \(model)" } ?? "deleted \(model)")
        }
    }

    /// Asks on the terminal.
    /// - Throws: ``CommandFailure`` unless the reply is yes.
    private func confirm(_ client: RepriseClient) throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure(
                "delete asks for confirmation, but standard input is not a terminal",
                hint: "add --yes to delete without asking")
        }
        var question = "Delete version \(version ?? 0) of \(model)?"
        if version == nil {
            let listed: ModelVersions = try client.model(model).decoded()
            let count = listed.versions.count + listed.unreadable.count
            let aliases = listed.aliases.keys.sorted().joined(separator: ", ")
            question =
                "Delete \(model) with \(count) version\(count == 1 ? "" : "s")"
                + (aliases.isEmpty ? "" : " and the alias\(listed.aliases.count == 1 ? "" : "es") \(aliases)")
                + "?"
        }
        let text = Array("\(question) This cannot be undone. [y/N] ".utf8)
        _ = Glibc.write(STDERR_FILENO, text, text.count)
        guard let reply = readLine(), ["y", "yes"].contains(reply.lowercased()) else {
            throw CommandFailure("nothing was deleted")
        }
    }
}
