import APITesting
import Foundation
import Testing

/// The commands of the README find the faults in the data that ship with the repository. The clients' tests
/// compare all that the page prints.
@Suite final class ReadmeTests: CommandLineCase {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Runs the command of the page that begins with these words.
    private func run(_ words: String) throws -> String {
        let line = try #require(
            Self.text(of: "README.md").split(separator: "\n").first { $0.hasPrefix("reprise \(words) ") })
        let arguments = line.split(separator: " ").dropFirst().map {
            $0.hasPrefix("examples/") ? Self.root.appending(path: $0).path : String($0)
        }
        let result = try Program.run(arguments + ["--url", server.url])
        #expect(result.status == 0, "\(line): \(result.errors)")
        return result.output
    }

    @Test func theCommandsFindTheFaultsAndTheSensors() throws {
        #expect(try run("train").hasPrefix("model       pump, version 1 (autoencoder)\n"))
        let events = try run("score").split(separator: "\n")
        #expect(events.first == "3 events in 1440 rows (mode whole)")
        for (event, sensor) in zip(events.dropFirst(2), ["pressure_bar", "vibration_mms", "flow_m3h"]) {
            // The features come last, that with the largest share first.
            #expect(event.contains("  \(sensor) "), "\(event)")
        }
        #expect(events.count == 5, "three events and no warning: \(events)")
        let evaluated = try run("evaluate")
        #expect(evaluated.contains(/\n +model .*  6 of 6 +0\n/), "\(evaluated)")
    }

    @Test func theRequestOfTheArticleIsTheOneThatOtherTestsSend() throws {
        let request = try JSON(Array(Self.text(of: "examples/article.json").utf8))
        #expect(request == Article.comparison)
    }
}
