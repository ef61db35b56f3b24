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
            if json { show(json: response) } else { print(report(try response.decoded())) }
        }
    }

    /// Prints a response: as JSON, or as a report.
    /// - Parameter table: the file of the rows, whose text is on standard output if the file is.
    func show(
        _ response: RepriseClient.Response, report: @autoclosure () -> String,
        besides table: TableOptions? = nil
    ) {
        if json { show(json: response) } else { OutputFile.printReport(report(), about: table?.rows) }
    }

    /// Prints a response as the server has sent it.
    func show(json response: RepriseClient.Response) {
        let text = response.text
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }
}
