import APITesting
import Foundation
import Testing

/// The options of `serve`, as flags and as variables.
@Suite struct ConfigurationTests {
    /// An option as `reprise serve --help` describes it.
    private struct ServeOption {
        let name: String
        let variable: String
        let standard: String?
    }

    private static func options() throws -> [ServeOption] {
        let help = try Program.run(["serve", "--help"]).output
        #expect(help.contains("--host"))
        // The line of an option begins with two spaces and its name; its help text is indented further.
        let entries = help.split(separator: "\n  --", omittingEmptySubsequences: false).dropFirst()
        return try entries.map { entry in
            let text = entry.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let name = try #require(text.prefixMatch(of: /[a-z-]+/)).output
            let variable = try #require(
                text.firstMatch(of: /\[env: (REPRISE_[A-Z_]+)\]/), "--\(name) has no variable")
            let standard = text.firstMatch(of: /default: ((?!--no-)[^)]+)\)/)?.1
            return ServeOption(
                name: String(name), variable: String(variable.1), standard: standard.map(String.init))
        }
    }

    private static func server(_ variables: [String], _ arguments: [String] = []) throws -> ServerProcess {
        try ServerProcess(arguments, launcher: ["/usr/bin/env"] + variables)
    }

    @Test func everyOptionHasAVariable() throws {
        let options = try Self.options()
        #expect(options.count > 25)
        for option in options {
            let expected = "REPRISE_" + option.name.uppercased().replacing("-", with: "_")
            #expect(option.variable == expected)
        }
    }

    /// A number out of bounds is refused, with the name of its option and of its variable: every number has
    /// bounds, and the variable reaches the option.
    @Test func everyNumberHasBounds() throws {
        let numbers = try Self.options().filter { $0.standard.flatMap { Double($0) } != nil }
        #expect(numbers.count > 18)
        for option in numbers {
            for value in ["-1", "1e300"] {
                let result = try Program.run(
                    ["serve", "--port", "0"], launcher: ["/usr/bin/env", "\(option.variable)=\(value)"])
                #expect(result.status != 0)
                #expect(result.errors.hasPrefix("Error: \(option.variable): "), "\(result.errors)")
                #expect(result.errors.contains("--\(option.name) "), "\(result.errors)")
            }
        }
    }

    @Test func variablesSetOptions() throws {
        let long = String(repeating: " ", count: 1_100_000)
        let server = try Self.server(["REPRISE_MAX_BODY=1", "REPRISE_LOG_FORMAT=json", "REPRISE_DATA="])
        #expect(try server.client.post("/train", text: long).status == 413)
        #expect(server.log.hasPrefix("{"))
        // Options override variables.
        let other = try Self.server(["REPRISE_MAX_BODY=1"], ["--max-body", "2"])
        #expect(try other.client.post("/train", text: long).status == 400)
    }

    @Test func aVariableSetsAFlag() throws {
        func status(_ value: String, _ arguments: [String] = []) throws -> Int {
            let server = try Self.server(["REPRISE_READ_ONLY=\(value)"], arguments)
            return try withExtendedLifetime(server) { try server.client.post("/train", [:]).status }
        }
        #expect(try status("true") == 405)
        #expect(try status("1") == 405)
        #expect(try status("false") == 422)
        #expect(try status("") == 422)
        #expect(try status("false", ["--read-only"]) == 405)
        #expect(try status("true", ["--no-read-only"]) == 422)
    }

    @Test(
        arguments: [
            ("REPRISE_PORT", "http"), ("REPRISE_PORT", "70000"), ("REPRISE_MAX_BODY", "0"),
            ("REPRISE_GRACE", "-x"),
            ("REPRISE_READ_ONLY", "perhaps"), ("REPRISE_LOG_LEVEL", "loud"),
            ("REPRISE_API_KEYS", "rk_secret"), ("REPRISE_ALLOWED_HOSTS", "http://reprise.example"),
        ])
    func anInvalidValueIsReportedInOneLineWithItsVariable(_ name: String, _ value: String) throws {
        let result = try Program.run(
            ["serve", "--port", "0"], launcher: ["/usr/bin/env", "\(name)=\(value)"])
        #expect(result.status != 0)
        #expect(result.errors.hasPrefix("Error: \(name): "), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        #expect(!result.errors.contains("secret"))
    }

    @Test func unknownVariablesAreLogged() throws {
        let server = try Self.server(["REPRISE_MAX_BODI=1", "REPRISE_SERVE_PORT=1", "REPRISE_API_KEY=x"])
        let lines = server.log.split(separator: "\n").filter { $0.contains("level=warning") }
        #expect(lines.count == 2, "\(server.log)")
        #expect(server.log.contains("meant=REPRISE_MAX_BODY variable=REPRISE_MAX_BODI"))
        #expect(server.log.contains("variable=REPRISE_SERVE_PORT"))
    }

    /// The prefix, which all variables share, does not make two names similar.
    @Test func onlyCloseSpellingsAreSuggested() throws {
        let meant = [
            "FOO": nil, "DEBUG": nil, "TOKEN": nil, "USER": nil, "X": nil, "HOME": nil, "SECRET": nil,
            "PROT": "PORT", "LOGLEVEL": "LOG_LEVEL", "MODEL": "MODELS", "MAX_BODYS": "MAX_BODY",
            "KEEP_VERSION": "KEEP_VERSIONS",
        ]
        let server = try Self.server(meant.keys.map { "REPRISE_\($0)=1" })
        for (name, meant) in meant {
            let line = try #require(
                server.log.split(separator: "\n").first { $0.hasSuffix("variable=REPRISE_\(name)") })
            let suggested = line.firstMatch(of: /meant=REPRISE_([A-Z_]+)/).map { String($0.1) }
            #expect(suggested == meant, "\(line)")
        }
    }

    /// Variables that Kubernetes sets for a Service named reprise are not options, and are not logged.
    @Test func serviceLinksAreIgnored() throws {
        let server = try Self.server([
            "REPRISE_SERVICE_HOST=10.0.0.1", "REPRISE_SERVICE_PORT=80", "REPRISE_SERVICE_PORT_HTTP=80",
            "REPRISE_PORT=tcp://10.0.0.1:80", "REPRISE_PORT_80_TCP=tcp://10.0.0.1:80",
            "REPRISE_PORT_80_TCP_PROTO=tcp",
            "REPRISE_PORT_80_TCP_PORT=80", "REPRISE_PORT_80_TCP_ADDR=10.0.0.1",
            "REPRISE_HEADLESS_SERVICE_HOST=None",
            "REPRISE_HEADLESS_PORT=tcp://10.0.0.1:80",
        ])
        #expect(!server.log.contains("level=warning"), "\(server.log)")
        let port = try #require(URL(string: server.url)?.port)
        let health = ["/usr/bin/env", "REPRISE_PORT=\(port)"]
        #expect(try Program.run(["health"], launcher: health).output == "ok\n")
    }

    /// All users of a machine can see the arguments of a process, so no command takes a key as an argument.
    @Test func noKeyIsAnArgument() throws {
        for command in [
            "serve", "train", "calibrate", "score", "evaluate", "compare", "encode", "reconstruct", "summary",
            "layers",
        ] {
            let help = try Program.run([command, "--help"]).output
            let named = help.matches(of: /--[a-z-]*(key|secret|token|password)[a-z-]*( <([a-z]+)>)?/)
            #expect(named.allSatisfy { $0.3 == "file" }, "\(command)")
            #expect(named.count == (command == "serve" ? 1 : 0), "\(command): \(named.map(\.0))")
        }
    }
}
