import APITesting
import DataFormats
import Testing
import TimeSeries

/// Requests with data as an array in NumPy's .npy format and options in the query, and responses in that
/// format.
@Suite struct NPYRequestTests {
    private static let type = [(name: "Content-Type", value: "application/x-npy")]
    private static let rows = 30
    private static let values: [Float] = (0..<rows).flatMap { [Float($0 % 4) / 2, Float($0 % 3) - 1] }
    private static let series = NumPyArray.encode(values[...], shape: [rows, 2])
    private static let windows = NumPyArray.encode(values[..<24], shape: [4, 3, 2])
    private static let json = JSON.array(
        (0..<rows).map { [.number(Double($0 % 4) / 2), .number(Double($0 % 3 - 1))] })
    private static let options = "timesteps=3&units=4,2&epochs=2&seed=5"
    private static let training: JSON = [
        "model": "json", "series": json, "timesteps": 3, "units": [4, 2], "epochs": 2, "seed": 5,
    ]

    private func send(
        _ api: API, _ target: String, _ body: [UInt8], accept: String? = nil
    ) throws -> APIResponse {
        try api.send(
            "POST", target, fields: Self.type + (accept.map { [(name: "Accept", value: $0)] } ?? []),
            body: body)
    }

    /// A server with two equal models: `npy`, trained on an array, and `json`, trained on JSON.
    private func trained(_ transport: TransportKind = .inProcess) throws -> API {
        let api = try API(transport)
        let response = try send(api, "/train?model=npy&\(Self.options)", Self.series)
        #expect(response.status == 201, "\(response.text)")
        #expect(try response.json["history"] == api.post("/train", Self.training).json["history"])
        return api
    }

    @Test(arguments: TransportKind.allCases) func anNPYRequestEqualsTheSameRequestInJSON(
        transport: TransportKind
    ) throws {
        let api = try trained(transport)
        for path in ["/reconstruct", "/encode", "/score"] {
            let npy = try send(api, "\(path)?model=npy&stride=2", Self.series).json
            let json = try api.post(path, ["model": "json", "series": Self.json, "stride": 2]).json
            #expect(npy.with(["model": nil]) == json.with(["model": nil]), "\(path)")
            let ofWindows = try send(api, "\(path)?model=npy", Self.windows).json
            let nested = JSON.array(
                (0..<4).map { first in .array((0..<3).map { Self.json[3 * first + $0] ?? nil }) })
            let same = try api.post(path, ["model": "json", "windows": nested]).json
            #expect(ofWindows.with(["model": nil]) == same.with(["model": nil]), "\(path)")
        }
        let labels = try send(api, "/evaluate?model=npy&labels=%5B%5B12,14%5D%5D", Self.series).json
        let json = try api.post("/evaluate", ["model": "json", "series": Self.json, "labels": [[12, 14]]])
            .json
        #expect(labels["anomalies"] == 3)
        #expect(labels.with(["model": nil]) == json.with(["model": nil]))
        let flags = (0..<Self.rows).map { (12..<15).contains($0) ? "1" : "0" }.joined(separator: ",")
        #expect(try send(api, "/evaluate?model=npy&labels=%5B\(flags)%5D", Self.series).json == labels)

        let excluding = try send(
            api, "/train?model=npy&\(Self.options)&exclude=%5B%5B3,4%5D%5D&feature_names=a,b", Self.series
        ).json
        let other = try api.post("/train", Self.training.with(["exclude": [[3, 4]]])).json
        #expect(excluding["history"] == other["history"])
        #expect(excluding["feature_names"] == ["a", "b"])
    }

    /// The rows of ``series`` with a column of flags between the two features: 1 in rows 12 to 14.
    private static func flagged(_ value: Float = 1, row: Int = 12) -> [UInt8] {
        let values: [Float] = (0..<rows).flatMap { row -> [Float] in
            [Float(row % 4) / 2, (12..<15).contains(row) ? 1 : 0, Float(row % 3) - 1]
        }
        var changed = values
        changed[row * 3 + 1] = value
        return NumPyArray.encode(changed[...], shape: [rows, 3])
    }

    @Test func aColumnOfTheArrayHasTheFlags() throws {
        let api = try trained()
        let byColumn = try send(api, "/evaluate?model=npy&labels=1", Self.flagged())
        #expect(byColumn.status == 200, "\(byColumn.text)")
        let byRange = try send(api, "/evaluate?model=npy&labels=%5B%5B12,14%5D%5D", Self.series).json
        #expect(try byColumn.json == byRange)

        let excluding = try send(api, "/train?model=c&\(Self.options)&exclude=1", Self.flagged())
        #expect(excluding.status == 201, "\(excluding.text)")
        let other = try send(
            api, "/train?model=d&\(Self.options)&exclude=%5B%5B12,14%5D%5D", Self.series
        ).json
        #expect(try excluding.json["history"] == other["history"] && excluding.json["features"] == 2)
        let columns = try excluding.json["data"]?["columns"]?.array
        #expect(columns?.map { $0["role"]?.string } == ["feature", "label", "feature"])
        #expect(columns?.map { $0["name"]?.string } == ["0", "1", "2"])

        // Names are those of the features; columns and ignore name the columns of the array.
        let named = try send(
            api, "/train?model=e&\(Self.options)&exclude=1&feature_names=a,b", Self.flagged()
        ).json
        #expect(named["feature_names"] == ["a", "b"])
        let first = try send(api, "/train?model=f&\(Self.options)&exclude=1&ignore=2", Self.flagged())
        #expect(try first.json["features"] == 1, "\(first.text)")
        let compared = try send(
            api, "/compare?model=g&labels=1&timesteps=3&units=4&epochs=1", Self.flagged())
        #expect(compared.status == 200, "\(compared.text)")
        let inspected = try send(api, "/inspect?exclude=1", Self.flagged())
        let roles = try inspected.json["columns"]?.array?.map { $0["role"]?.string }
        #expect(roles == ["feature", "label", "feature"], "\(inspected.text)")
    }

    /// A query that names as many rows is refused (414), a column is not.
    @Test func aColumnFlagsManyRows() throws {
        let api = try trained(.live)
        let rows = 20_000
        let values: [Float] = (0..<rows).flatMap { row -> [Float] in
            [Float(row % 4) / 2, Float(row % 3) - 1, row % 5 == 0 ? 1 : 0]
        }
        let body = NumPyArray.encode(values[...], shape: [rows, 3])
        let response = try send(api, "/evaluate?model=npy&labels=2", body)
        #expect(response.status == 200, "\(response.text)")
        #expect(try response.json["anomalies"] == 4_000)
    }

    @Test(arguments: [
        ("3", "the columns of the array are 0 to 2"), ("-1", "the columns of the array are 0 to 2"),
        ("0", "column 0, which has 0.5 in row 1; it must be 0 or 1"),
    ]) func aColumnThatHasNoFlagsIsRefused(labels: String, detail: String) throws {
        let response = try send(trained(), "/evaluate?model=npy&labels=\(labels)", Self.flagged())
        #expect(response.status == 422)
        #expect(try #require(response.json["detail"]?.string).contains(detail), "\(response.text)")
    }

    @Test func missingFlagsAndWindowsAreRefused() throws {
        let api = try trained()
        let missing = try send(api, "/evaluate?model=npy&labels=1", Self.flagged(.nan, row: 4))
        #expect(missing.status == 422)
        #expect(try #require(missing.json["detail"]?.string).contains("a missing value in row 4"))
        let windows = try send(api, "/train?model=h&\(Self.options)&exclude=1", Self.windows)
        #expect(windows.status == 422)
        #expect(try #require(windows.json["detail"]?.string).contains("the data are windows"))
    }

    @Test(arguments: TransportKind.allCases) func clientsThatAcceptNPYGetAnArray(transport: TransportKind)
        throws
    {
        let api = try trained(transport)
        for (path, member, shape) in [
            ("/reconstruct", "reconstructions", [4, 3, 2]), ("/encode", "encodings", [4, 2]),
        ] {
            let response = try send(api, "\(path)?model=npy", Self.windows, accept: "application/x-npy")
            #expect(response.status == 200 && response["content-type"] == "application/x-npy")
            let array = try NumPyArray(npy: response.body)
            #expect(array.shape == shape)
            let json = try send(api, "\(path)?model=npy", Self.windows, accept: "*/*").json
            #expect(try array.values.map { Float($0) } == #require(json[member]).numbers.map { Float($0) })
            // A small JSON request, which is computed in a batch, can get an array too.
            let small = try api.send(
                "POST", path, fields: [(name: "Accept", value: "application/x-npy")],
                body: Array("{\"model\":\"json\",\"windows\":[[[0,-1],[0.5,0],[1,1]]]}".utf8))
            #expect(try NumPyArray(npy: small.body).shape == [1] + shape.dropFirst())
        }
        #expect(try send(api, "/score?model=npy", Self.windows, accept: "application/x-npy").status == 406)
    }

    @Test func aNaNIsAMissingValue() throws {
        let api = try trained()
        var values = Self.values
        values[7] = .nan
        let gap = NumPyArray.encode(values[...], shape: [Self.rows, 2])
        let refused = try send(api, "/score?model=npy", gap)
        #expect(refused.status == 422 && refused.text.contains("row 3 has no value for feature 1"))
        let filled = try send(api, "/score?model=npy&missing=zero", gap)
        values[7] = 0
        let whole = try send(api, "/score?model=npy", NumPyArray.encode(values[...], shape: [Self.rows, 2]))
        #expect(filled.status == 200 && filled.body == whole.body)
    }

    static let bad: [(target: String, body: [UInt8], message: String)] = [
        ("/score?model=npy", [], "the body is not an .npy file"),
        ("/score?model=npy", Array(series.dropLast()), "the array has 239 bytes"),
        ("/score?model=npy", NumPyArray.encode(values[...], shape: [60]), "one axis, the shape (60,)"),
        ("/score?model=npy", NumPyArray.encode(values[...], shape: [1, 10, 3, 2]), "4 axes"),
        (
            "/score?model=npy", NumPyArray.encode(values[...], shape: [20, 3]),
            "3 features (F); it must have 2"
        ),
        (
            "/score?model=npy", NumPyArray.encode(values[...], shape: [5, 6, 2]),
            "6 timesteps (T); it must have 3"
        ),
        ("/score?model=npy&series=1", series, "unknown query parameter 'series'"),
        ("/score?model=npy&colums=a", series, "unknown query parameter 'colums'"),
        (
            "/score?model=npy&columns=a,b", series,
            "is 'a', but there is no such feature; the features have no names but their "
                + "indices, '0', '1'"
        ),
        ("/score", series, "the query parameter 'model' is missing"),
        ("/evaluate?model=npy", series, "labels"),
        ("/evaluate?model=npy&labels=flag", series, "'labels' is 'flag'"),
        ("/evaluate?model=npy&labels=%5B1%5D,%22x%22:1", series, "'labels' is"),
        ("/evaluate?model=npy&labels=%5B0,1%5D", series, "has 2 values for 30 rows"),
        ("/evaluate?model=npy&labels=%5B%5B1,2%5D%5D", windows, "this path requires rows [rows][F]"),
        ("/train?model=new&exclude=%5B%5B1,2%5D%5D", windows, "the data are windows"),
    ]

    @Test func badArraysAndQueriesAreRefused() throws {
        let api = try trained()
        for (target, body, message) in Self.bad {
            let response = try send(api, target, body)
            // Bytes in another format are another media type.
            let status = body.isEmpty ? 415 : 422
            #expect(
                response.status == status && response.text.contains(message), "\(target): \(response.text)")
            #expect(try response.json["pointer"] == nil)
        }
        let summary = try send(api, "/summary", Self.series)
        #expect(summary.status == 415)
    }

    @Test func anIdempotencyKeyCoversTheQuery() throws {
        let api = try trained()
        let key = [(name: "Idempotency-Key", value: "k1")]
        func status(_ query: String) throws -> Int {
            try api.send("POST", "/train?\(query)", fields: Self.type + key, body: Self.series).status
        }
        #expect(try status("model=again&\(Self.options)") == 201)
        #expect(try status("model=other&\(Self.options)") == 422)
    }
}
