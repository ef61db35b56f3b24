import APITesting
import Foundation
import Testing

/// The client commands against a server.
@Suite final class CommandLineTests: CommandLineCase {
    /// Timestamps, two features and a label.
    private func csv(rows: Int) -> String {
        "time;a;b;label\n"
            + (0..<rows).map { "\(time($0));\($0 % 7);\(Double($0 % 5) / 2);0\n" }.joined()
    }

    /// The timestamp of a row, one minute after that of the row before.
    private func time(_ row: Int) -> String {
        String(format: "2026-01-01 %02d:%02d:00", 10 + row / 60, row % 60)
    }

    @Test func aModelIsTrainedAndUsedFromCSV() throws {
        let data = try file("normal.csv", csv(rows: 50))
        let trained = try reprise(
            "train", "--model", "pump", data, "--ignore", "label", "--timesteps", "5", "--units", "6,3",
            "--epochs", "2")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(
            trained.output.contains(
                "pump, version 1 (autoencoder)\nwindows     5 timesteps of 2 features: a, b\n"))

        let errors = try reprise("reconstruct", "--model", "pump", data, "--columns", "a,b")
        let lines = errors.output.split(separator: "\n")
        #expect(lines.count == 1 + 46, "\(errors.errors)")
        #expect(Set(lines.map(\.count)).count == 1, "columns are aligned")
        let json = try reprise("reconstruct", "--model", "pump", "--json", data, "--ignore", "label")
        #expect(try JSON(Array(json.output.utf8))["errors"]?.array?.count == 46)

        let piped = try reprise(
            "encode", "--model", "pump", "--columns", "a,b", "--stride", "10", input: csv(rows: 50))
        #expect(piped.output.split(separator: "\n").count == 1 + 5, "\(piped.errors)")
        #expect(try reprise("summary", "--model", "pump").output.contains("lstm_3 (LSTM)"))
        #expect(try reprise("health").output == "ok\n")
    }

    @Test func optionsNameTheColumnsOfCSV() throws {
        let data = try file(
            "runs.csv",
            "a,run,at,bad\n"
                + (0..<40).map { "\($0 % 5),\($0 / 20),2026-01-01 00:00:\($0 + 10),\($0 == 30 ? 1 : 0)\n" }
                .joined())
        let uses = ["--url", server.url, "--model", "runs", "--recording", "run", "--timestamp", "at"]
        let trained = try Program.run(
            ["train", data, "--exclude", "bad", "--timesteps", "4", "--units", "2", "--epochs", "1"] + uses)
        #expect(trained.output.contains("4 timesteps of 1 feature: a\n"), "\(trained)")
        let scored = try Program.run(["score", data, "--ignore", "bad", "--json"] + uses)
        let response = try JSON(Array(scored.output.utf8))
        #expect(response["windows"]?.array?.count == 2 * 17, "\(scored)")
        #expect(response["rows"]?["timestamps"]?.array?.last == "2026-01-01 00:00:49")
    }

    @Test func scorePrintsTheEventsOfCSV() throws {
        let normal = try file("normal.csv", csv(rows: 70))
        let trained = try reprise(
            "train", "--model", "pump", normal, "--columns", "a,b", "--timesteps", "5", "--units", "8,4",
            "--epochs", "60",
            "--learning-rate", "0.01")
        #expect(trained.status == 0, "\(trained.errors)")
        var lines = csv(rows: 70).split(separator: "\n").map(String.init)
        for row in 40..<44 { lines[row + 1] = "\(time(row));0;99;1" }
        let odd = try file("odd.csv", lines.joined(separator: "\n") + "\n")
        let scored = try reprise(
            "score", "--model", "pump", odd, "--columns", "a,b", "--threshold", "5", "--combine", "newest")
        let output = scored.output.split(separator: "\n")
        #expect(output.first == "1 event in 70 rows (mode causal)", "\(scored)")
        #expect(output.count == 3 && output[2].contains("\(time(40)) "), "\(scored)")
        #expect(output[2].contains(" 40-4"), "the rows: \(scored)")
        #expect(output[1].contains("rarer than") && output[2].contains(" all "), "\(scored)")
        #expect(output[2].contains(" b "), "the feature is named: \(scored)")
        let none = try reprise("score", "--model", "pump", odd, "--columns", "a,b", "--threshold", "1e9")
        #expect(none.output == "0 events in 70 rows (mode whole)\n", "\(none)")
        let windows = try reprise(
            "score", "--model", "pump", "--version", "1", input: "[[[0,0],[1,0],[2,1],[3,1],[4,2]]]")
        #expect(reportLines(windows).count == 2, "\(windows)")
        #expect(windows.output.contains("\nwarning: "), "few windows are calibrated: \(windows)")
    }

    @Test func trainTakesRequestsAndArraysInJSON() throws {
        let request = Small.training("m")
        let trained = try reprise("train", "--epochs", "3", input: "\(request.with(["epochs": nil]))")
        #expect(trained.output.contains("in 3 epochs"), "\(trained.errors)")
        let twice = try reprise("train", "--epochs", "3", input: "\(request)")
        #expect(
            twice.status != 0 && twice.errors.contains("epochs"), "a member that is given twice is refused")
        let windows = try reprise("train", "--model", "n", "--epochs", "1", input: "\(Small.windows)")
        #expect(windows.status == 0, "\(windows.errors)")
        let rows = try reprise("reconstruct", "--model", "n", "--json", input: "\(Small.series)")
        #expect(try JSON(Array(rows.output.utf8))["errors"]?.array?.count == 9)
        let filled = try reprise(
            "reconstruct", "--model", "n", "--missing", "zero", input: "[[null, 1], [2, 3]]")
        #expect(filled.status == 0, "\(filled.errors)")
    }

    @Test func compareAndEvaluateUseTheLabelsOfCSV() throws {
        let rows = (0..<200).map { row in
            let isOdd = (150..<160).contains(row)
            return "\(row % 7),\(isOdd ? 20 : row % 7 * 2),\(isOdd ? 1 : 0)\n"
        }
        let data = try file("labelled.csv", "a,b,bad\n" + rows.joined())
        let fit = ["--timesteps", "4", "--units", "8,4", "--epochs", "20", "--learning-rate", "0.01"]
        let url = ["--url", server.url]
        let compared = try Program.run(
            ["compare", "--model", "both", data, "--labels", "bad", "--seeds", "0,1", "--test-split", "0.4"]
                + fit + url)
        let lines = compared.output.split(separator: "\n")
        let names = lines.prefix(5).map { $0.split(separator: " ")[0] }
        #expect(names == ["detector", "autoencoder", "stacked", "pca", "z_score"], "\(compared)")
        #expect(Set(lines.prefix(5).map(\.count)).count == 1, "columns are aligned: \(compared)")
        #expect(lines.last?.contains("nothing can be said about chance") == true, "\(compared)")
        let evaluated = try Program.run(
            ["evaluate", "--model", "both-stacked", "--version", "2", data, "--labels", "bad"] + url)
        #expect(evaluated.output.hasPrefix("200 rows, 10 of them anomalies (mode whole)\n"), "\(evaluated)")
        #expect(evaluated.output.contains("1 of 1"), "\(evaluated)")
        #expect(evaluated.output.contains("nothing can be said about chance"), "\(evaluated)")
        let json = try Program.run(
            ["evaluate", "--model", "both-stacked", data, "--labels", "bad", "--json"] + url)
        let found = try JSON(Array(json.output.utf8))
        #expect(found["roc_auc"]?.double ?? 0 > 0.9, "\(json)")
        // The best threshold and the option that applies it.
        let best = try #require(found["best_threshold"]?.double)
        #expect(evaluated.output.contains("--threshold "), "\(evaluated)")
        let applied = try Program.run(
            [
                "evaluate", "--model", "both-stacked", data, "--labels", "bad", "--json", "--threshold",
                "\(best)",
            ]
                + url)
        #expect(
            try JSON(Array(applied.output.utf8))["at_threshold"]?["f1"] == found["best"]?["f1"], "\(applied)")
    }

    @Test func aModelIsCalibratedFromCSV() throws {
        let data = try file("normal.csv", csv(rows: 50))
        let fit = ["--timesteps", "5", "--units", "3", "--epochs", "1", "--ignore", "label"]
        let url = ["--url", server.url, "--model", "pump"]
        #expect(try Program.run(["train", data] + fit + url).status == 0)
        let calibrated = try Program.run(
            ["calibrate", data, "--ignore", "label", "--quantile", "0.9", "--error-kind", "mae"] + url)
        #expect(
            reportLines(calibrated).prefix(2) == [
                "model       pump, version 2, calibrated from version 1", "windows     46 of 50 rows",
            ], "\(calibrated)")
        #expect(calibrated.output.contains("(mae)"), "\(calibrated)")
        let json = try Program.run(
            ["calibrate", "--version", "1", "--exclude", "label", "--json", data] + url)
        #expect(try JSON(Array(json.output.utf8))["calibration"]?["version"] == 1, "\(json)")
        let rows = try Program.run(
            ["calibrate"] + url, input: "[[1, 2], [3, 4], [2, 3], [1, 1], [0, 2], [1, 2]]")
        #expect(rows.status == 0 && rows.output.contains("2 of 6 rows"), "\(rows)")
        let unknown = try Program.run(["calibrate", data, "--url", server.url, "--model", "none"])
        #expect(unknown.status != 0 && unknown.errors.contains("none"), "\(unknown)")
    }

    @Test func rowsAreMarkedInCSV() throws {
        let data = try file("normal.csv", csv(rows: 50))
        let fit = ["--timesteps", "5", "--units", "3", "--epochs", "1", "--ignore", "label"]
        let url = ["--url", server.url, "--model", "pump"]
        #expect(try Program.run(["train", data] + fit + url).status == 0)
        let normal = try Program.run(
            ["feedback", data, "--ignore", "label", "--normal", "[[10,19]]", "--quantile", "0.9"] + url)
        #expect(
            reportLines(normal).prefix(2) == [
                "model       pump, version 2, from version 1",
                "windows     10 normal joined, 0 of 0 anomalous left",
            ], "\(normal)")
        let json = try Program.run(
            ["feedback", "--version", "1", "--anomalous", "label", "--normal", "[[0,9]]", "--json", data]
                + url)
        #expect(try JSON(Array(json.output.utf8))["feedback"]?["normal_windows"] == 6, "\(json)")
        let none = try Program.run(["feedback", data, "--ignore", "label"] + url)
        #expect(none.status != 0 && none.errors.contains("normal"), "\(none)")
    }

    @Test func layersAndSummaryPrintDiagrams() throws {
        let request = Small.training("m")
        #expect(try reprise("train", input: "\(request)").status == 0)
        let ranges = try reprise("layers", "--model", "m", input: "\(Small.series)")
        let lines = ranges.output.split(separator: "\n")
        #expect(
            lines.count == 1 + 4 && lines[1].split(separator: " ")[1...2] == ["LSTM", "[2]"], "\(ranges)")
        #expect(Set(lines.map(\.count)).count == 1, "columns are aligned")
        let map = try reprise("layers", "--model", "m", "--svg", "--window", "3", input: "\(Small.series)")
        #expect(map.output.hasPrefix("<svg ") && map.output.contains("for window 3"), "\(map)")
        let json = try reprise("layers", "--model", "m", "--json", "--window", "3", input: "\(Small.series)")
        #expect(try JSON(Array(json.output.utf8))["inputs"]?.array?.count == 1, "\(json)")
        for arguments in [["--model", "m"], ["--timesteps", "2", "--features", "2"]] {
            let diagram = try Program.run(["summary", "--svg", "--url", server.url] + arguments)
            #expect(diagram.output.hasPrefix("<svg "), "\(diagram)")
        }
        #expect(try reprise("summary", "--model", "m", "--svg", "--json").status != 0)
    }

    @Test func summaryDescribesNetworksThatAreNotTrained() throws {
        let shown = try reprise("summary", "--timesteps", "3", "--features", "2", "--units", "128,64")
        #expect(shown.output.contains(" Total params: 248,578 (971.01 KB)"), "\(shown)")
        let list: JSON = [
            ["type": "LSTM", "units": 4, "return_sequences": true],
            ["type": "TimeDistributed", "layer": ["type": "Dense", "units": 2]],
        ]
        let layers = try file("layers.json", "\(list)")
        let shape = "{\"timesteps\": 3, \"features\": 2}"
        let noFile = try reprise("summary", "--layers", layers, input: shape)
        #expect(noFile.status != 0, "standard input is read only for -")
        let read = try reprise("summary", "--layers", layers, "-", input: shape)
        #expect(read.output.contains("time_distributed"), "\(read)")
        let trained = try reprise(
            "train", "--model", "own", "--layers", layers, "--epochs", "1", input: "\(Small.windows)")
        #expect(trained.output.contains("(layers)"), "\(trained)")
    }

    @Test func errorsSayWhatIsWrong() throws {
        let bad = try file("bad.csv", "a,b\n1,2\n3,x\n")
        for (result, words) in [
            (try reprise("train", "--model", "m", bad), "line 3: column 'b' has the value 'x'"),
            (try reprise("train", "--model", "m", "--exclude", "c", bad), "no such column"),
            (try reprise("train", "--model", "m", "--exclude", "c", input: "[[1],[2]]"), "are for CSV"),
            (try reprise("train", "--model", "m", directory.path + "/none.csv"), "cannot read"),
            (try reprise("train", "--model", "m", "--timesteps", "1", input: "a,b\n1,\n2,3\n"), "missing"),
            (try reprise("train", input: "a,b\n1,2\n2,3\n"), "model"),
            (try reprise("summary", "--model", "no such model/"), "no such model/"),
            (try reprise("reconstruct", "--model", "none", input: "a\n1\n"), "none"),
            (
                try Program.run(["health", "--url", "http://127.0.0.1:1"]),
                "Hint: start the server with reprise serve"
            ),
        ] {
            #expect(result.status != 0)
            #expect(result.output.isEmpty)
            #expect(result.errors.hasPrefix("Error: ") && result.errors.contains(words), "\(result.errors)")
        }
    }
}
