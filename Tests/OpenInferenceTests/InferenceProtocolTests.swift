import APITesting
import ServingAPI
import Testing

/// The Open Inference Protocol. `Tests/clients/test_inference_protocol.py` tests it with other clients.
@Suite struct InferenceProtocolTests {
    /// Four windows as nested arrays: N 4, T 2, F 2.
    static let windows: JSON = .array(
        (0..<4).map { row in .array((row..<row + 2).compactMap { Small.series[$0] }) })
    static let flat = windows.numbers.map { Float($0) }

    static func input(_ members: [String: JSON?] = [:]) -> JSON {
        let input: JSON = ["name": "windows", "datatype": "FP32", "shape": [4, 2, 2], "data": windows]
        return input.with(members)
    }

    static func bytes(_ values: [Float]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    private static func floats(_ bytes: some Collection<UInt8>) -> [Float] {
        Array(bytes).withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    /// A server with the models `toy`, an autoencoder with two versions, `stacked`, and `distance`, whose
    /// error kind is mahalanobis.
    func server(_ transport: TransportKind = .inProcess) throws -> API {
        let api = try API(transport)
        for (model, members): (String, [String: JSON?]) in [
            ("toy", [:]), ("toy", ["scaling": "minmax", "units": [3, 2]]),
            ("stacked", ["architecture": "stacked"]),
            ("distance", ["series": Small.series(rows: 60), "error_kind": "mahalanobis"]),
        ] {
            let response = try api.post("/train", Small.training(model, members))
            #expect(response.status == 201, "\(response.text)")
        }
        return api
    }

    func infer(
        _ api: API, _ body: JSON, of model: String = "toy", tensor: [UInt8]? = nil, length: String? = nil,
        fields: [(name: String, value: String)] = []
    ) throws -> APIResponse {
        let json = Array("\(body)".utf8)
        var fields = fields
        if let tensor {
            fields.append((name: "Inference-Header-Content-Length", value: length ?? "\(json.count)"))
            return try api.send("POST", "/v2/models/\(model)/infer", fields: fields, body: json + tensor)
        }
        return try api.send("POST", "/v2/models/\(model)/infer", fields: fields, body: json)
    }

    @Test func metadataListTheOutputsOfTheModel() throws {
        let api = try server()
        let toy = try api.get("/v2/models/toy").json
        #expect(toy["versions"] == ["1", "2"])
        #expect(toy["inputs"] == [["name": "windows", "datatype": "FP32", "shape": [-1, 2, 2]]])
        let names = ["reconstruction", "encoding", "error", "score"]
        #expect(toy["outputs"]?.array?.compactMap { $0["name"]?.string } == names)
        #expect(toy["outputs"]?.array?.map { $0["shape"] } == [[-1, 2, 2], [-1, 2], [-1], [-1]])
        let stacked = try api.get("/v2/models/stacked/versions/1").json
        #expect(
            stacked["outputs"]?.array?.compactMap { $0["name"]?.string } == [
                "reconstruction", "error", "score",
            ])

        #expect(try api.get("/v2").json["extensions"] == ["binary_tensor_data"])
        let index = try api.send("POST", "/v2/repository/index").json
        #expect(
            index.array?.map { "\($0["name"]?.string ?? "") \($0["version"]?.string ?? "")" }
                == ["distance 1", "stacked 1", "toy 1", "toy 2"])
        // An uploaded model without a threshold has no scores.
        let file = Array(Small.modelFile.utf8)
        #expect(try api.send("PUT", "/models/brought/model.safetensors", body: file).status == 201)
        let brought = try api.get("/v2/models/brought").json
        #expect(brought["outputs"]?.array?.compactMap { $0["name"]?.string } == ["reconstruction", "error"])
        let all = try infer(api, ["inputs": [Self.input()]], of: "brought").json
        #expect(all["outputs"]?.array?.count == 2)
    }

    @Test(arguments: TransportKind.allCases) func outputsEqualThoseOfTheNativeRoutes(transport: TransportKind)
        throws
    {
        let api = try server(transport)
        for model in ["toy", "stacked", "distance"] {
            let request: JSON = ["model": .string(model), "windows": Self.windows]
            let reconstructed = try api.post("/reconstruct", request).json
            let scores = try #require(try api.post("/score", request).json["windows"]?.array)
            var wanted: [String: [Double]?] = [
                "reconstruction": reconstructed["reconstructions"]?.numbers,
                "error": reconstructed["scaled_errors"]?.numbers,
                "score": scores.compactMap { $0["score"]?.double },
            ]
            if model != "stacked" {
                wanted["encoding"] = try api.post("/encode", request).json["encodings"]?.numbers
            }
            let response = try infer(api, ["id": "a-1", "inputs": [Self.input()]], of: model).json
            #expect(response["model_name"]?.string == model && response["id"] == "a-1")
            #expect(response["model_version"] == (model == "toy" ? "2" : "1"))
            let outputs = try #require(response["outputs"]?.array)
            #expect(outputs.count == wanted.count)
            for output in outputs {
                let name = try #require(output["name"]?.string)
                let numbers = try #require(output["data"]).numbers
                #expect(numbers == wanted[name], "\(model) \(name)")
                #expect(output["shape"]?.array?.compactMap(\.int).reduce(1, *) == numbers.count)
            }
            // An output that is requested alone equals the one among all outputs.
            for output in outputs {
                let alone = try infer(
                    api, ["inputs": [Self.input()], "outputs": [["name": output["name"] ?? nil]]], of: model)
                #expect(try alone.json["outputs"] == [output])
            }
        }
        let first = try api.post("/v2/models/toy/versions/1/infer", ["inputs": [Self.input()]]).json
        #expect(first["model_version"] == "1" && first["id"] == nil)
    }

    @Test func inputDataMayBeNestedFlatBinaryOrDouble() throws {
        let api = try server()
        let nested = try infer(api, ["inputs": [Self.input()]])
        let numbers = JSON.array(Self.flat.map { .number(Double($0)) })
        let doubles = Self.flat.map { Double($0) }.withUnsafeBytes { Array($0) }
        func binary(_ type: String, _ size: Int) -> JSON {
            let parameters: JSON = ["binary_data_size": .integer(size)]
            return [
                "inputs": [Self.input(["datatype": .string(type), "data": nil, "parameters": parameters])]
            ]
        }
        #expect(nested.status == 200)
        #expect(try infer(api, ["inputs": [Self.input(["data": numbers])]]).body == nested.body)
        #expect(try infer(api, ["inputs": [Self.input(["datatype": "FP64"])]]).body == nested.body)
        #expect(try infer(api, binary("FP32", 64), tensor: Self.bytes(Self.flat)).body == nested.body)
        #expect(try infer(api, binary("FP64", 128), tensor: doubles).body == nested.body)
        let known = (name: "Content-Type", value: "application/octet-stream")
        #expect(
            try infer(api, binary("FP32", 64), tensor: Self.bytes(Self.flat), fields: [known]).body
                == nested.body)
        // The header field is also valid without binary data.
        #expect(try infer(api, ["inputs": [Self.input()]], tensor: []).body == nested.body)
        // Parameters of extensions of other servers are ignored.
        let more: JSON = ["inputs": [Self.input()], "parameters": ["priority": 1, "sequence_id": "x"]]
        #expect(try infer(api, more).body == nested.body)
    }

    @Test(arguments: TransportKind.allCases) func outputsAreBinaryOnRequest(transport: TransportKind) throws {
        let api = try server(transport)
        let text = try infer(api, ["inputs": [Self.input()]]).json
        func values(_ name: String) throws -> [Float] {
            let output = text["outputs"]?.array?.first { $0["name"]?.string == name }
            return try #require(output?["data"]).numbers.map { Float($0) }
        }
        let mixed: JSON = [
            "inputs": [Self.input()], "parameters": ["binary_data_output": true],
            "outputs": [
                ["name": "score", "parameters": ["binary_data": true]],
                ["name": "error", "parameters": ["binary_data": false]], ["name": "reconstruction"],
            ],
        ]
        let response = try infer(api, mixed)
        #expect(response["content-type"] == "application/octet-stream")
        let length = try #require(response["inference-header-content-length"].flatMap { Int($0) })
        let json = try JSON(Array(response.body[..<length]))
        #expect(
            json["outputs"]?.array?.compactMap { $0["name"]?.string } == ["score", "error", "reconstruction"])
        #expect(json["outputs"]?[0]?["parameters"] == ["binary_data_size": 16])
        #expect(json["outputs"]?[2]?["parameters"] == ["binary_data_size": 64])
        #expect(json["outputs"]?[0]?["data"] == nil)
        #expect(try json["outputs"]?[1]?["data"]?.numbers.map { Float($0) } == values("error"))
        let tensors = Self.floats(response.body[length...])
        #expect(
            try Array(tensors[..<4]) == values("score") && Array(tensors[4...]) == values("reconstruction"))
    }

    /// Inference-Header-Content-Length counts bytes of JSON before compression, in requests and in responses.
    @Test(arguments: TransportKind.allCases) func contentCodingsCoverJSONAndBinaryData(
        transport: TransportKind
    ) throws {
        let api = try server(transport)
        let input = Self.input(["data": nil, "parameters": ["binary_data_size": 64]])
        let request: JSON = ["inputs": [input], "parameters": ["binary_data_output": true]]
        let plain = try infer(api, request, tensor: Self.bytes(Self.flat))
        let json = Array("\(request)".utf8)
        for coding in ContentCoding.allCases {
            let body = try #require(coding.compress(json + Self.bytes(Self.flat)))
            let response = try api.send(
                "POST", "/v2/models/toy/infer",
                fields: [
                    (name: "Content-Encoding", value: coding.rawValue),
                    (name: "Inference-Header-Content-Length", value: "\(json.count)"),
                ], body: body)
            #expect(response.status == 200 && response.body == plain.body)
        }
        // 400 windows make a response that is long enough to be compressed.
        let many = (0..<100).flatMap { _ in Self.flat }
        let large: JSON = [
            "inputs": [
                Self.input(["shape": [400, 2, 2], "data": nil, "parameters": ["binary_data_size": 6400]])
            ],
            "parameters": ["binary_data_output": true],
        ]
        let whole = try infer(api, large, tensor: Self.bytes(many))
        let packed = try infer(
            api, large, tensor: Self.bytes(many), fields: [(name: "Accept-Encoding", value: "gzip")])
        #expect(packed["content-encoding"] == "gzip")
        #expect(packed["inference-header-content-length"] == whole["inference-header-content-length"])
        #expect(try ContentCoding.gzip.decompress(packed.body, limit: 1 << 20) == whole.body)
    }
}
