import ArgumentParser

@main
struct Reprise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprise",
        abstract: "Learns what a time series normally looks like, and answers over HTTP.",
        subcommands: [Serve.self, Train.self, Reconstruct.self, Encode.self, Summary.self, Health.self])
}
