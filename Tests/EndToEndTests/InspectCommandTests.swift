import APITesting
import Testing

/// `reprise inspect`, which needs no server.
@Suite struct InspectCommandTests {
    private static let table =
        "time,a,count\n"
        + (0..<60).map { row in
            "2026-01-01T00:00:\(row < 10 ? "0" : "")\(row)Z,\(row % 7),\(row * row + 3)\n"
        }.joined()

    private func inspect(_ arguments: String..., input: String = table) throws -> Program.Result {
        try Program.run(["inspect"] + arguments, input: input)
    }

    @Test func theReportIsATableWithWarningsAndSuggestions() throws {
        let result = try inspect()
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines[0] == "60 rows, every 1.0 s (ISO 8601, utc)")
        #expect(lines[1].hasPrefix("column") || lines[1].contains(" column"))
        #expect(lines.contains { $0.contains("time") && $0.contains("timestamp") })
        #expect(lines.contains { $0.hasPrefix("error: 'count' only rises or only falls") })
        #expect(lines.last == "suggested: --difference count --timesteps 6")
    }

    @Test func strictMakesTheExitCodeOne() throws {
        #expect(try inspect("--strict").status == 1)
        #expect(try inspect("--strict", "--ignore", "count").status == 0)
        #expect(try inspect("--strict").output == inspect().output)
    }

    @Test func theReportAsJSONIsThatOfTheServer() throws {
        let report = try JSON(Array(inspect("--json", "--timesteps", "3").output.utf8))
        let api = try API(.inProcess)
        let response = try api.post(
            "/inspect?timesteps=3", text: Self.table, fields: [(name: "Content-Type", value: "text/csv")]
        ).json
        #expect(report == response.with(["windows": nil]))
    }

    @Test func otherFormatsAreRead() throws {
        for (input, rows) in [
            ("[[1,2],[2,3]]", 2), ("[[[1],[2]],[[3],[4]]]", 4), ("{\"series\":[[1]],\"epochs\":3}", 1),
        ] {
            let result = try inspect("--json", input: input)
            #expect(try JSON(Array(result.output.utf8))["rows"] == .integer(rows), "\(result.errors)")
        }
    }

    @Test func whatCannotBeReadIsAnErrorWithThePlace() throws {
        let bad = try inspect(input: "a,b\n1,2\n3,x\n")
        #expect(bad.status == 1 && bad.errors.contains("line 3") && bad.output.isEmpty, "\(bad.errors)")
        let text = try inspect(input: "pump name,b\np1,2\np1,3\n")
        #expect(text.errors.contains("Hint: add --recording 'pump name' or --ignore 'pump name'"), "\(text)")
        let unknown = try inspect("--ignore", "c", input: "a,b\n1,2\n")
        #expect(
            unknown.status == 1 && unknown.errors.contains("there is no such column"), "\(unknown.errors)")
        #expect(try inspect("/does/not/exist").status == 1)
    }
}
