import ArgumentParser
import Glibc
import ServingAPI

/// `reprise keys`: the file of `serve --api-keys`.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create API keys for a server.", subcommands: [New.self])

    /// `reprise keys new`.
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an API key, and print it once.",
            discussion: """
                The file has a line for each key, with the SHA-256 digest instead of the key. A running \
                server reloads the file when it changes. To revoke a key, delete its line.
                """)

        @Argument(help: "The key's name.") var name: String
        @Option(
            name: .customLong("scope"),
            help: "A scope of the key: read, infer, train or admin. Repeat the option for several.")
        var scopes: [Scope]
        @Option(
            help: ArgumentHelp(
                "Append the line to this file instead of printing it.", valueName: "file"))
        var file: String?

        func validate() throws {
            guard !scopes.isEmpty else { throw ValidationError("at least one --scope is needed") }
        }

        func run() throws {
            let (key, line) = try APIKeys.make(name: name, scopes: scopes)
            if let file { try append(line, to: file) } else { print(line) }
            print(key)
        }

        private func append(_ line: String, to path: String) throws {
            let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))")
            }
            defer { close(descriptor) }
            let bytes = Array("\(line)\n".utf8)
            // One call, so that a server never reads half a line.
            guard write(descriptor, bytes, bytes.count) == bytes.count else {
                throw CommandFailure("cannot write \(path): \(String(cString: strerror(errno)))")
            }
        }
    }
}

extension Scope: ExpressibleByArgument {}
