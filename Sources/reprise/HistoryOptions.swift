import ArgumentParser
import RepriseClient

/// Whether the response of a training has the losses of all epochs.
struct HistoryOptions: RequestOptions {
    @Flag(help: "With --json, print the losses of all epochs, too.") var history = false

    /// Returns the content of a request. A response that is printed is short, unless the option is given.
    func content(_ content: RequestContent, for server: ServerOptions) throws(ClientError) -> RequestContent {
        server.json && !history ? try content.adding("history", .json(Array("false".utf8))) : content
    }
}
