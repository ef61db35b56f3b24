import ArgumentParser
import ServingAPI

/// `reprise keys`: the file of `serve --api-keys`.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create, list and revoke the API keys of a server.",
        discussion: """
            The file has a line for each key, with the SHA-256 digest instead of the key. A running server \
            reads the file again within a second of a change, or at once on SIGHUP.
            """,
        subcommands: [New.self, ListKeys.self, Revoke.self])

    /// `reprise keys new`.
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an API key, and print it once.",
            discussion: """
                The key's line is appended to the file. Without a file, the line is printed above the key.
                """)

        @Argument(help: "The key's name.") var name: String
        @Option(
            name: .customLong("scope"),
            help: """
                A scope of the key: read, infer, train or admin, or one of them for some models, such as \
                infer:pump-*. Repeat the option for several.
                """)
        var scopes: [Grant]
        @Option(
            help: ArgumentHelp(
                "The time from which the key is refused: 2027-01-31 (00:00 UTC) or 2027-01-31T12:00:00Z.",
                valueName: "time"))
        var expires: String?
        @Option(help: "The maximum rate of requests per second, such as 50/s.")
        var rate: String?
        @Option(
            help: ArgumentHelp("The maximum number of trainings that wait or run.", valueName: "number"))
        var trainings: String?
        @OptionGroup var options: KeyFileOptions

        func validate() throws {
            guard !scopes.isEmpty else { throw ValidationError("at least one --scope is needed") }
        }

        func run() throws {
            let (key, line) = try APIKey.make(
                name: name, grants: scopes, expires: expires, rate: rate, trainings: trainings)
            if let path = options.path { try KeyFileEditor(path).append(line) } else { print(line) }
            print(key)
        }
    }

    /// `reprise keys list`.
    struct ListKeys: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the keys of a file, without their digests.")

        @OptionGroup var options: KeyFileOptions

        func run() throws {
            let keys = try options.editor.keys()
            print(
                Table(
                    ["name", "scopes", "expires", "rate", "trainings"],
                    keys.map { key in
                        [
                            key.name, key.grants.map(\.description).joined(separator: ","),
                            key.expires.map { key.isExpired ? "\($0) (expired)" : $0 } ?? "-",
                            key.rate ?? "-", key.maxTrainings.map(String.init) ?? "-",
                        ]
                    }))
        }
    }

    /// `reprise keys revoke`.
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a key from a file.",
            discussion: "Trainings that the key has started go on; its event streams end.")

        @Argument(help: "The key's name.") var name: String
        @OptionGroup var options: KeyFileOptions

        func run() throws { try options.editor.remove(name) }
    }
}

/// The file of API keys that a command reads or changes.
struct KeyFileOptions: ParsableArguments {
    @Option(help: "The file of API keys. [env: REPRISE_API_KEYS]", completion: .file()) var file: String?

    /// The path of the file; nil if neither the option nor the variable names one.
    var path: String? { file ?? Environment.value("REPRISE_API_KEYS") }

    func validate() throws {
        // The message does not repeat the value, which may be a key.
        guard path?.hasPrefix("rk_") != true else {
            throw ValidationError(
                "--file or REPRISE_API_KEYS must be the path of a file of keys, not a key")
        }
    }

    var editor: KeyFileEditor {
        get throws {
            guard let path else {
                throw ValidationError("name the file of API keys with --file or REPRISE_API_KEYS")
            }
            return KeyFileEditor(path)
        }
    }
}

extension Grant: ExpressibleByArgument {
    /// Reads a grant as written in a file of keys; nil for other text.
    public init?(argument: String) { self.init(argument) }
}
