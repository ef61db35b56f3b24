import APITesting
import Foundation
import Testing

/// An option that is not given has the same default on the command line and over HTTP.
@Suite final class SameDefaultTests: CommandLineCase {
    private let csv =
        "a,b\n" + (0..<300).map { "\($0 * 7 % 13),\(Double($0 * 5 % 11) / 2)\n" }.joined()

    /// The members of a response that do not depend on the time or on earlier requests.
    private func lasting(_ response: JSON) -> JSON {
        response.with([
            "model": nil, "seconds": nil, "created_at": nil, "columns": nil, "data": nil,
        ])
    }

    @Test(
        arguments: [
            ([], [:]),
            (["--epochs", "3"], ["epochs": 3]),
            // The loss is monitored, and the weights of the last epoch stay.
            (
                ["--epochs", "30", "--learning-rate", "0.1", "--patience", "1"],
                ["epochs": 30, "learning_rate": 0.1, "early_stopping": ["patience": 1]]
            ),
            (
                ["--epochs", "30", "--learning-rate", "0.1", "--patience", "1", "--validation-split", "0.3"],
                [
                    "epochs": 30, "learning_rate": 0.1, "early_stopping": ["patience": 1],
                    "validation_split": 0.3,
                ]
            ),
            (
                ["--epochs", "8", "--reduce-lr-patience", "1", "--reduce-lr-min-delta", "9"],
                ["epochs": 8, "reduce_lr_on_plateau": ["patience": 1, "min_delta": 9]]
            ),
        ] as [([String], [String: JSON])])
    func trainingsHaveTheSameDefaults(_ options: [String], _ members: [String: JSON]) throws {
        let path = try file("rows.csv", csv)
        let printed = try Program.run(
            ["train", path, "--model", "m", "--units", "4,2", "--json", "--history", "--url", server.url]
                + options)
        let ours = try JSON(Array(printed.output.utf8))
        let request = members.merging(rows) { $1 }.merging(["model": "n", "units": [4, 2]]) { $1 }
        let theirs = try server.client.post("/train", .object(request))
        #expect(theirs.status == 201, "\(theirs)")
        #expect(try lasting(ours) == lasting(theirs.json), "\(printed.errors)")
        #expect(ours["timesteps"] == 20)
    }

    /// The rows of the CSV as JSON.
    private var rows: [String: JSON] {
        [
            "feature_names": ["a", "b"],
            "series": .array(
                csv.split(separator: "\n").dropFirst().map { line in
                    .array(line.split(separator: ",").map { .number(Double($0) ?? .nan) })
                }),
        ]
    }

    @Test func scoresHaveTheSameDefaults() throws {
        let path = try file("rows.csv", csv)
        let trained = try reprise("train", path, "--model", "m", "--units", "4,2", "--epochs", "2")
        #expect(trained.status == 0, "\(trained.errors)")
        let ours = try response("score", path, "--model", "m")
        let theirs = try server.client.post("/score", .object(rows.merging(["model": "m"]) { $1 }))
        #expect(theirs.status == 200, "\(theirs)")
        for member in ["mode", "threshold", "row_threshold", "events"] {
            #expect(try ours[member] == theirs.json[member], "\(member)")
        }
        #expect(ours["windows"]?.array?.count == 281)
    }
}
