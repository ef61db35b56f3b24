import APITesting
import Testing

/// JSON documents end with a line feed, for terminals.
@Suite struct LineEndTests {
    @Test(arguments: TransportKind.allCases) func aDocumentEndsWithOneLineFeed(
        _ transport: TransportKind
    ) throws {
        let api = try API(transport)
        #expect(try api.post("/train", Small.training("m")).text.hasSuffix("}\n"))
        for target in [
            "/models", "/models/m", "/models/m/versions/1", "/jobs", "/readyz", "/summary?model=m", "/v2",
            "/v2/models/m", "/problems/no-encoding", "/none", "/models/none", "/v2/models/none",
        ] {
            let response = try api.get(target, accept: "application/json")
            #expect(response.text.hasSuffix("}\n") && !response.text.hasSuffix("\n\n"), "\(target)")
            #expect(api.url == nil || response["content-length"] == "\(response.body.count)")
            let head = try api.send("HEAD", target, fields: [(name: "Accept", value: "application/json")])
            guard api.url != nil else { continue }
            #expect(head["content-length"] == "\(response.body.count)" && head.body.isEmpty, "\(target)")
        }
        for (path, body) in [
            ("/reconstruct", ["model": "m", "windows": Small.windows]),
            ("/score", ["model": "m", "series": Small.series]), ("/score", ["model": "m"]),
        ] as [(String, JSON)] { #expect(try api.post(path, body).text.hasSuffix("}\n"), "\(path)") }
    }

    /// The header field has the length of the JSON, and the tensors follow at once.
    @Test func noLineFeedStandsBeforeBinaryTensors() throws {
        let api = try API(.live)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        let input: JSON = [
            "name": "windows", "datatype": "FP32", "shape": [1, 2, 2], "data": [0, 1, 0.5, 0],
        ]
        let body: JSON = [
            "inputs": [input],
            "outputs": [["name": "reconstruction", "parameters": ["binary_data": true]]],
        ]
        let response = try api.post("/v2/models/m/infer", body)
        let length = try #require(response["inference-header-content-length"].flatMap { Int($0) })
        #expect(response.body.count == length + 16 && response.body[length - 1] == UInt8(ascii: "}"))
        let text = try api.post("/v2/models/m/infer", body.with(["outputs": nil]))
        #expect(text.text.hasSuffix("}\n"))
    }
}
