import APITesting
import Foundation
import Testing

/// Options that the client commands send to the server.
@Suite final class RequestOptionTests: CommandLineCase {
    /// Trains a model of two timesteps and two features.
    private func train(_ model: String, _ members: [String: JSON?] = [:]) throws {
        let trained = try reprise("train", input: "\(Small.training(model, members))")
        #expect(trained.status == 0, "\(trained.errors)")
    }

    @Test func everyCommandTakesAnAliasAsVersion() throws {
        try train("m", ["units": [3]])
        try train("m", ["units": [2]])
        let aliased = try server.client.send(
            "PUT", "/models/m/aliases/live", fields: [], body: Array(#"{"version": 1}"#.utf8))
        #expect(aliased.status == 200)
        for version in ["live", "1"] {
            let summary = try response("summary", "--model", "m", "--version", version)
            #expect(summary["layers"]?[0]?["output_shape"]?[1] == 3, "\(summary)")
        }
        let labels = "[[8,9]]"
        for command in ["reconstruct", "encode", "score", "layers", "evaluate"] {
            let more = command == "evaluate" ? ["--labels", labels] : []
            let result = try Program.run(
                [command, "--url", server.url, "--json", "--model", "m", "--version", "live"] + more,
                input: "\(Small.series)")
            #expect(try JSON(Array(result.output.utf8))["version"] == 1, "\(command): \(result)")
        }
        let latest = try response("summary", "--model", "m", "--version", "latest")
        #expect(latest["layers"]?[0]?["output_shape"]?[1] == 2, "\(latest)")
        let without = try reprise("summary", "--version", "live", "--timesteps", "2", "--features", "2")
        #expect(without.status != 0 && without.errors.contains("--version needs --model"), "\(without)")
    }

    @Test func scoreTakesWhatTheResponseIncludes() throws {
        try train("m")
        let last = try response("score", "--model", "m", "--last", input: "\(Small.series)")
        #expect(last["windows"]?.array?.count == 1 && last["events"] == nil, "\(last)")
        let parts = try response(
            "score", "--model", "m", "--include", "windows,features,timesteps", input: "\(Small.series)")
        #expect(parts["windows"]?[0]?["features"]?.array?.count == 2, "\(parts)")
        #expect(parts["windows"]?[0]?["timesteps"]?.array?.count == 2 && parts["rows"] == nil, "\(parts)")
        let rows = try reprise(
            "score", "--model", "m", "--include", "rows", "--feature-names", "a,b", input: "\(Small.series)")
        #expect(reportLines(rows).count == 1 + 10, "\(rows)")
        let names = try reprise("score", "--model", "m", "--include", "all", input: "\(Small.series)")
        #expect(names.errors.contains("include"), "\(names)")
        #expect(names.errors.contains("Hint: reprise score --help describes the options"), "\(names)")
    }

    @Test func scoreTakesTheBoundsOfEvents() throws {
        try train("m")
        func events(_ options: String...) throws -> Int? {
            let result = try Program.run(
                ["score", "--url", server.url, "--json", "--model", "m", "--threshold", "1e-6"] + options,
                input: "\(Small.series)")
            return try JSON(Array(result.output.utf8))["events"]?.array?.count
        }
        #expect(try events() == 1)
        #expect(try events("--event-start", "1e20", "--event-end", "1") == 0)
        #expect(try events("--minimum-length", "100") == 0)
        #expect(try events("--event-start", "0", "--event-end", "0", "--merge-gap", "2") == 1)
    }

    @Test func compareTakesTheOptionsOfTraining() throws {
        let rows = try file("rows.csv", "a,b\n" + (0..<80).map { "\($0 % 7),\($0 % 5)\n" }.joined())
        let result = try reprise(
            "compare", "--model", "both", rows, "--timesteps", "3", "--units", "3", "--activation", "relu",
            "--recurrent-activation", "hard_sigmoid", "--epochs", "3", "--no-shuffle", "--patience", "1",
            "--min-delta", "0.5", "--no-restore-best-weights", "--reduce-lr-patience", "1",
            "--reduce-lr-factor", "0.5", "--reduce-lr-min-delta", "0", "--reduce-lr-cooldown", "1",
            "--reduce-lr-min-lr", "0.0001", "--clip-norm", "1", "--scaling", "minmax", "--quantile", "0.9")
        #expect(result.status == 0, "\(result.errors)")
        for (option, member) in [
            ("--recurrent-activation", "recurrent_activation"), ("--monitor", "monitor"),
            ("--reduce-lr-monitor", "monitor"), ("--error-kind", "error_kind"),
        ] {
            let refused = try reprise("compare", "--model", "both", rows, option, "wrong")
            #expect(refused.status != 0 && refused.errors.contains(member), "\(refused)")
            #expect(refused.errors.contains("Hint: reprise compare --help"), "\(refused)")
        }
    }

    @Test func evaluateTakesAShiftOfTheLabelsAndTheRuleOfEvents() throws {
        try train("m")
        let shifted = try response(
            "evaluate", "--model", "m", "--labels", "[[8,9]]", "--label-shift", "1", "--combine", "mean",
            "--event-start", "2", input: "\(Small.series)")
        #expect(shifted["rows"] == 9, "\(shifted)")
    }

    @Test func earlyStoppingWatchesTheLossThatThereIs() throws {
        for split in [[], ["--validation-split", "0.3"]] {
            let result = try Program.run(
                ["train", "--url", server.url, "--model", "m", "--timesteps", "2", "--epochs", "2"]
                    + ["--patience", "1", "--reduce-lr-patience", "1"] + split, input: "\(Small.series)")
            #expect(result.status == 0, "\(split): \(result.errors)")
        }
    }

    @Test func aWarmStartKeepsTheTimestepsOfTheModel() throws {
        let rows = try file("rows.csv", "a,b\n" + (0..<80).map { "\($0 % 7),\($0 % 5)\n" }.joined())
        for options in [["--timesteps", "4", "--units", "2"], ["--warm-start", "latest"]] {
            let result = try Program.run(
                ["train", "--url", server.url, "--model", "m", "--epochs", "1", rows] + options)
            #expect(result.output.contains("4 timesteps of 2 features: a, b"), "\(result)")
        }
    }

    @Test func arraysOfNumPyAreTaken() throws {
        // Format 1.0: magic number, version, length of the header, header, float32 data.
        let values = (0..<40).map { Float($0 % 7) }
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 2), }"
        let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        let bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
        let array = directory.appending(path: "rows.npy")
        try Data(
            bytes + values.flatMap { value in (0..<4).map { UInt8(value.bitPattern >> ($0 * 8) & 255) } }
        )
        .write(to: array)
        let trained = try reprise(
            "train", "--model", "m", array.path, "--timesteps", "3", "--epochs", "1", "--units", "2",
            "--feature-names", "a,b", "--exclude", "[[0,1]]")
        #expect(trained.output.contains("3 timesteps of 2 features: a, b"), "\(trained)")
        let scored = try response("score", "--model", "m", array.path, "--feature-names", "a,b")
        #expect(scored["windows"]?.array?.count == 18, "\(scored)")
        let columns = try reprise("score", "--model", "m", array.path, "--timestamp", "a")
        #expect(columns.errors.contains("--timestamp names columns, which are for CSV"), "\(columns)")
    }

    @Test func theCharacterEncodingIsAnOption() throws {
        let rows = (0..<40).map { "\($0 % 5),5;\($0 % 7),0\n" }.joined()
        let path = directory.appending(path: "latin.csv")
        try Data("Temp °C;b\n\(rows)".utf8.filter { $0 != 0xC2 }).write(to: path)
        for command in [["inspect"], ["train", "--model", "m"]] {
            let arguments = command.prefix(1) + [path.path] + command.dropFirst()
            let url = command[0] == "inspect" ? [] : ["--url", server.url]
            let refused = try Program.run(arguments + url)
            #expect(refused.errors.contains("Hint: add --charset windows-1252"), "\(refused)")
            let read = try Program.run(arguments + url + ["--charset", "windows-1252"])
            #expect(read.output.contains("Temp °C"), "\(read)")
        }
    }

    @Test func aVariableNamesTheServer() throws {
        let launcher = ["/usr/bin/env", "REPRISE_URL=\(server.url)"]
        let arguments = ["summary", "--timesteps", "3", "--features", "2"]
        #expect(try Program.run(arguments, launcher: launcher).output.contains("Total params"))
        #expect(try Program.run(["health"], launcher: launcher + ["REPRISE_PORT=1"]).output == "ok\n")
        let option = try Program.run(arguments + ["--url", "http://127.0.0.1:1"], launcher: launcher)
        #expect(option.status != 0 && option.errors.contains("http://127.0.0.1:1"), "\(option)")
        let empty = try Program.run(
            ["health"], launcher: ["/usr/bin/env", "REPRISE_URL=", "REPRISE_PORT=1"])
        #expect(empty.errors.contains("http://127.0.0.1:1/"), "\(empty)")
        let other = try ServerProcess(launcher: ["/usr/bin/env", "REPRISE_URL=\(server.url)"])
        #expect(!other.log.contains("level=warning"), "\(other.log)")
    }

    @Test func valuesOfTheWrongTypeAreRefusedByName() throws {
        for (option, value) in [
            ("--epochs", "many"), ("--units", "8,x"), ("--learning-rate", "fast"), ("--seed", "1.5"),
        ] {
            let result = try reprise("train", "--model", "m", option, value, input: "\(Small.windows)")
            #expect(result.status != 0)
            #expect(result.errors.contains("'\(value)' is invalid for '\(option)"), "\(result.errors)")
        }
        let number = try reprise("train", "--model", "m", "--learning-rate", "nan", input: "\(Small.windows)")
        #expect(number.status != 0 && number.errors.contains("NaN"), "\(number.errors)")
    }
}
