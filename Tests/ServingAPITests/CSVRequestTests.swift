import APITesting
import Testing

/// Requests with data as CSV and options in the query.
@Suite struct CSVRequestTests {
    private static let csv = [(name: "Content-Type", value: "text/csv; charset=utf-8")]
    private static let options =
        "timesteps=3&units=4,2&epochs=2&seed=5&learning_rate=0.01&shuffle=false"
        + "&early_stopping=%7B%22monitor%22:%22loss%22%7D"

    /// A table as CSV. `cell` returns the text of a cell, by the name of its column and its row.
    private static func table(
        _ columns: [String], rows: Range<Int> = 0..<30, delimiter: String = ",", lineEnd: String = "\n",
        _ cell: (String, Int) -> String = cell
    ) -> String {
        ([columns] + rows.map { row in columns.map { cell($0, row) } })
            .map { $0.joined(separator: delimiter) + lineEnd }.joined()
    }

    private static func cell(_ column: String, _ row: Int) -> String {
        switch column {
        case "time": "2026-01-01 00:00:\(row + 10)"
        case "a": "\(Double(row % 4) / 2)"
        case "b": "\(row % 3 - 1)"
        case "anomaly": (12..<15).contains(row) ? "1" : "0"
        case "pump": row < 11 ? "north" : "south"
        default: "\(row)"
        }
    }

    private func send(_ api: API, _ target: String, _ text: String) throws -> APIResponse {
        try api.post(target, text: text, fields: Self.csv)
    }

    private func train(_ api: API, _ text: String, with query: String = "") throws -> JSON {
        let response = try send(api, "/train?model=pump&\(Self.options)\(query)", text)
        #expect(response.status == 201, "\(response.text)")
        return try response.json
    }

    private static let rows = JSON.array(
        (0..<30).map { [.number(Double($0 % 4) / 2), .number(Double($0 % 3 - 1))] })
    private static let training: JSON = [
        "model": "json", "series": rows, "timesteps": 3, "units": [4, 2], "epochs": 2, "seed": 5,
        "learning_rate": 0.01, "shuffle": false, "early_stopping": ["monitor": "loss"],
    ]

    @Test(arguments: TransportKind.allCases) func aCSVRequestEqualsTheSameRequestInJSON(
        transport: TransportKind
    ) throws {
        let api = try API(transport)
        let trained = try train(api, Self.table(["time", "a", "b"]))
        #expect(trained["feature_names"] == ["a", "b"])
        let other = try api.post("/train", Self.training).json
        #expect(other["feature_names"] == .null)
        #expect(trained["history"] == other["history"] && trained["threshold"] == other["threshold"])
        #expect(try api.get("/models/pump").json["feature_names"] == ["a", "b"])
        for path in ["/reconstruct", "/encode", "/score"] {
            let csv = try send(api, "\(path)?model=pump&stride=2", Self.table(["a", "b"])).json
            let json = try api.post(path, ["model": "json", "series": Self.rows, "stride": 2]).json
            for member in ["reconstructions", "scaled_errors", "encodings", "windows", "rows"] {
                #expect(csv[member] == json[member], "\(path) \(member)")
            }
        }
        let labels = JSON.array((0..<30).map { (12..<15).contains($0) ? 1 : 0 })
        let csv = try send(
            api, "/evaluate?model=pump&labels=anomaly", Self.table(["time", "a", "b", "anomaly"])
        ).json
        let json = try api.post("/evaluate", ["model": "json", "series": Self.rows, "labels": labels]).json
        #expect(csv["anomalies"] == 3)
        #expect(csv.with(["model": nil]) == json.with(["model": nil]))
    }

    @Test func delimitersLineEndsAndByteOrderMarksAreDetected() throws {
        let api = try API(.inProcess)
        let trained = try train(api, Self.table(["time", "a", "b"]))
        for text in [
            Self.table(["time", "a", "b"], delimiter: ";"), Self.table(["time", "a", "b"], delimiter: "\t"),
            Self.table(["time", "a", "b"], lineEnd: "\r\n"), "\u{FEFF}" + Self.table(["time", "a", "b"]),
        ] {
            let again = try train(api, text)
            #expect(again["history"] == trained["history"] && again["feature_names"] == ["a", "b"])
        }
    }

    @Test func columnsAreMatchedByName() throws {
        let api = try API(.inProcess)
        _ = try train(api, Self.table(["time", "a", "b"]))
        for path in ["/reconstruct", "/encode", "/score"] {
            let straight = try send(api, "\(path)?model=pump", Self.table(["time", "a", "b"]))
            let turned = try send(api, "\(path)?model=pump", Self.table(["time", "b", "a"]))
            #expect(straight.status == 200 && straight.body == turned.body, "\(path)")
            let chosen = try send(
                api, "\(path)?model=pump&columns=b,a", Self.table(["time", "x", "b", "c", "a"]))
            #expect(chosen.body == straight.body, "\(path)")
            let list = try send(
                api, "\(path)?model=pump&ignore=%5B%22x%22%2C%22c+d%22%5D",
                Self.table(["time", "x", "b", "c d", "a"]))
            #expect(list.body == straight.body, "\(path)")
        }
        // The order of the columns counts if the model has no feature names.
        #expect(try api.post("/train", Self.training).status == 201)
        let straight = try send(api, "/score?model=json", Self.table(["a", "b"]))
        let turned = try send(api, "/score?model=json", Self.table(["b", "a"]))
        #expect(straight.status == 200 && turned.status == 200 && straight.body != turned.body)
        #expect(try send(api, "/score?model=json", Self.table(["a"])).status == 422)
    }

    @Test func columnsCanExcludeRowsAndSeparateRecordings() throws {
        let api = try API(.inProcess)
        let trained = try train(api, Self.table(["time", "a", "b", "anomaly"]), with: "&exclude=anomaly")
        #expect(trained["feature_names"] == ["a", "b"])
        let table = Self.table(["pump", "a", "b"])
        let response = try send(
            api, "/score?model=pump&recording=pump&include=windows,rows&combine=newest", table
        ).json
        #expect(response["windows"]?.array?.count == 9 + 17)
        let rows = try #require(response["rows"]?["scores"]?.array)
        #expect(rows.indices.filter { rows[$0].isNull } == [0, 1, 11, 12])
        let spanning = try send(api, "/score?model=pump&ignore=pump", table).json
        #expect(spanning["windows"]?.array?.count == 28)
        #expect(
            spanning["rows"]?["timestamps"] == nil, "an ignored text column must not become the timestamps")
    }

    @Test func timestampsAreReturnedWithRowsWindowsAndEvents() throws {
        let api = try API(.inProcess)
        _ = try train(api, Self.table(["time", "a", "b"]))
        let spike = Self.table(["time", "a", "b"]) { $0 == "a" && $1 == 20 ? "99" : Self.cell($0, $1) }
        let response = try send(api, "/score?model=pump", spike).json
        let times = (10..<40).map { JSON.string("2026-01-01 00:00:\($0)") }
        #expect(response["rows"]?["timestamps"] == .array(times))
        let events = try #require(response["events"]?.array)
        #expect(!events.isEmpty)
        for event in events {
            for place in ["first", "last", "peak"] {
                let row = try #require(event["\(place)_row"]?.int)
                #expect(event["\(place)_timestamp"] == .string("2026-01-01 00:00:\(row + 10)"))
            }
        }
        #expect(events[0]["features"]?[0] == events[0]["features"]?[0]?.with(["feature": 0, "name": "a"]))
        #expect(
            response["windows"]?[4]?["timestamp"] == "2026-01-01 00:00:16",
            "the timestamp of a window is that of its last row")
        let last = try send(api, "/score?model=pump&last=true", spike).json
        #expect(
            last["windows"]?.array?.count == 1 && last["windows"]?[0]?["timestamp"] == "2026-01-01 00:00:39")

        let numbers = Self.table(["ts", "a", "b"]) {
            $0 == "ts" ? "\(1_581_168_647 + $1)" : Self.cell($0, $1)
        }
        let seconds = try send(api, "/score?model=pump", numbers).json
        #expect(seconds["windows"]?[0]?["timestamp"] == .integer(1_581_168_649))
        let named = try send(api, "/score?model=pump&timestamp=at", Self.table(["a", "at", "b"])).json
        #expect(named["rows"]?["timestamps"]?.array?.last == 29)
        let none = try send(api, "/score?model=pump", Self.table(["a", "b"])).json
        #expect(none["rows"]?["timestamps"] == nil && none["windows"]?[0]?["timestamp"] == nil)
    }

    @Test func aQueryValueForAStringMemberIsNotParsed() throws {
        let api = try API(.inProcess)
        let response = try send(api, "/train?model=123&timesteps=2&units=2&epochs=1", Self.table(["a"]))
        #expect(try response.json["model"] == "123", "\(response.text)")
        #expect(try send(api, "/encode?model=123&version=1", Self.table(["a"])).status == 200)
        #expect(try send(api, "/encode?model=123&version=latest", Self.table(["a"])).status == 200)
        let warm = try send(api, "/train?model=123&warm_start=true&epochs=1", Self.table(["a"]))
        #expect(try warm.json["warm_start"] == 1, "\(warm.text)")
    }

    @Test func anIdempotencyKeyCoversTheQuery() throws {
        let api = try API(.inProcess)
        func start(_ query: String) throws -> APIResponse {
            try api.post(
                "/train?model=m&timesteps=2&\(query)", text: Self.table(["a"]),
                fields: Self.csv + [(name: "Idempotency-Key", value: "k")])
        }
        #expect(try start("epochs=1").json["version"] == 1)
        #expect(try start("epochs=1").json["version"] == 1)
        #expect(try start("epochs=2").status == 422)
    }

    /// A bad query or table, and words that the problem's detail must contain.
    static let refused: [(query: String, text: String, words: String)] = [
        ("model=pump&warm_start=true&ignore=c", table(["a", "b"]), "there is no such column"),
        ("model=pump&warm_start=true&columns=a,c", table(["a", "b"]), "there is no such column"),
        ("model=pump&warm_start=true&timestamp=c", table(["a", "b"]), "there is no such column"),
        ("model=pump&warm_start=true&recording=c", table(["a", "b"]), "there is no such column"),
        ("model=pump&warm_start=true&exclude=c", table(["a", "b"]), "there is no such column"),
        ("model=pump&warm_start=true", table(["a"]), "lacks 'b'"),
        (
            "model=pump&warm_start=true", table(["a", "b", "c"]),
            "has 'c', which the model does not have; leave it out with ignore"
        ),
        (
            "model=pump&warm_start=true&exclude=x", table(["a", "b", "x"]),
            "line 4: column 'x' has the value '2'; a label must be 0 or 1"
        ),
        ("model=pump&warm_start=true&exclude=x", "a,b,x\n1,2,1\n1,2,0\n1,2,0\n", "leaves none"),
        ("model=m&timesteps=2", "a,a\n1,2\n", "two columns have the name 'a'"),
        ("model=m&timesteps=1", "a,b\n1,2\n3,x\n", "line 3: column 'b' has the value 'x'"),
        ("model=m&timesteps=1", "a,b\n1,2\n3,\n", "line 3: the column 'b' has no value"),
        ("model=m&timesteps=1", "a;b\n1;2,5\n1.5;2\n", "2,5"),
        ("model=m&timesteps=1", "", "empty"),
        ("model=m&timesteps=9", table(["a"], rows: 0..<3), "shorter than one window"),
        (
            "model=m&timesteps=9&recording=pump", table(["a", "pump"], rows: 8..<14),
            "each of the 2 recordings"
        ),
        (
            "model=m&timesteps=2&epoch=3", table(["a"]),
            "unknown query parameter 'epoch'; did you mean 'epochs'?"
        ),
        ("model=m&timesteps=2&labels=a", table(["a"]), "unknown query parameter 'labels'"),
        ("model=m&timesteps=2&epochs=many", table(["a"]), "'epochs' is 'many'; it must be an integer"),
        ("model=m&timesteps=2&epochs=", table(["a"]), "'epochs' is ''"),
        ("model=m&timesteps=2&units=64,x", table(["a"]), "element 1 of 'units'"),
        ("model=m&timesteps=2&loss=mea", table(["a"]), "did you mean 'mae'"),
        (
            "model=m&timesteps=2&early_stopping=%7B%22monitor%22:%22loss%22,%22patienc%22:1%7D", table(["a"]),
            "'patience'"
        ),
        ("model=m&timesteps=2&timesteps=2", table(["a"]), "'timesteps' occurs twice"),
        ("model=m&timesteps=2&series=%5B%5B1%5D%5D", table(["a"]), "unknown query parameter 'series'"),
        ("timesteps=2", table(["a"]), "'model' is missing"),
    ]

    @Test(arguments: TransportKind.allCases) func badTablesAndQueriesAreRefusedWithTheReason(
        transport: TransportKind
    ) throws {
        let api = try API(transport)
        _ = try train(api, Self.table(["time", "a", "b"]))
        for row in Self.refused {
            let response = try send(api, "/train?\(row.query)", row.text)
            #expect(response.status == 422, "\(row.query): \(response.text)")
            let problem = try response.json
            #expect(problem["detail"]?.string?.contains(row.words) == true, "\(row.query): \(response.text)")
            #expect(problem["pointer"] == nil, "a problem with CSV must have no JSON pointer")
        }
        let unlabelled = try send(api, "/evaluate?model=pump", Self.table(["a", "b"]))
        #expect(try unlabelled.json["detail"]?.string?.contains("'labels' is missing") == true)
        #expect(try send(api, "/score?model=none", Self.table(["a"])).status == 404)
        #expect(try api.get("/models/m").status == 404)
    }

    @Test func onlyRoutesThatReadDataAcceptCSV() throws {
        let api = try API(.inProcess)
        let refusal = try send(api, "/summary?timesteps=2&features=1", "a\n1\n")
        #expect(refusal.status == 415 && refusal["accept"] == "application/json")
        for path in ["/train", "/score", "/evaluate", "/reconstruct", "/encode"] {
            for type in ["text/plain", "application/x-www-form-urlencoded"] {
                let response = try api.post(
                    path, text: "a\n1\n", fields: [(name: "Content-Type", value: type)])
                #expect(
                    response.status == 415
                        && response["accept"] == "application/json, text/csv, application/x-npy", "\(path)")
                #expect(response.text.contains("application/json or text/csv or application/x-npy"))
            }
        }
    }
}
