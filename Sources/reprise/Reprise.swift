import ArgumentParser
import ModelFiles

@main
enum Program {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            // With a version in the configuration, swift-argument-parser would take the --version of
            // subcommands, which names a version of a model, for a request of its own.
            if arguments == ["--version"] {
                print(Software.name)
            } else {
                Reprise.main(try Environment.arguments(arguments, Environment.variables))
            }
            try StandardOutput.flush()
        } catch {
            Reprise.exit(withError: error)
        }
    }
}

struct Reprise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprise",
        abstract: "Detect anomalies in multivariate time series with LSTM autoencoders.",
        usage: """
            reprise <subcommand>
            reprise --version
            """,
        discussion: """
            The subcommands call a server, except inspect, keys and serve itself. The environment variables \
            REPRISE_URL and REPRISE_API_KEY name the server and hold its key.
            """,
        subcommands: [Options.self],
        groupedSubcommands: [
            CommandGroup(name: "Server", subcommands: [Serve.self, Health.self, Keys.self]),
            CommandGroup(
                name: "Training",
                subcommands: [
                    Inspect.self, Train.self, Jobs.self, Calibrate.self, Feedback.self, Compare.self,
                ]),
            CommandGroup(
                name: "Detection",
                subcommands: [
                    Score.self, Report.self, Evaluate.self, Reconstruct.self, Encode.self, Layers.self,
                    Summary.self,
                ]),
            CommandGroup(
                name: "Model",
                subcommands: [
                    Models.self, Versions.self, Alias.self, Download.self, Upload.self, Delete.self,
                ]),
        ])
}
