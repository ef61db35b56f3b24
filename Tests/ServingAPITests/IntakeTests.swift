import APITesting
import DataFormats
import HTTP1
import ServingAPI
import Testing

/// Data as practitioners send them: read where that is certain, and else refused with the place and the
/// remedy.
@Suite struct IntakeTests {
    private let api: API

    init() throws { api = try API(.inProcess) }

    private func send(
        _ target: String, _ body: [UInt8], type: String = "text/csv"
    ) throws -> APIResponse {
        try api.send("POST", target, fields: [(name: "Content-Type", value: type)], body: body)
    }

    /// `rows` lines, each made of its row, below a header.
    private static func csv(_ header: String, rows: Int = 12, _ line: (Int) -> String) -> String {
        header + "\n" + (0..<rows).map { line($0) + "\n" }.joined()
    }

    /// The roles of the columns by name, as POST /inspect reports them.
    private func roles(_ target: String, _ body: [UInt8], type: String = "text/csv") throws -> [String:
        String]
    {
        let response = try send(target, body, type: type)
        #expect(response.status == 200, "\(response.text)")
        var roles: [String: String] = [:]
        for column in try response.json["columns"]?.array ?? [] {
            roles[column["name"]?.string ?? ""] = column["role"]?.string
        }
        return roles
    }

    // MARK: Columns

    private static let both = ["a": "feature", "b": "feature"]

    /// Tables and the roles of their columns, and the code of a warning; nil for none.
    private static let readable:
        [(title: String, text: String, query: String, roles: [String: String], String?)] = [
            ("missing first cell", csv("a,b") { $0 == 0 ? "N/A,1" : "\($0 % 3),\($0 % 4)" }, "", both, nil),
            ("None", csv("a,b") { $0 == 0 ? "None,1" : "\($0 % 3),\($0 % 4)" }, "", both, nil),
            (
                "decimal commas", csv("a;b") { "\($0 % 3),5;\($0 % 4),25" }, "", both, "number_format"
            ),
            (
                "pandas' index", csv(",a,b") { "\($0),\($0 % 3),\($0 % 4)" }, "",
                both.merging(["Unnamed: 0": "ignored"]) { $1 }, "ignored_column"
            ),
            (
                "epoch seconds in the last column",
                csv("a,b,epoch") { "\($0 % 3),\($0 % 4),\(1_700_000_000 + $0)" },
                "", both.merging(["epoch": "timestamp"]) { $1 }, nil
            ),
            (
                "relative clock", csv("Time (s),a,b") { "\(Double($0) / 10),\($0 % 3),\($0 % 4)" }, "",
                both.merging(["Time (s)": "timestamp"]) { $1 }, nil
            ),
            (
                "text named as recording", csv("id,a,b") { "pump\($0 / 6),\($0 % 3),\($0 % 4)" },
                "recording=id",
                both.merging(["id": "recording"]) { $1 }, nil
            ),
            (
                "no header, said", csv("5,6") { "\($0 % 3),\($0 % 4)" }, "header=false",
                ["0": "feature", "1": "feature"], nil
            ),
            (
                "trailing empty rows",
                csv("time,a,b") { $0 > 9 ? ",," : "2026-01-0\($0 % 9 + 1)T00:00:00Z,\($0 % 3),\($0 % 4)" }
                    .replacing("2026-01-01T00:00:00Z,0,1", with: "2026-01-10T00:00:00Z,0,1"), "",
                both.merging(["time": "timestamp"]) { $1 }, "blank_rows"
            ),
            (
                "yes and no", csv("a,b,bad") { "\($0 % 3),\($0 % 4),\($0 == 3 ? "yes" : "no")" },
                "exclude=bad",
                both.merging(["bad": "label"]) { $1 }, nil
            ),
        ]

    @Test func tablesAreReadWhereThatIsCertain() throws {
        for (title, text, query, roles, code) in Self.readable {
            #expect(try self.roles("/inspect?\(query)", Array(text.utf8)) == roles, "\(title)")
            let warnings = try send("/inspect?\(query)", Array(text.utf8)).json["warnings"]?.array ?? []
            let codes = warnings.compactMap { $0["code"]?.string }
            #expect(code == nil || codes.contains(code ?? ""), "\(title): \(codes)")
        }
    }

    /// Tables, what the detail must contain, and the line and the column of the problem.
    private static let refused:
        [(title: String, text: String, words: [String], line: Int?, column: String?)] = [
            ("money", csv("a,b") { $0 == 2 ? "$5,1" : "\($0),1" }, ["$5"], 4, "a"),
            ("text ids", csv("id,a") { "pump1,\($0 % 3)" }, ["pump1", "recording", "ignore"], 2, "id"),
            ("no header", csv("1,2") { "\($0 % 3),\($0 % 4)" }, ["header=false"], 1, nil),
            ("a clipped line", csv("a,b") { $0 == 4 ? "1" : "\($0),1" }, [], 6, nil),
            ("a Latin-1 cell", "Temp \u{FFFD},b\n1,2\n", [], nil, nil),
        ]

    @Test func otherTablesAreRefusedWithThePlaceAndTheRemedy() throws {
        for (title, text, words, line, column) in Self.refused.dropLast() {
            let response = try send("/inspect", Array(text.utf8))
            #expect(response.status == 422, "\(title): \(response.text)")
            let problem = try response.json
            for word in words {
                #expect(problem["detail"]?.string?.contains(word) == true, "\(title): \(response.text)")
            }
            #expect(problem["line"]?.int == line && problem["pointer"] == nil, "\(title): \(response.text)")
            #expect(problem["column"]?.string == column, "\(title): \(response.text)")
        }
    }

    @Test func integersOfTooManyDigitsAreSaid() throws {
        func warnings(_ body: String, _ type: String) throws -> [String] {
            let response = try send("/inspect", Array(body.utf8), type: type)
            #expect(response.status == 200, "\(response.text)")
            return try response.json["warnings"]?.array?.compactMap { $0["message"]?.string } ?? []
        }
        let said = "2 integers beyond"
        let integers = [
            "9007199254740993", "-18014398509481985", "18446744073709551616", "36893488147419103232",
        ]
        let rows = integers.map { "[\($0),0.5]" }.joined(separator: ",")
        for body in ["{\"series\":[\(rows)]}", "{\"windows\":[[\(rows)]]}", "{\"recordings\":[[\(rows)]]}"] {
            let found = try warnings(body, "application/json")
            #expect(found.contains { $0.hasPrefix(said) }, "\(body): \(found)")
        }
        let csv = "a,b\n" + integers.map { "\($0),0.5\n" }.joined()
        #expect(try warnings(csv, "text/csv").contains { $0.hasPrefix(said) })
        let exact = try warnings(
            "{\"series\":[[9007199254740992],[1e300],[9007199254740993.5]]}", "application/json")
        #expect(!exact.contains { $0.contains("rounded") }, "\(exact)")
    }

    // MARK: Encodings

    @Test func encodingsAreDecodedOrNamed() throws {
        let text = Self.csv("Temp °C,b") { "\($0 % 3),\($0 % 4)" }
        let latin = text.unicodeScalars.map { UInt8($0.value) }
        #expect(try roles("/inspect", latin, type: "text/csv; charset=windows-1252")["Temp °C"] == "feature")
        #expect(
            try roles("/inspect", latin, type: "text/csv; charset=\"ISO-8859-1\"")["Temp °C"] == "feature")
        let refused = try send("/inspect", latin)
        #expect(refused.status == 415 && refused.text.contains("charset=windows-1252"), "\(refused.text)")
        #expect(try refused.json["line"] == 1)
        #expect(try send("/inspect", latin, type: "text/csv; charset=ebcdic").status == 415)
        let units = Array(text.utf16)
        let wide: [UInt8] = [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try roles("/inspect", wide)["Temp °C"] == "feature")
    }

    @Test func aGzipFileIsDecompressedAndSaid() throws {
        let text = Array(Self.csv("a,b", rows: 400) { "\($0 % 3),\($0 % 4)" }.utf8)
        let file = try #require(ContentCoding.gzip.compress(text))
        let response = try send("/inspect", file)
        #expect(try response.json["rows"] == 400, "\(response.text)")
        #expect(try response.json["warnings"]?[0]?["code"] == "compressed_body")
        let twice = try api.send(
            "POST", "/inspect",
            fields: [(name: "Content-Type", value: "text/csv"), (name: "Content-Encoding", value: "gzip")],
            body: ContentCoding.gzip.compress(file) ?? [])
        #expect(try twice.json["rows"] == 400, "\(twice.text)")
        let json = Array("{\"series\":[[1],[2]]}".utf8)
        let small = try #require(ContentCoding.gzip.compress(json))
        #expect(try send("/inspect", small, type: "application/json").json["rows"] == 2)
        #expect(try send("/inspect", Array(file.dropLast(9))).status == 400)
    }

    @Test func otherFormatsAreNamedForWhatTheyAre() throws {
        for (body, words) in [
            (Array("PK\u{3}\u{4}…".utf8), "Excel"), (Array("PAR1\u{15}\u{4}…".utf8), "Parquet"),
            (Array("{\"series\":[[1]]}".utf8), "application/json"),
            (NumPyArray.encode([1.0, 2.0][...], shape: [2, 1]), "application/x-npy"),
        ] {
            let response = try send("/inspect", body)
            #expect(response.status == 415 && response.text.contains(words), "\(response.text)")
        }
    }

    /// Bodies that are declared JSON, with the media type or the words that their refusal has.
    private static let declaredJSON: [(body: [UInt8], words: String)] = [
        (Array("time,a,b\n1,2,3\n".utf8), "text/csv"), (Array("1;2\n3;4\n".utf8), "text/csv"),
        (Array("\"a\",\"b\"\n1,2\n".utf8), "text/csv"),
        ([0xEF, 0xBB, 0xBF] + Array("a,b\n1,2\n".utf8), "text/csv"),
        (NumPyArray.encode([1.0, 2.0][...], shape: [2, 1]), "application/x-npy"),
        (Array("PK\u{3}\u{4}…".utf8), "Excel"), ([0x80, 4, 0x95], "pickle"),
        ([0xFF, 0xFE] + "{\"series\":[[1]]}".utf8.flatMap { [$0, 0] }, "UTF-16"),
        ("{\"series\":[[1]]}".utf8.flatMap { [0, $0] }, "UTF-16"),
    ]

    @Test(arguments: ["/train", "/inspect", "/score", "/evaluate", "/compare", "/encode"])
    func bodiesThatAreNoJSONAreNamedForWhatTheyAre(path: String) throws {
        let gzipped = try #require(ContentCoding.gzip.compress(Array("a,b\n1,2\n".utf8)))
        for (body, words) in Self.declaredJSON + [(gzipped, "text/csv")] {
            let types =
                body == gzipped
                ? ["application/json"] : ["application/json", "application/x-www-form-urlencoded"]
            for type in types {
                let response = try send(path, body, type: type)
                #expect(response.status == 415 && response.text.contains(words), "\(response.text)")
                #expect(response["accept"]?.contains("text/csv") == true)
            }
        }
        // Text that begins like JSON is JSON with an error.
        for text in ["{\"series\":[[1,2]", "{series: [[1, 2]]}", "[1, 2", ""] {
            #expect(try send(path, Array(text.utf8), type: "application/json").status == 400, "\(text)")
        }
    }

    @Test(arguments: ["/train", "/inspect", "/score"])
    func dataUnderAnotherNameAreToldWhereTheyBelong(path: String) throws {
        _ = try api.post("/train", Small.training("toy"))
        let rest: JSON =
            path == "/inspect" ? [:] : path == "/train" ? ["model": "m", "timesteps": 2] : ["model": "toy"]
        for (body, pointer, words) in [
            (["sries": Small.series], "/sries", "unknown member 'sries'; did you mean 'series'?"),
            (
                ["columns": ["a", "b"], "feature_names": ["a", "b"], "sries": Small.series], "/sries",
                "did you mean 'series'?"
            ),
            (["window": Small.windows], "/window", "did you mean 'windows'?"),
            (
                ["columns": ["a", "b"], "data": Small.series], "/data",
                "send rows of numbers [rows][F] as 'series'"
            ),
            (["order": "sort"], "", "the member 'series' is missing"),
            (
                ["columns": ["a"], "series": Small.series], "/columns/0",
                "the features have no names but their indices, '0', '1'; name them with feature_names"
            ),
            (["ignore": ["a"], "series": Small.series], "/ignore/0", "name them with feature_names"),
        ] as [(JSON, String, String)] {
            var members = rest
            for (name, value) in body.object ?? [:] { members = members.with([name: value]) }
            let response = try api.post(path, members)
            #expect(response.status == 422 && response.text.contains(words), "\(response.text)")
            #expect(try response.json["pointer"]?.string == pointer, "\(response.text)")
        }
        for (text, words) in [
            ("[[1, 2], [3, 4]]", "put rows of numbers under 'series'"),
            ("[{\"a\": 1}]", "the names of their features under 'feature_names'"),
        ] {
            let response = try api.post(path, text: text)
            #expect(response.status == 422 && response.text.contains(words), "\(response.text)")
        }
        let null: JSON = .array([nil] + (1..<10).map { .integer($0) })
        let response = try api.post("/inspect", ["series": Small.series, "timestamps": null])
        #expect(
            response.text.contains("element 0 of 'timestamps' is null; every row needs"), "\(response.text)")
    }

    @Test func jsonWithAByteOrderMarkIsRead() throws {
        let body = [0xEF, 0xBB, 0xBF] + Array("{\"series\":[[1],[2]]}".utf8)
        let response = try send("/inspect", body, type: "application/json")
        #expect(response.status == 200, "\(response.text)")
    }

    // MARK: Missing values

    @Test func missingValuesMatterOnlyInWindows() throws {
        func train(_ body: JSON) throws -> APIResponse { try api.post("/train", body) }
        var rows = try #require(Small.series(rows: 40).array)
        rows[20] = [nil, 1]
        let body = Small.training("m", ["series": .array(rows)])
        let refused = try train(body)
        #expect(try refused.status == 422 && refused.json["pointer"] == "/series/20/0", "\(refused.text)")
        #expect(refused.text.contains("set missing to previous"))
        #expect(try train(body.with(["exclude": [[20, 20]]])).status == 201)
        #expect(try train(body.with(["exclude": [[3, 20]]])).status == 201)
        // A row between two windows.
        #expect(try train(body.with(["timesteps": 2, "stride": 3])).status == 201)
        #expect(try train(body.with(["timesteps": 2, "stride": 4])).status == 422)
        // A short recording has no window.
        let parts: JSON = [.array(Array(rows[..<20])), .array([rows[20]]), .array(Array(rows[21...]))]
        #expect(try train(body.with(["series": nil, "recordings": parts])).status == 201)
    }

    @Test func excludedRowsFillNoGaps() throws {
        var rows = try #require(Small.series(rows: 40).array)
        rows[20] = [1e9, 1e9]
        rows[21] = [nil, nil]
        let body = Small.training(
            "m",
            [
                "series": .array(rows), "exclude": [[20, 20]], "missing": "previous", "epochs": 2,
                "shuffle": false,
            ])
        let filled = try api.post("/train", body).json
        rows[21] = rows[19]
        let same = try api.post("/train", body.with(["series": .array(rows)])).json
        #expect(filled["history"] == same["history"] && filled["threshold"] == same["threshold"])
    }

    // MARK: Columns of a model

    @Test func aModelRemembersItsColumns() throws {
        let training = Self.csv(",time,a,b,note", rows: 40) {
            "\($0),2026-01-01T00:\(10 + $0):00Z,\($0 % 3),\($0 % 4),x"
        }
        let query = "model=m&timesteps=2&units=2&epochs=1&ignore=note"
        let trained = try send("/train?\(query)", Array(training.utf8))
        #expect(trained.status == 201, "\(trained.text)")
        #expect(
            try trained.json["columns"] == [
                ["name": "Unnamed: 0", "role": "ignored"], ["name": "time", "role": "timestamp"],
                ["name": "a", "role": "feature"], ["name": "b", "role": "feature"],
                ["name": "note", "role": "ignored"],
            ])
        #expect(try api.get("/models/m").json["columns"] == trained.json["columns"])
        // Later rows of the same export, with the columns in another order and without an option.
        let later = Self.csv("note,b,a,time,", rows: 20) {
            "y,\($0 % 4),\($0 % 3),2026-02-01T00:\(10 + $0):00Z,\(10_000 + 7 * $0)"
        }
        let scored = try send("/score?model=m", Array(later.utf8))
        #expect(scored.status == 200, "\(scored.text)")
        #expect(try scored.json["rows"]?["timestamps"]?[0] == "2026-02-01T00:10:00Z")
        let json = try api.post(
            "/score",
            [
                "model": "m", "feature_names": ["note", "b", "a"],
                "series": .array((0..<20).map { [9, .integer($0 % 4), .integer($0 % 3)] }),
            ])
        #expect(json.status == 200, "\(json.text)")
        #expect(try json.json["rows"]?["scores"] == scored.json["rows"]?["scores"])
    }

    @Test func aFeatureOfAModelThatIsNamedLikeATimeRemainsAFeature() throws {
        let rows = JSON.array((0..<30).map { [.integer(1_700_000_000 + $0), .integer($0 % 3)] })
        let body = Small.training("m", ["series": rows, "feature_names": ["epoch", "a"]])
        #expect(try api.post("/train", body).status == 201)
        let table = Self.csv("epoch,a") { "\(1_700_000_000 + $0),\($0 % 3)" }
        let scored = try send("/score?model=m", Array(table.utf8))
        #expect(scored.status == 200, "\(scored.text)")
        #expect(try scored.json["rows"]?["timestamps"] == nil)
    }

    // MARK: Strict requests

    @Test func unknownAndRepeatedOptionsAreRefused() throws {
        _ = try api.post("/train", Small.training("toy"))
        let bodies: [String: JSON] = [
            "/train": Small.training("m"), "/compare": Small.comparison("m"),
            "/inspect": ["series": Small.series], "/summary": ["timesteps": 2, "features": 2],
            "/evaluate": ["model": "toy", "series": Small.series, "labels": [[1, 2]]],
        ]
        for path in [
            "/train", "/compare", "/inspect", "/summary", "/evaluate", "/reconstruct", "/encode", "/score",
            "/layers",
        ] {
            let body = bodies[path] ?? ["model": "toy", "series": Small.series]
            #expect(try (200...201).contains(api.post(path, body).status), "\(path)")
            let unknown = try api.post("\(path)?foo=1", body)
            #expect(
                unknown.status == 422 && unknown.text.contains("unknown query parameter 'foo'"), "\(path)")
            #expect(try unknown.json["pointer"] == nil)
            let name = path == "/summary" ? "timesteps" : "series"
            let twice = try api.post("\(path)?\(name)=1", body)
            #expect(twice.status == 422 && twice.text.contains("in the query and in the body"), "\(path)")
        }
        let version = try api.post("/reconstruct?version=99", ["model": "toy", "windows": Small.windows])
        #expect(version.status == 404, "a version in the query is used: \(version.text)")
        let first = try api.post("/reconstruct?version=1", ["model": "toy", "windows": Small.windows])
        #expect(try first.json["version"] == 1)
        let misspelt = try api.post("/score?combin=mean", ["model": "toy", "series": Small.series])
        #expect(misspelt.text.contains("did you mean 'combine'?"))
    }

    // MARK: Arrays

    @Test func arraysOfOtherTypesAndOrdersAreRead() throws {
        func npy(_ descr: String, _ bytes: [UInt8], fortran: Bool = false) -> [UInt8] {
            let header =
                "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (3, 2), }"
            let length = 118
            let text = header + String(repeating: " ", count: length - 1 - header.utf8.count) + "\n"
            return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length), 0] + Array(text.utf8) + bytes
        }
        let values: [Int16] = [1, 2, 3, 4, 5, 6]
        let little = values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let big = values.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        for (title, body, maximum) in [
            ("int16", npy("<i2", little), 5), ("big-endian", npy(">i2", big), 5),
            ("Fortran", npy("<i2", little, fortran: true), 3),
        ] {
            let response = try send("/inspect", body, type: "application/x-npy")
            #expect(
                try response.json["columns"]?[0]?["maximum"] == .integer(maximum),
                "\(title): \(response.text)")
        }
    }
}
