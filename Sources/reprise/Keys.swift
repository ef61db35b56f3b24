import ArgumentParser
import Glibc
import ServingAPI

/// `reprise keys`: what `serve --api-keys` reads.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make keys for a server that asks for them.", subcommands: [New.self])

    /// `reprise keys new`.
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and print it, once.",
            discussion: """
                The file of keys holds a line for each with its SHA-256, never the key. A server that runs reads the \
                file again by itself. To take a key away, delete its line.
                """)

        @Argument(help: "Whose key it is.") var name: String
        @Option(
            name: .customLong("scope"), help: "What it may do: read, infer, train or admin; may be repeated.")
        var scopes: [Scope]
        @Option(
            help: ArgumentHelp(
                "Append the line to this file; without it, the line is printed too.", valueName: "file"))
        var file: String?

        func validate() throws {
            guard !scopes.isEmpty else { throw ValidationError("name at least one --scope") }
        }

        func run() throws {
            let (key, line) = try APIKeys.make(name: name, scopes: scopes)
            if let file { try append(line, to: file) } else { print(line) }
            print(key)
        }

        private func append(_ line: String, to path: String) throws {
            let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw CommandFailure("can't write \(path): \(String(cString: strerror(errno)))")
            }
            defer { close(descriptor) }
            let bytes = Array("\(line)\n".utf8)
            // In one call, so that a server never sees half a line.
            guard write(descriptor, bytes, bytes.count) == bytes.count else {
                throw CommandFailure("can't write \(path): \(String(cString: strerror(errno)))")
            }
        }
    }
}

extension Scope: ExpressibleByArgument {}
