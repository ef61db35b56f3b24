import ArgumentParser
import Glibc
import RepriseClient

/// Where a client command's server is, and how to show what it answers.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server.")
    var url = "http://127.0.0.1:8080"

    @Flag(help: "Print the server's answer as JSON.")
    var json = false

    /// A client with the key in `REPRISE_API_KEY`, if there is one: arguments can be seen by every user of a machine.
    func client() throws -> RepriseClient {
        try RepriseClient(baseURL: url, apiKey: getenv("REPRISE_API_KEY").map { String(cString: $0) })
    }

    /// Posts a request, and prints the answer: as it came, or what a report makes of it for people.
    func post<Answer: Decodable>(_ path: String, _ content: Content, report: (Answer) -> String) throws {
        let answer = try client().post(path, content)
        print(json ? answer.text : report(try answer.decoded()))
    }
}
