import ArgumentParser

@main
enum Program {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            Reprise.main(try Environment.arguments(arguments, Environment.variables))
        } catch {
            Reprise.exit(withError: error)
        }
    }
}

struct Reprise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprise",
        abstract: "Detect anomalies in multivariate time series with LSTM autoencoders.",
        subcommands: [
            Serve.self, Train.self, Calibrate.self, Feedback.self, Reconstruct.self, Encode.self, Score.self,
            Report.self,
            Evaluate.self, Compare.self, Inspect.self, Summary.self, Layers.self,
            Keys.self, Health.self,
        ])
}
