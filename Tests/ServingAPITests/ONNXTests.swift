import APITesting
import Testing

/// Downloads of models as ONNX. The tests in Tests/clients check the content of the files with ONNX's
/// packages.
@Suite(.serialized) struct ONNXTests {
    @Test(arguments: TransportKind.allCases)
    func aVersionCanBeDownloadedAsONNX(_ transport: TransportKind) throws {
        let api = try API(transport)
        for seed in 1...2 {
            let response = try api.post("/train", Small.training("m", ["seed": .integer(seed)]))
            #expect(response.status == 201, "\(response.text)")
        }
        #expect(try api.post("/train", Small.training("stacked", ["architecture": "stacked"])).status == 201)
        let latest = try api.get("/models/m/model.onnx")
        #expect(latest.status == 200)
        #expect(latest["content-type"] == "application/octet-stream")
        #expect(latest["content-disposition"] == "attachment; filename=\"m-2.onnx\"")
        let tag = try #require(latest["etag"])
        #expect(tag.count == 34 && tag.first == "\"" && tag.last == "\"")

        let second = try api.get("/models/m/versions/2/model.onnx")
        #expect(second.body == latest.body)
        #expect(second["etag"] == tag)
        let first = try api.get("/models/m/versions/1/model.onnx")
        #expect(first["content-disposition"] == "attachment; filename=\"m-1.onnx\"")
        #expect(first.body != latest.body)
        #expect(first["etag"] != tag)

        let stacked = try api.get("/models/stacked/model.onnx")
        for name in ["windows", "reconstruction", "error"] {
            #expect(latest.body.contains(Array(name.utf8)), "\(name)")
            #expect(stacked.body.contains(Array(name.utf8)), "\(name)")
        }
        #expect(latest.body.contains(Array("encoding".utf8)))
        #expect(!stacked.body.contains(Array("encoding".utf8)))

        #expect(try api.get("/models/m/versions/3/model.onnx").status == 404)
        #expect(try api.get("/models/n/model.onnx").status == 404)
    }

    /// A detector without a network has a file with the outputs that /v2 has, and its weights.
    @Test(arguments: ["pca", "zscore", "kmeans"]) func aDetectorHasAnONNXFile(_ detector: String) throws {
        let api = try API(.inProcess)
        let body: JSON = [
            "model": "m", "series": Small.series(rows: 60), "timesteps": 4, "detector": .string(detector),
        ]
        #expect(try api.post("/train", body).status == 201)
        let file = try api.get("/models/m/model.onnx")
        #expect(file.status == 200, "\(file.text)")
        #expect(file["content-disposition"] == "attachment; filename=\"m-1.onnx\"")
        #expect(file["etag"] == (try api.get("/models/m/versions/1/model.onnx")["etag"]))
        let wanted = try api.get("/v2/models/m").json["outputs"]?.array?.compactMap { $0["name"]?.string }
        let names = ["reconstruction", "encoding", "error", "score"]
        #expect(names.filter { Self.declares($0, file.body) } == wanted)
        #expect(Self.declares("windows", file.body))
        let operators = ["pca": "Gemm", "zscore": "Div", "kmeans": "ArgMin"]
        #expect(file.body.contains(Array((operators[detector] ?? "?").utf8)))
        #expect(!file.body.contains(Array("LSTM".utf8)))
        #expect(file.body.contains(Array("{\"detector\":\"\(detector)\"}".utf8)))

        let network = try api.post("/train", Small.training("network"))
        #expect(network.status == 201)
        let other = try api.get("/models/network/model.onnx").body
        #expect(names.allSatisfy { Self.declares($0, other) })
    }

    /// Whether a file declares an input or output: a `ValueInfoProto` begins with its name (field 1), and its
    /// type follows (field 2).
    private static func declares(_ name: String, _ file: [UInt8]) -> Bool {
        file.contains([0x0a, UInt8(name.utf8.count)] + Array(name.utf8) + [0x12])
    }

    /// A strong ETag identifies the uncompressed bytes.
    @Test func anONNXFileIsNotCompressed() throws {
        let api = try API(.inProcess)
        #expect(try api.post("/train", Small.training("m", ["units": [64]])).status == 201)
        let packed = [(name: "Accept-Encoding", value: "gzip")]
        let file = try api.send("GET", "/models/m/model.onnx", fields: packed)
        #expect(file["content-encoding"] == nil)
        #expect(file.body == (try api.get("/models/m/model.onnx").body))
        // The weak ETag of openapi.yaml allows compression.
        #expect(try api.send("GET", "/openapi.yaml", fields: packed)["content-encoding"] == "gzip")
    }
}
