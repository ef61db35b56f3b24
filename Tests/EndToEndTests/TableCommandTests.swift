import APITesting
import Foundation
import Testing

/// The client commands that write rows and reports.
@Suite final class TableCommandTests: CommandLineCase {
    /// Timestamps and two features, of which the second leaves its range in rows 40 to 43.
    private static let csv =
        "time,a,\"b, <raw>\"\n"
        + (0..<70).map { row in
            "2026-01-01 \(10 + row / 60):\(String(format: "%02d", row % 60)):00,\(row % 7),"
                + "\((40..<44).contains(row) ? 99 : Double(row % 5) / 2)\n"
        }.joined()

    private func train() throws -> String {
        let data = try file("pump.csv", Self.csv)
        let trained = try reprise(
            "train", "--model", "pump", data, "--exclude", "[[40,43]]", "--timesteps", "5", "--units", "8,4",
            "--epochs", "30", "--learning-rate", "0.01")
        #expect(trained.status == 0, "\(trained.errors)")
        return data
    }

    private func read(_ name: String) throws -> String {
        try String(contentsOf: directory.appending(path: name), encoding: .utf8)
    }

    @Test func rowsAreWrittenBesideTheReport() throws {
        let data = try train()
        let rows = directory.appending(path: "rows.csv").path
        let scored = try reprise("score", "--model", "pump", data, "--rows", rows)
        #expect(scored.output.contains(" in 70 rows (mode whole)"), "\(scored)")
        let lines = try read("rows.csv").split(separator: "\n")
        #expect(lines.count == 71 && lines[0].hasPrefix("timestamp,score,is_anomaly,feature_1,share_1,"))
        #expect(lines[42].hasPrefix("2026-01-01 10:41:00,") && lines[42].contains(",true,\"b, <raw>\","))

        let piped = try reprise("score", "--model", "pump", "--rows", "-", input: Self.csv)
        #expect(try piped.output == read("rows.csv") && piped.errors.contains(" in 70 rows"), "\(piped)")
        let both = try reprise("score", "--model", "pump", data, "--rows", "-", "--json")
        #expect(both.status != 0 && both.errors.contains("name a file for the rows"), "\(both)")
        let json = try reprise("score", "--model", "pump", data, "--rows", rows, "--json")
        #expect(try JSON(Array(json.output.utf8))["events"] != nil && !json.output.hasSuffix("\n\n"))
        let nowhere = try reprise("score", "--model", "pump", data, "--rows", "/none/rows.csv")
        #expect(nowhere.status != 0 && nowhere.errors.contains("cannot write /none/rows.csv"), "\(nowhere)")
        let windows = try reprise(
            "score", "--model", "pump", "--rows", "-", input: "[[[0,0],[1,0],[2,1],[3,1],[4,2]]]")
        #expect(windows.output.hasPrefix("window,score,is_anomaly,"), "\(windows)")
    }

    @Test func reconstructWritesActualAndExpectedValues() throws {
        let data = try train()
        let result = try reprise("reconstruct", "--model", "pump", data, "--rows", "-")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 71, "\(result)")
        #expect(
            lines[0]
                == "timestamp,a_actual,a_reconstructed,\"b, <raw>_actual\",\"b, <raw>_reconstructed\"")
        #expect(lines[41].hasPrefix("2026-01-01 10:40:00,5.0,") && lines[41].contains(",99.0,"))
        #expect(result.errors.contains("scaled error"))
    }

    @Test func aReportIsOnePage() throws {
        let data = try train()
        let page = directory.appending(path: "page.html").path
        let result = try reprise("report", "--model", "pump", data, "-o", page)
        #expect(result.status == 0 && result.output.contains(" in 70 rows: \(page)\n"), "\(result)")
        let html = try read("page.html")
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("pump.csv"))
        #expect(html.contains("b, &lt;raw&gt;") && !html.contains("<raw>"))
        #expect(html.contains("<td class=\"n actual\">99</td>"), "the actual value of the event")
        let piped = try reprise("report", "--model", "pump", "-o", "-", input: Self.csv)
        #expect(piped.output.hasPrefix("<!DOCTYPE html>") && piped.output.contains("standard input"))
        #expect(piped.errors.contains(" in 70 rows: standard output"), "\(piped.errors)")
        let unnamed = try reprise("report", data)
        #expect(unnamed.status != 0 && unnamed.errors.contains("--model"), "\(unnamed)")
        let json = try reprise("report", "--model", "pump", "--json", data)
        #expect(json.status != 0 && json.errors.contains("a report is HTML"), "\(json)")
        let windows = try reprise("report", "--model", "pump", input: "[[[0,0],[1,0],[2,1],[3,1],[4,2]]]")
        #expect(windows.status != 0 && windows.errors.contains("requires rows"), "\(windows)")
    }

    @Test func theLossesOfAllEpochsAreForThoseWhoAsk() throws {
        let data = try file("pump.csv", Self.csv)
        let options = ["--model", "m", "--timesteps", "5", "--units", "2", "--epochs", "3", "--json", data]
        let short = try Program.run(["train", "--url", server.url] + options)
        #expect(try JSON(Array(short.output.utf8))["history"] == nil, "\(short)")
        let long = try Program.run(["train", "--url", server.url, "--history"] + options)
        #expect(try JSON(Array(long.output.utf8))["history"]?["loss"]?.array?.count == 3, "\(long)")
        let report = try reprise(
            "train", "--model", "m", "--timesteps", "5", "--units", "2", "--epochs", "3", data)
        #expect(report.output.contains(" in 3 epochs"), "\(report)")
    }
}
