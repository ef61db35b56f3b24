import ArgumentParser
import RepriseClient

/// `reprise health`: exit code 0 when a server answers; for container health checks.
struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ask a server whether it is alive.")

    @Option(help: "The server; by default the one of this machine at the port in REPRISE_PORT, or 8080.")
    var url: String?

    @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds"))
    var timeout = 3

    func validate() throws {
        guard timeout > 0 else { throw ValidationError("--timeout must be at least 1 second") }
    }

    func run() throws {
        let url = url ?? "http://127.0.0.1:\(Environment.port)"
        let answer = try RepriseClient(baseURL: url, timeout: timeout).send("GET", "/healthz")
        guard answer.status == 200 else { throw CommandFailure("\(url) answers \(answer.status)") }
        print("ok")
    }
}
