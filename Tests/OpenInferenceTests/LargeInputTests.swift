import APITesting
import Testing

/// Values that are large, and values with a large offset, under /v2.
@Suite struct LargeInputTests {
    private func infer(_ api: API, _ rows: [[Double]], _ datatype: String, _ members: [String: JSON?] = [:])
        throws
        -> [String: [Double]]
    {
        let (count, timesteps) = (rows.count - Waves.timesteps + 1, Waves.timesteps)
        let windows = (0..<count).map { Array(rows[$0..<($0 + timesteps)]) }
        let input: JSON = [
            "name": "windows", "datatype": .string(datatype),
            "shape": [.integer(count), .integer(timesteps), 2], "data": .array(windows.map { JSON($0) }),
        ]
        let response = try api.post("/v2/models/m/infer", ["inputs": [input]])
        #expect(response.status == 200, "\(datatype): \(response.text.prefix(300))")
        let outputs = try #require(try response.json["outputs"]?.array)
        var values: [String: [Double]] = [:]
        for output in outputs {
            #expect(!"\(output)".contains("null"), "\(output["name"] ?? nil)")
            values[try #require(output["name"]?.string)] = output["data"]?.numbers ?? []
        }
        return values
    }

    @Test(arguments: ["tanh", "relu"]) func aLargeValueHasTheLargestScore(_ activation: String) throws {
        let api = try API(.inProcess)
        let training = Waves.training("m", Waves.rows(400), ["activation": .string(activation)])
        #expect(try api.post("/train", training).status == 201)
        for datatype in ["FP32", "FP64"] {
            let clean = try #require(infer(api, Waves.rows(40), datatype)["score"])
            for value in [1e19, 3.4028235e38, -1e300] {
                let rows = Waves.rows(40) { index, row in if index == 20 { row[1] = value } }
                let scores = try #require(infer(api, rows, datatype)["score"])
                #expect(scores.count == 33)
                // Window 13 is the one that ends in row 20.
                #expect(scores[13] == scores.max(), "\(datatype), \(value): \(scores)")
                for index in scores.indices where !(13...20).contains(index) {
                    #expect(scores[index] == clean[index], "\(datatype), \(value), window \(index)")
                }
            }
        }
    }

    @Test func aLargeOffsetIsKeptWithFP64() throws {
        let api = try API(.inProcess)
        for (model, offset) in [("plain", 0.0), ("m", 1e9)] {
            let rows = Waves.rows(400) { _, row in row[0] += offset }
            #expect(try api.post("/train", Waves.training(model, rows)).status == 201)
        }
        let metadata = try api.get("/v2/models/m").json
        #expect(metadata["inputs"]?[0]?["datatype"] == "FP64")
        #expect(metadata["outputs"]?.array?.allSatisfy { $0["datatype"] == "FP32" } == true)
        #expect(try api.get("/v2/models/plain").json["inputs"]?[0]?["datatype"] == "FP32")
        let rows = Waves.rows(40) { index, row in row[0] += index == 20 ? 1e9 + 6 : 1e9 }
        let found = try infer(api, rows, "FP64")
        let plain = Waves.rows(40) { index, row in if index == 20 { row[0] += 6 } }
        let response = try api.post(
            "/score", ["model": "plain", "series": JSON(plain), "combine": "newest"])
        let expected = try #require(try response.json["rows"]?["scores"]?.array).dropFirst(7)
        for (score, expected) in zip(try #require(found["score"]), expected) {
            let expected = try #require(expected.double)
            #expect(abs(score - expected) <= max(1e-3 * expected, 1e-4), "\(score), \(expected)")
        }
    }
}
