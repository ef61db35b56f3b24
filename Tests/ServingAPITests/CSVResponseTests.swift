import APITesting
import Testing

/// Responses to POST /score and POST /reconstruct as CSV.
@Suite struct CSVResponseTests {
    private static let accept = (name: "Accept", value: "text/csv")
    /// Names that CSV has to quote.
    private static let names = ["flow, \"raw\"", "line\nbreak"]

    /// Rows of a table as a strict reader of RFC 4180 with LF sees them.
    private static func table(_ response: APIResponse) throws -> [[String]] {
        var rows: [[String]] = [[]]
        var cell = ""
        var isQuoted = false
        var isAfterQuote = false
        for character in response.text.unicodeScalars {
            if isQuoted {
                if character == "\"" {
                    (isQuoted, isAfterQuote) = (false, true)
                } else {
                    cell.unicodeScalars.append(character)
                }
                continue
            }
            switch character {
            case "\"":
                if isAfterQuote { cell.append("\"") } else { try #require(cell.isEmpty) }
                isQuoted = true
            case ",", "\n":
                rows[rows.count - 1].append(cell)
                cell = ""
                if character == "\n" { rows.append([]) }
            default:
                try #require(!isAfterQuote)
                cell.unicodeScalars.append(character)
            }
            isAfterQuote = false
        }
        #expect(rows.removeLast() == [] && cell.isEmpty && !isQuoted, "the last line has an end")
        #expect(Set(rows.map(\.count)).count == 1, "all lines have the same number of cells")
        return rows
    }

    private static func series(_ rows: Int, bumpAt bump: Range<Int> = 0..<0) -> JSON {
        .array(
            (0..<rows).map { row in
                let first = Double(row % 4) / 2
                return [.number(first), .number(1 - first + (bump.contains(row) ? 5 : 0))]
            })
    }

    private func trained(_ transport: TransportKind, names: [String]? = names) throws -> API {
        let api = try API(transport)
        let training: JSON = [
            "model": "m", "series": Self.series(80), "timesteps": 4, "units": [8, 4], "epochs": 40,
            "learning_rate": 0.01, "validation_split": 0.2, "sigmas": 3,
            "feature_names": names.map { .array($0.map { .string($0) }) } ?? .null,
        ]
        let response = try api.post("/train", training)
        #expect(response.status == 201, "\(response.text)")
        return api
    }

    private func table(_ api: API, _ path: String, _ body: JSON) throws -> [[String]] {
        let response = try api.post(path, text: "\(body)", fields: [Self.accept])
        #expect(response.status == 200, "\(response.text)")
        #expect(response["content-type"] == "text/csv; charset=utf-8")
        #expect(api.url == nil || response["content-length"] == "\(response.body.count)")
        return try Self.table(response)
    }

    private static let request: JSON = ["model": "m", "series": series(40, bumpAt: 20..<23)]

    // MARK: Scores

    @Test(arguments: TransportKind.allCases, ["newest", "mean"])
    func aLineForEachRowHasTheScoreOfJSON(_ transport: TransportKind, _ combine: String) throws {
        let api = try trained(transport)
        let body = Self.request.with(["combine": .string(combine)])
        let lines = try table(api, "/score", body)
        #expect(
            lines[0] == [
                "row", "score", "is_anomaly", "feature_1", "share_1", "feature_2", "share_2", "feature_3",
                "share_3",
            ])
        #expect(lines.count == 41)
        let json = try api.post("/score", body.with(["include": ["rows", "row_shares"]])).json
        let scores = try #require(json["rows"]?["scores"]?.array)
        let shares = try #require(json["rows"]?["shares"]?.array)
        for (row, line) in lines.dropFirst().enumerated() {
            #expect(line[0] == "\(row)")
            #expect(Double(line[1]) == scores[row].double, "row \(row)")
            #expect(line[2] == ((scores[row].double ?? 0) > 1 ? "true" : "false"))
            #expect(line[7...] == ["", ""], "there is no third feature")
            guard !scores[row].isNull else {
                #expect(line[3...].allSatisfy(\.isEmpty) && shares[row].array?.allSatisfy(\.isNull) == true)
                continue
            }
            let named = try #require(Self.names.firstIndex(of: line[3]))
            #expect(shares[row][named]?.double == Double(line[4]))
            #expect(try #require(Double(line[4])) >= #require(Double(line[6])))
            #expect(abs((Double(line[4]) ?? 0) + (Double(line[6]) ?? 0) - 1) < 1e-5)
        }
        #expect(scores.prefix(3).allSatisfy(\.isNull) == (combine == "newest"))
        #expect(lines[22][2] == "true" && lines[22][3] == Self.names[1], "the bump is in the second feature")
    }

    @Test func inTheModeCausalTheSharesAreThoseOfTheNewestWindow() throws {
        let api = try trained(.inProcess)
        for stride in [1, 3] {
            let body = Self.request.with(["combine": "newest", "stride": .integer(stride)])
            let lines = try table(api, "/score", body)
            let windows = try #require(
                try api.post("/score", body.with(["include": ["windows", "features"]])).json["windows"]?.array
            )
            for row in 3..<40 {
                let window = windows[min((row - 3) / stride, windows.count - 1)]
                #expect(Double(lines[row + 1][4]) == window["features"]?[0]?["share"]?.double, "row \(row)")
                #expect(lines[row + 1][3] == window["features"]?[0]?["name"]?.string)
            }
        }
    }

    @Test func timestampsStandAsTheyWereSent() throws {
        let api = try trained(.inProcess, names: ["a", "b"])
        let times = (0..<40).map { "31.01.2026 12:\(10 + $0)" }
        let texts = Self.request.with(["timestamps": .array(times.map { .string($0) })])
        let lines = try table(api, "/score", texts)
        #expect(lines[0][0] == "timestamp" && lines.dropFirst().map { $0[0] } == times)
        let numbers = Self.request.with(["timestamps": .array((0..<40).map { .integer(1_700_000_000 + $0) })])
        #expect(try table(api, "/score", numbers)[40][0] == "1700000039")
        let fractions = Self.request.with(["timestamps": .array((0..<40).map { .number(Double($0) / 4) })])
        #expect(try table(api, "/score", fractions)[2][0] == "0.25")
        let last = try table(api, "/score", texts.with(["last": true]))
        #expect(last.count == 2 && last[1][0] == times[39])
        #expect(last[1][1] == (try table(api, "/score", texts.with(["combine": "newest"])))[40][1])
    }

    @Test func rowsThatAreSortedHaveTheirOwnTimestamps() throws {
        let api = try trained(.inProcess, names: ["a", "b"])
        let csv =
            "time,a,b\n" + (0..<40).reversed().map { "2026-01-01 00:00:\($0 + 10),\($0 % 4),1\n" }.joined()
        let response = try api.post(
            "/score?model=m&order=sort", text: csv,
            fields: [Self.accept, (name: "Content-Type", value: "text/csv")])
        #expect(response.status == 200, "\(response.text)")
        let lines = try Self.table(response)
        #expect(lines[1][0] == "2026-01-01 00:00:10" && lines[40][0] == "2026-01-01 00:00:49")
    }

    @Test func recordingsHaveAColumn() throws {
        let api = try trained(.inProcess, names: ["a", "b"])
        let recordings = try table(
            api, "/score", ["model": "m", "recordings": [Self.series(10), Self.series(12)]])
        #expect(recordings[0].prefix(2) == ["recording", "row"])
        #expect(recordings.dropFirst().map { $0[0] } == (0..<22).map { $0 < 10 ? "0" : "1" })
        #expect(recordings[22][1] == "21")
        let csv =
            "run,time,a,b\n"
            + (0..<40).map { row in
                // A gap within a recording divides it into two, which keep its name.
                let second = (row % 20) * 10 + (row >= 30 ? 100_000 : 0)
                return "\(row < 20 ? "x,y" : "z"),\(1_700_000_000 + second),\(row % 4),1\n"
            }.joined().replacing("x,y", with: "\"x,y\"")
        let response = try api.post(
            "/score?model=m&recording=run", text: csv,
            fields: [Self.accept, (name: "Content-Type", value: "text/csv")])
        #expect(response.status == 200, "\(response.text)")
        let lines = try Self.table(response)
        #expect(lines[0].prefix(2) == ["recording", "timestamp"])
        #expect(lines.dropFirst().map { $0[0] } == (0..<40).map { $0 < 20 ? "x,y" : "z" })
    }

    @Test func windowsHaveALineEach() throws {
        let api = try trained(.inProcess, names: nil)
        let window = JSON.array([[0, 1], [0.5, 0.5], [1, 0], [1.5, -0.5]])
        let body: JSON = ["model": "m", "windows": [window, window]]
        let lines = try table(api, "/score", body)
        #expect(lines[0].prefix(3) == ["window", "score", "is_anomaly"] && lines.count == 3)
        let windows = try api.post("/score", body).json["windows"]
        #expect(Double(lines[2][1]) == windows?[1]?["score"]?.double && lines[2][0] == "1")
        #expect(["0", "1"].contains(lines[1][3]), "features without names are numbers")
    }

    // MARK: Reconstructions

    @Test(arguments: TransportKind.allCases)
    func reconstructionsHaveALineForEachRowOfEachWindow(_ transport: TransportKind) throws {
        let api = try trained(transport)
        let body = Self.request.with(["stride": 2])
        let lines = try table(api, "/reconstruct", body)
        #expect(lines[0] == ["window", "row", "error", "scaled_error"] + Self.names)
        let json = try api.post("/reconstruct", body).json
        #expect(lines.count == 1 + 19 * 4)
        for (index, line) in lines.dropFirst().enumerated() {
            let (window, step) = (index / 4, index % 4)
            #expect(line[0] == "\(window)" && line[1] == "\(window * 2 + step)")
            #expect(Double(line[2]) == json["errors"]?[window]?.double)
            #expect(Double(line[3]) == json["scaled_errors"]?[window]?.double)
            #expect(line[4...].map { Double($0) } == json["reconstructions"]?[window]?[step]?.numbers)
        }
        let windows = try table(api, "/reconstruct", ["model": "m", "windows": [Self.series(4)]])
        #expect(windows[0].prefix(2) == ["window", "timestep"] && windows[4][1] == "3")
    }

    @Test func aFeatureWithTheNameOfAColumnGetsANumber() throws {
        let api = try trained(.inProcess, names: ["error", "row"])
        let lines = try table(api, "/reconstruct", Self.request)
        #expect(lines[0] == ["window", "row", "error", "scaled_error", "error_2", "row_2"])
        let numbered = try table(
            trained(.inProcess, names: ["error", "error_2"]), "/reconstruct", Self.request)
        #expect(numbered[0] == ["window", "row", "error", "scaled_error", "error_3", "error_2"])
    }

    @Test func aRowIsTheMeanOfItsReconstructions() throws {
        let api = try trained(.inProcess, names: ["a", "b"])
        let rows = try api.post("/reconstruct", Self.request.with(["rows": true])).json
        #expect(rows["reconstructions"] == nil)
        let windows = try #require(try api.post("/reconstruct", Self.request).json["reconstructions"]?.array)
        let means = try #require(rows["rows"]?["reconstructions"]?.array)
        #expect(means.count == 40 && rows["rows"]?["actual"]?.numbers == Self.request["series"]?.numbers)
        for row in 0..<40 {
            let covering = max(0, row - 3)...min(row, 36)
            for feature in 0..<2 {
                let values = covering.map { windows[$0][row - $0]?[feature]?.double ?? .nan }
                let mean = values.reduce(0, +) / Double(values.count)
                #expect(abs((means[row][feature]?.double ?? .nan) - mean) < 1e-5, "row \(row)")
            }
        }
        let lines = try table(api, "/reconstruct", Self.request.with(["rows": true]))
        #expect(
            lines[0] == ["row", "a_actual", "a_reconstructed", "b_actual", "b_reconstructed"])
        #expect(Double(lines[21][4]) == means[20][1]?.double && Double(lines[21][3]) == 6)
        let npy = try api.post(
            "/reconstruct", text: "\(Self.request.with(["rows": true]))",
            fields: [(name: "Accept", value: "application/x-npy")])
        #expect(npy.text.contains("(40, 2)"))
    }

    @Test func rowsWithoutAWindowAreEmpty() throws {
        let api = try trained(.inProcess, names: ["a", "b"])
        let body: JSON = ["model": "m", "recordings": [Self.series(2), Self.series(8)], "rows": true]
        let lines = try table(api, "/reconstruct", body)
        #expect(lines[1] == ["0", "0", "", "", "", ""] && !lines[3].contains(""))
        let windows: JSON = ["model": "m", "windows": [Self.series(4)], "rows": true]
        let refused = try api.post("/reconstruct", windows)
        #expect(try refused.status == 422 && refused.json["pointer"] == "/rows", "\(refused.text)")
    }

    // MARK: Negotiation

    @Test(arguments: TransportKind.allCases) func theMediaTypeIsNegotiated(_ transport: TransportKind) throws
    {
        let api = try trained(transport, names: ["a", "b"])
        func mediaType(_ path: String, _ accept: String) throws -> String? {
            let response = try api.post(
                path, text: "\(Self.request)", fields: [(name: "Accept", value: accept)])
            #expect(response["vary"]?.hasPrefix("Accept") == true)
            return response.status == 200 ? response.mediaType : "\(response.status)"
        }
        for path in ["/score", "/reconstruct"] {
            #expect(try mediaType(path, "text/csv; charset=utf-8; header=present") == "text/csv")
            #expect(try mediaType(path, "text/*") == "text/csv")
            #expect(try mediaType(path, "*/*") == "application/json")
            #expect(try mediaType(path, "text/csv;q=0.5, application/json;q=0.9") == "application/json")
            #expect(try mediaType(path, "text/plain") == "406")
        }
        #expect(try mediaType("/encode", "text/csv") == "406")
        // A refusal is a problem document.
        let refused = try api.post("/score", text: "{\"model\": \"none\"}", fields: [Self.accept])
        #expect(refused.status == 404 && refused.mediaType == "application/problem+json")
    }

    @Test func aLongTableIsCompressed() throws {
        let api = try trained(.live, names: ["a", "b"])
        let body: JSON = ["model": "m", "series": Self.series(400)]
        let plain = try api.post("/score", text: "\(body)", fields: [Self.accept])
        #expect(plain["content-encoding"] == nil && plain["vary"] == "Accept, Accept-Encoding")
        let gzip = try api.post(
            "/score", text: "\(body)", fields: [Self.accept, (name: "Accept-Encoding", value: "gzip")])
        #expect(gzip["content-encoding"] == "gzip" && gzip["content-type"] == "text/csv; charset=utf-8")
        #expect(gzip.body.count < plain.body.count / 2)
    }
}
