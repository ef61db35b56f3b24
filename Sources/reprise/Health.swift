import ArgumentParser
import RepriseClient

/// `reprise health`, for the health checks of containers: the exit code is 0 if the server is alive.
struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check whether a server is alive.",
        discussion: "Without --url and REPRISE_URL, check this machine at the port in REPRISE_PORT, or 8080.")

    @Option(help: "The server's address. [env: REPRISE_URL]")
    var url = Environment.serverURL ?? "http://127.0.0.1:\(Environment.port)"

    @Option(help: ArgumentHelp("Maximum time to wait for the response.", valueName: "seconds"))
    var timeout = 3

    func validate() throws {
        guard timeout > 0 else { throw ValidationError("--timeout must be at least 1 second") }
    }

    func run() throws {
        do {
            let response = try RepriseClient(baseURL: url, timeout: timeout).send("GET", "/healthz")
            guard response.status == 200 else {
                throw CommandFailure("\(url) responded with status \(response.status)")
            }
            print("ok")
        } catch let error as ClientError {
            throw CommandFailure(error, command: "health")
        }
    }
}
