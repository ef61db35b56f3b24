import APITesting
import Testing

/// POST /inspect, and the same report in the response of a training.
@Suite struct InspectTests {
    private let api: API

    init() throws { api = try API(.inProcess) }

    private static let csv = [(name: "Content-Type", value: "text/csv")]

    /// An index, times, two waves with a sentinel and a gap, a counter, and a constant.
    private static let table =
        ",time,a,b,bytes,level\n"
        + (0..<200).map { row in
            let a = row % 50 == 9 ? "-9999" : "\(Double(row % 19) / 7)"
            let minute = row < 100 ? row : row + 10
            return "\(row),2026-01-01T\(10 + minute / 60):\(10 + minute % 50):00Z,\(a),"
                + "\(row == 20 ? "" : "\(row % 3)"),\(4_000_000_000_000 + 1500 * row + row * 7 % 5),14.62\n"
        }.joined()

    private func inspect(_ query: String = "", _ text: String = table) throws -> JSON {
        let response = try api.post("/inspect?\(query)", text: text, fields: Self.csv)
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    private static let simple =
        "time,a,b,note\n"
        + (0..<60).map { "2026-01-01T00:00:\($0 < 10 ? "0" : "")\($0)Z,\($0 % 7),\($0 % 5),x\n" }.joined()

    @Test func theReportSaysWhatWasUnderstoodAndWhy() throws {
        let report = try inspect("ignore=note&timesteps=3", Self.simple)
        #expect(report["rows"] == 60 && report["recordings"] == 1 && report["windows"] == 58)
        #expect(report["time"]?["interval"] == 1 && report["time"]?["order"] == "ascending")
        #expect(report["time"]?["clock"] == "utc" && report["time"]?["gaps"] == 0)
        let columns = try #require(report["columns"]?.array)
        #expect(columns.map { $0["name"]?.string } == ["time", "a", "b", "note"])
        #expect(columns.map { $0["role"]?.string } == ["timestamp", "feature", "feature", "ignored"])
        #expect(columns.allSatisfy { $0["reason"]?.string?.isEmpty == false })
        #expect(columns[1]["minimum"] == 0 && columns[1]["median"] == 3 && columns[1]["maximum"] == 6)
        #expect(columns[1]["distinct"] == 7 && columns[1]["missing"] == 0 && columns[1]["bad_rows"] == [])
        #expect(columns[0]["minimum"] == nil)
        #expect(report["warnings"] == [])
    }

    @Test func oddColumnsAreWarnedOf() throws {
        let report = try inspect("ignore=time")
        let warnings = try #require(report["warnings"]?.array)
        func warning(_ code: String) throws -> JSON {
            try #require(warnings.first { $0["code"]?.string == code }, "\(code): \(warnings)")
        }
        #expect(try warning("ignored_column")["level"] == "info")
        #expect(try warning("monotone_column")["columns"] == ["bytes"])
        #expect(try warning("monotone_column")["level"] == "error")
        #expect(try warning("constant_column")["columns"] == ["level"])
        #expect(try warning("outliers")["rows"] == [[9, 9], [59, 59], [109, 109], [159, 159]])
        #expect(report["suggestions"]?["difference"] == ["bytes"])
        let column = try #require(report["columns"]?.array?.first { $0["name"] == "b" })
        #expect(column["missing"] == 0.005 && column["bad_rows"] == [20])
    }

    /// 20, or a tenth of the rows, at least 5.
    @Test(arguments: [(400, 20), (100, 10), (9, 5)])
    func aTrainingWithoutTimestepsHasADefault(rows: Int, timesteps: Int) throws {
        let series = JSON.array((0..<rows).map { [.integer($0 % 7)] })
        let body = Small.training("m", ["series": series, "timesteps": nil, "epochs": 1])
        let trained = try api.post("/train", body)
        #expect(trained.status == 201, "\(trained.text)")
        #expect(try trained.json["timesteps"] == .integer(timesteps), "\(trained.text)")
    }

    @Test func suggestionsCanBeSentToTrain() throws {
        let rows = JSON.array((0..<100).map { [.integer($0), .integer($0 % 7)] })
        let report = try api.post("/inspect", ["series": rows]).json
        #expect(report["suggestions"]?["ignore"] == ["0"])
        #expect(report["suggestions"]?["timesteps"] == 7)
        let body = Small.training(
            "m", ["series": rows, "strict": true, "units": [8], "epochs": 60, "learning_rate": 0.02])
        let refused = try api.post("/train", body)
        #expect(refused.status == 422, "\(refused.text)")
        #expect(try refused.json["type"] == "/problems/strict-warnings")
        #expect(try refused.json["warnings"]?[0]?["code"] == "monotone_column")
        let accepted = try api.post("/train", body.with(["ignore": ["0"]]))
        #expect(accepted.status == 201, "\(accepted.text)")
        #expect(try accepted.json["features"] == 1)
        let one = try api.post("/score", ["model": "m", "series": rows, "columns": ["1"]])
        #expect(one.status == 200, "\(one.text)")
    }

    @Test(arguments: ["series", "recordings", "windows"]) func dataInJSONAreInspected(member: String) throws {
        let data: JSON =
            switch member {
            case "series": Small.series
            case "recordings": [Small.series, Small.series]
            default: Small.windows
            }
        let report = try api.post("/inspect", [member: data]).json
        #expect(report["rows"] == (member == "series" ? 10 : member == "recordings" ? 20 : 4))
        #expect(report["columns"]?.array?.map { $0["name"]?.string } == ["0", "1"])
        #expect(report["time"]?.isNull == true)
        #expect(report["timesteps"] == (member == "windows" ? 2 : nil))
        #expect(report["recordings"] == (member == "series" ? 1 : member == "recordings" ? 2 : nil))
    }

    @Test func dataAreComparedWithAModel() throws {
        _ = try api.post("/train", Small.training("m", ["feature_names": ["x", "y"]]))
        let fits = try api.post("/inspect?model=m", text: "y,x\n1,2\n2,3\n4,5\n", fields: Self.csv)
        #expect(try fits.json["model"] == "m" && fits.json["windows"] == 2, "\(fits.text)")
        let lacks = try api.post("/inspect?model=m", text: "x,z\n1,2\n2,3\n", fields: Self.csv)
        #expect(lacks.status == 422 && lacks.text.contains("'z', which the model does not have"))
        #expect(try api.post("/inspect", ["model": "m", "series": [[1], [2]]]).status == 422)
        #expect(try api.post("/inspect", ["model": "none", "series": [[1], [2]]]).status == 404)
    }

    @Test func aPreviewHasTheRowsAsTheyAreUsed() throws {
        let text = "time,a,n,bad\n30,1.5,100,1\n10,2.5,300,0\n20,,200,0\n40,4,400,0\n"
        let report = try inspect(
            "preview=100&order=sort&difference=n&timestamp=time&exclude=bad",
            text.replacing("\n", with: "\r\n"))
        let preview = try #require(report["preview"])
        // The first row has no difference.
        #expect(report["rows"] == 4 && preview["rows_per_point"] == 1)
        #expect(preview["recordings"] == [[1, 3]], "\(preview)")
        #expect(preview["timestamps"] == [10, 20, 30, 40] && preview["times"] == [10, 20, 30, 40])
        #expect(preview["flags"] == [false, false, true, false])
        #expect(preview["columns"]?[0]?["name"] == "a")
        #expect(preview["columns"]?[0]?["minimum"] == [2.5, nil, 1.5, 4])
        #expect(preview["columns"]?[1]?["name"] == "n")
        #expect(try inspect("timestamp=time&ignore=bad&order=sort", text)["preview"] == nil)
    }

    @Test func aPreviewIsBounded() throws {
        let text = "a\n" + (0..<1000).map { "\($0 % 10)\n" }.joined()
        let preview = try #require(try inspect("preview=100", text)["preview"])
        #expect(preview["rows_per_point"] == 10 && preview["timestamps"] == nil && preview["flags"] == nil)
        #expect(preview["columns"]?[0]?["minimum"] == .array(Array(repeating: 0, count: 100)))
        #expect(preview["columns"]?[0]?["maximum"] == .array(Array(repeating: 9, count: 100)))
        for value in ["0", "100001", "-1", "x"] {
            let refused = try api.post("/inspect?preview=\(value)", text: text, fields: Self.csv)
            #expect(refused.status == 422, "\(value): \(refused.text)")
        }
        #expect(
            try api.post("/train?preview=5&model=m&timesteps=2", text: text, fields: Self.csv).status == 422)
    }

    /// A document that is refused, and the options with which it is read.
    private static let refused: [(text: String, options: [(String, String)])] = [
        ("1.5,2.5\n2,3\n3,4\n", [("header", "false"), ("header", "true")]),
        ("run,a\np1,1\np1,2\n", [("recording", "run"), ("ignore", "run")]),
        ("a,b\n1,2\n3,x\n", [("ignore", "b")]),
        (
            "start,a\n2026-01-31T12:00:00Z,1\n2026-01-31T12:00:01Z,2\n",
            [("timestamp", "start"), ("ignore", "start")]
        ),
    ]

    @Test(arguments: refused.indices) func aRefusalNamesOptionsThatHelp(index: Int) throws {
        let (text, options) = Self.refused[index]
        let problem = try api.post("/inspect", text: text, fields: Self.csv).json
        let remedies = try #require(problem["remedies"]?.array, "\(problem)")
        #expect(remedies.map { $0["option"]?.string } == options.map(\.0))
        #expect(remedies.map { $0["value"]?.string } == options.map(\.1))
        for (option, value) in options { _ = try inspect("\(option)=\(value)", text) }
    }

    /// What a training refuses, an inspection says, with the option that helps.
    @Test func missingValuesAreSaidAsTrainingRefusesThem() throws {
        let text =
            "a,b\n"
            + (0..<60).map { (row: Int) -> String in
                "\(row % 7),\(row == 20 || row == 40 ? "" : String(row % 5))\n"
            }.joined()
        let report = try inspect("", text)
        let warning = try #require(report["warnings"]?[0])
        #expect(warning["code"] == "missing_values" && warning["level"] == "error")
        #expect(warning["columns"] == ["b"] && warning["rows"] == [[20, 20], [40, 40]])
        #expect(
            warning["message"]?.string?.hasPrefix(
                "Values of 'b' are missing in 2 rows, the first of which is 20, and are refused") == true)
        #expect(report["suggestions"]?["missing"] == "linear")
        #expect(try api.post("/inspect?strict=true", text: text, fields: Self.csv).status == 422)
        let target = "/train?model=m&timesteps=4&stride=4&units=2&epochs=1"
        let problem = try api.post(target, text: text, fields: Self.csv)
        #expect(
            try problem.json["remedies"] == [
                ["option": "missing", "value": "linear"], ["option": "missing", "value": "previous"],
            ], "\(problem.text)")
        for query in ["missing=linear", "missing=previous", "exclude=%5B%5B20,20%5D,%5B40,40%5D%5D"] {
            #expect(try inspect(query, text)["warnings"] == [], "\(query)")
            let trained = try api.post("\(target)&\(query)", text: text, fields: Self.csv)
            #expect(trained.status == 201, "\(query): \(trained.text)")
        }
        // Rows in no window.
        #expect(try inspect("timesteps=19&stride=41&exclude=%5B%5B20,20%5D%5D", text)["warnings"] == [])
        // A column that nothing can fill.
        let empty =
            "run,a,b\n"
            + (0..<40).map { (row: Int) -> String in
                "\(row / 20),\(row % 7),\(row < 20 ? "" : String(row % 3))\n"
            }.joined()
        let unfilled = try api.post("\(target)&missing=linear&recording=run", text: empty, fields: Self.csv)
        #expect(try unfilled.json["remedies"]?[0] == ["option": "missing", "value": "zero"])
        #expect(try unfilled.json["remedies"]?[1] == ["option": "ignore", "value": "b"])
    }

    @Test func columnsWithTimesOfTheirOwnAreToBeResampled() throws {
        let text =
            "time,a,b\n"
            + (0..<80).map { (row: Int) -> String in
                let cells = row % 2 == 0 ? "\(row % 7)," : ",\(row % 5)"
                return "\(1_700_000_000 + row),\(cells)\n"
            }.joined()
        let report = try inspect("timestamp=time", text)
        #expect(report["suggestions"]?["interval"] == "2s", "\(report)")
        let warning = report["warnings"]?.array?.first { $0["code"] == "missing_values" }
        #expect(warning?["message"]?.string?.contains("set interval to \"2s\"") == true, "\(report)")
        let target = "/train?model=m&timesteps=4&units=2&epochs=1&timestamp=time"
        let problem = try api.post(target, text: text, fields: Self.csv).json
        #expect(problem["remedies"]?[0] == ["option": "interval", "value": "2s"], "\(problem)")
        #expect(problem["remedies"]?[1] == ["option": "missing", "value": "linear"], "\(problem)")
        let trained = try api.post("\(target)&interval=2s", text: text, fields: Self.csv)
        #expect(trained.status == 201, "\(trained.text)")
    }

    @Test func anEncodingIsARemedy() throws {
        let bytes: [UInt8] = Array("Temp ".utf8) + [0xB0] + Array("C;b\n1;2\n2;3\n".utf8)
        let problem = try api.send("POST", "/inspect", fields: Self.csv, body: bytes).json
        #expect(problem["remedies"]?[0]?["option"] == "charset")
        #expect(problem["remedies"]?[0]?["value"] == "windows-1252")
        func status(_ query: String, _ type: String) throws -> Int {
            let fields = [(name: "Content-Type", value: type)]
            return try api.send("POST", "/inspect?\(query)", fields: fields, body: bytes).status
        }
        #expect(try status("charset=windows-1252", "text/csv") == 200)
        #expect(try status("charset=Windows-1252", "text/csv; charset=windows-1252") == 200)
        #expect(try status("charset=windows-1252", "text/csv; charset=utf-8") == 422)
        #expect(try status("charset=ebcdic", "text/csv") == 415)
    }

    @Test func rowsOutOfOrderAreToBeSorted() throws {
        let text = "time,a\n20,1\n10,2\n10,3\n30,4\n"
        let report = try inspect("timestamp=time", text)
        #expect(report["suggestions"]?["order"] == "sort" && report["suggestions"]?["duplicates"] == "last")
        let query = "/train?model=m&timesteps=2&units=2&epochs=1&timestamp=time"
        let unordered = try api.post(query, text: text, fields: Self.csv).json
        #expect(unordered["remedies"] == [["option": "order", "value": "sort"]], "\(unordered)")
        let duplicates = try api.post("\(query)&order=sort", text: text, fields: Self.csv).json
        #expect(duplicates["remedies"]?[0] == ["option": "duplicates", "value": "last"], "\(duplicates)")
        let trained = try api.post("\(query)&order=sort&duplicates=last", text: text, fields: Self.csv)
        #expect(trained.status == 201, "\(trained.text)")
    }

    @Test func aTrainingReportsTheSame() throws {
        let query = "model=m&timesteps=2&units=2&epochs=1&ignore=note"
        let response = try api.post("/train?\(query)", text: Self.simple, fields: Self.csv)
        #expect(response.status == 201, "\(response.text)")
        let report = try inspect("ignore=note", Self.simple)
        for member in ["rows", "recordings", "time", "columns", "suggestions"] {
            #expect(try response.json["data"]?[member] == report[member], "\(member)")
        }
        let id = try #require(try api.get("/jobs").json["jobs"]?[0]?["id"]?.string)
        let job = try api.get("/jobs/\(id)").json
        #expect(job["result"]?["data"] == (try response.json["data"]))
        #expect(job["result"]?["warnings"] == (try response.json["warnings"]))
        let codes = try response.json["warnings"]?.array?.map { $0["code"]?.string }
        #expect(codes?.contains("few_calibration_windows") == true)
    }

    /// Bodies that are no JSON, and what the message has to say.
    static let mistaken: [(body: String, status: Int, words: [String])] = [
        ("a,b\n1,2\n3,4\n", 415, ["looks like CSV", "Content-Type: text/csv"]),
        (",a\n0,1\n1,2\n", 415, ["Content-Type: text/csv"]),
        ("<table>\n<tr>", 415, ["an HTML page", "CSV"]), ("PAR1\u{15}\u{4}", 415, ["a Parquet file"]),
        ("{\"a\": 1}\n{\"a\": 2}\n", 415, ["JSON Lines", "series"]),
        ("[[1, 2], [3, 4]]", 422, ["must be an object", "'series'"]),
        ("[{\"a\": 1}]", 422, ["must be an object", "'series'"]),
        (#"{"columns": ["a"], "index": [0], "data": [[1]]}"#, 422, ["'index'"]),
    ]

    @Test(arguments: mistaken) func aBodyThatIsNoJSONIsNamed(
        _ mistaken: (body: String, status: Int, words: [String])
    ) throws {
        let response = try api.post(
            "/inspect", text: mistaken.body, fields: [("Content-Type", "application/json")])
        #expect(response.status == mistaken.status)
        let detail = try #require(response.json["detail"]?.string)
        for word in mistaken.words { #expect(detail.contains(word), "in: \(detail)") }
    }

    @Test func theOptionOfALabelThatIsMissingIsNamed() throws {
        for (path, option) in [("/inspect?", "exclude"), ("/compare?model=m&timesteps=4&", "labels")] {
            let response = try api.post("\(path)\(option)=c", text: "a,b\n1,2\n3,4\n", fields: Self.csv)
            let detail = try #require(response.json["detail"]?.string)
            #expect(detail.contains("\(option) names 'c'"), "in: \(detail)")
        }
    }
}
