import ArgumentParser

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `reprise options`, which writes docs/options.md from the declarations that `reprise serve --help` prints.
struct Options: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print docs/options.md: all options of reprise serve.", shouldDisplay: false)

    /// The options that README.md has.
    private static let common = [
        "host", "port", "models", "read-only", "api-keys", "allowed-hosts", "keep-versions", "max-body",
        "log-format", "grace",
    ]

    @Flag(help: "Print the table of the ten options that README.md has.") var common = false

    func run() throws {
        let options = try Self.options()
        if common {
            return print(Self.table(Self.common.compactMap { name in options.first { $0.name == name } }))
        }
        print(Self.introduction)
        var titles: [String] = []
        for option in options where !titles.contains(option.title) { titles.append(option.title) }
        for title in titles { print("\n## \(title)\n\n\(Self.table(options.filter { $0.title == title }))") }
    }

    private static let introduction = """
        # Options of `reprise serve`

        Each option is given as an argument or by an environment variable: `--max-body 128` is
        `REPRISE_MAX_BODY=128`. Arguments override variables, and an empty variable counts as not set. A flag
        takes no value; its variable takes `true` or `false`. Defaults can be pasted as they stand; an option
        without one is not set.

        `reprise serve --help` prints the same. `make options` writes this page from the same declarations.
        """

    private static func options() throws -> [DeclaredOption] {
        let tool = try JSONDecoder().decode(Tool.self, from: Data(Serve._dumpHelp().utf8))
        return tool.command.arguments.filter { option in
            // The flag that negates a flag is not an option of its own.
            option.name != "help" && !tool.command.arguments.contains { option.name == "no-\($0.name)" }
        }
    }

    private static func table(_ options: [DeclaredOption]) -> String {
        let header = ["| Option | Value | Default | Variable | Is |", "|---|---|---|---|---|"]
        return (header + options.map(\.row)).joined(separator: "\n")
    }

    /// The part of `--experimental-dump-help` that is needed.
    private struct Tool: Decodable {
        struct Command: Decodable {
            let arguments: [DeclaredOption]
        }
        let command: Command
    }
}

/// An option as swift-argument-parser describes it.
private struct DeclaredOption: Decodable {
    struct Name: Decodable {
        let name: String
    }
    let kind: String
    let preferredName: Name
    let valueName: String?
    let defaultValue: String?
    let sectionTitle: String?
    let abstract: String?

    /// The name without the hyphens before it.
    var name: String { preferredName.name }
    var title: String { sectionTitle ?? "Server" }

    /// The row of the table.
    var row: String {
        let name = OptionName(member: name.replacing("-", with: "_"))
        let isFlag = kind == "flag"
        let value = isFlag ? "flag" : valueName ?? ""
        // A flag has the name of its opposite as its default, and a whole number ends in ".0".
        let standard = isFlag ? "false" : defaultValue?.replacing(#/\.0$/#, with: "")
        let cells = [
            "`\(name.flag)`", value, standard.map { "`\($0)`" } ?? "", "`\(name.variable)`", meaning,
        ]
        return "| \(cells.joined(separator: " | ")) |"
    }

    /// The help text without the variable, with options, paths and patterns as code.
    private var meaning: String {
        (abstract ?? "").replacing(#/ *\[env: [A-Z_]+\]/#, with: "").replacing("|", with: "\\|")
            .replacing(#/--[a-z][a-z-]*|/readyz|/anomalydetector|\*\.[a-z.]*[a-z]/#) { "`\($0.output)`" }
    }
}
