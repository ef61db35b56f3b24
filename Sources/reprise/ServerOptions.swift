import ArgumentParser
import RepriseClient

/// The server that a client command calls, and the form of its output.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server's address. [env: REPRISE_URL]")
    var url = Environment.serverURL ?? "http://127.0.0.1:8080"

    @Flag(help: "Print the server's response as JSON.")
    var json = false

    /// Runs calls of the server, and adds a hint to the error of a call that fails.
    ///
    /// The API key comes from an environment variable, because all users of a machine can see the arguments
    /// of a process.
    /// - Parameter command: the name of the subcommand.
    func run(_ command: String, _ calls: (RepriseClient) throws -> Void) throws {
        do {
            try calls(RepriseClient(baseURL: url, apiKey: Environment.value("REPRISE_API_KEY")))
        } catch let error as ClientError {
            throw CommandFailure(error, command: command)
        }
    }

    /// Posts a request to the path that is named after the command, and prints the response: as JSON, or as a
    /// report.
    func post<Response: Decodable>(
        _ command: String, _ content: RequestContent, report: (Response) -> String
    ) throws {
        try run(command) { client in
            let response = try client.post("/\(command)", content)
            print(json ? response.printable : report(try response.decoded())[...])
        }
    }
}
