import ArgumentParser
import RepriseClient

/// `reprise health`: exit code 0 when a server answers; for container health checks.
struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ask a server whether it is alive.")

    @Option(help: "The server.")
    var url = "http://127.0.0.1:8080"

    @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds"))
    var timeout = 3

    func validate() throws {
        guard timeout > 0 else { throw ValidationError("--timeout must be at least 1 second") }
    }

    func run() throws {
        let answer = try RepriseClient(baseURL: url, timeout: timeout).send("GET", "/healthz")
        guard answer.status == 200 else { throw CommandFailure("\(url) answers \(answer.status)") }
        print("ok")
    }
}
