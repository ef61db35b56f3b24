import APITesting
import Testing

/// Bad requests of the Open Inference Protocol: its clients expect status 400 and the member `error`.
extension InferenceProtocolTests {
    static let bad: [(body: JSON, message: String)] = [
        (["inputs": []], "'inputs' has 0 elements"), ([:], "'inputs' is missing"),
        ([1], "the body is an array"),
        (["inputs": [input(), input()]], "'inputs' has 2 elements"), (["inputs": [1]], "a number"),
        (["inputs": [input(["name": "x"])]], "the only input is 'windows'"),
        (["inputs": [input(["name": nil])]], "'name' is missing"),
        (["inputs": [input(["datatype": nil])]], "'datatype' is missing"),
        (["inputs": [input(["datatype": "INT64"])]], "'INT64'; it must be one of 'FP32', 'FP64'"),
        (["inputs": [input(["shape": nil])]], "'shape' is missing"),
        (["inputs": [input(["shape": [16]])]], "'shape' is [16]; it must be [N, 2, 2]"),
        (["inputs": [input(["shape": [4, 2, 3]])]], "'shape' is [4, 2, 3]; it must be [N, 2, 2]"),
        (["inputs": [input(["shape": [-1, 2, 2]])]], "is -1"),
        (["inputs": [input(["shape": [0, 2, 2]])]], "with N at least 1"),
        (["inputs": [input(["shape": [5, 2, 2]])]], "'data' has the shape [4, 2, 2]; it must be [5, 2, 2]"),
        (["inputs": [input(["shape": [.integer(.max), 2, 2]])]], "too large for a request"),
        (["inputs": [input(["data": nil])]], "'data' is missing"),
        (["inputs": [input(["data": [1, 2, 3]])]], "'data' has the shape [3]"),
        (["inputs": [input(["data": ["x"]])]], "found a string among numbers"),
        (
            ["inputs": [input(["shape": [1, 2, 2], "data": [1, 2, nil, 4]])]],
            "window 0, timestep 1, feature 0"
        ),
        (["inputs": [input(["size": 1])]], "unknown member 'size'"),
        (["inputs": [input(["parameters": ["binary_data_size": 64]])]], "send one of them"),
        (["inputs": [input(["data": nil, "parameters": ["binary_data_size": 64]])]], "0 bytes follow"),
        (["inputs": [input(["parameters": ["shared_memory_region": "x"]])]], "extension"),
        (
            ["inputs": [input()], "outputs": [["name": "x"]]],
            "'x', which is not an output of this model; its outputs are 'reconst"
        ),
        (["inputs": [input()], "outputs": [["name": "error"], ["name": "error"]]], "occurs twice"),
        (
            ["inputs": [input()], "outputs": [["name": "error", "parameters": ["classification": 2]]]],
            "extension"
        ),
        (["inputs": [input()], "outputs": [["name": "error", "binary_data": true]]], "'binary_data'"),
        (["inputs": [input()], "parameters": ["binary_data_output": 1]], "must be true or false"),
        (["inputs": [input()], "model_name": "other"], "the path names 'toy'"),
        (["inputs": [input()], "id": 7], "'id' is a number"), (["inputs": [input()], "zzz": 7], "'zzz'"),
    ]

    @Test func badRequestsGet400WithAnErrorMember() throws {
        let api = try server()
        for (body, message) in Self.bad {
            let response = try infer(api, body)
            #expect(response.status == 400, "\(body)")
            #expect(
                try response.json["error"]?.string?.contains(message) == true, "\(message): \(response.text)")
        }
        let noEncoding = try infer(
            api, ["inputs": [Self.input()], "outputs": [["name": "encoding"]]], of: "stacked")
        #expect(noEncoding.status == 400 && noEncoding.text.contains("is not an output of this model"))
        for path in ["/v2/models/none/infer", "/v2/models/toy/versions/9/infer", "/v2/nothing", "/v2/models"]
        {
            let response = try api.post(path, ["inputs": [Self.input()]])
            #expect(try response.status == 404 && response.json["error"]?.string != nil, "\(path)")
        }
    }

    @Test func badBinaryTensorsGet400() throws {
        let api = try server()
        func request(_ size: Int) -> JSON {
            ["inputs": [Self.input(["data": nil, "parameters": ["binary_data_size": .integer(size)]])]]
        }
        let tensor = Self.bytes(Self.flat)
        var gap = Self.flat
        gap[6] = .nan
        for (body, tensor, length, message) in [
            (request(64), Array(tensor.dropLast()), nil, "63 bytes follow the JSON"),
            (request(64), tensor + [0], nil, "65 bytes follow the JSON"),
            (request(60), tensor, nil, "a binary_data_size of 60"), (request(64), tensor, "-1", "'-1'"),
            (request(64), tensor, "+200", "'+200'"), (request(64), tensor, "x", "'x'"),
            (request(64), tensor, "100000", "'100000'"), (request(64), tensor, "", "''"),
            (request(64), tensor, "99999999999999999999", "'99999999999999999999'"),
            (request(64), tensor, "0", "empty"),
            (request(64), Self.bytes(gap), nil, "window 1, timestep 1, feature 0"),
            (["inputs": [Self.input()]], tensor, nil, "64 bytes follow the JSON"),
        ] as [(JSON, [UInt8], String?, String)] {
            let response = try infer(api, body, tensor: tensor, length: length)
            #expect(response.status == 400 && response.text.contains(message), "\(message): \(response.text)")
        }
        let twice = try infer(
            api, request(64), tensor: tensor, fields: [(name: "Inference-Header-Content-Length", value: "9")])
        #expect(twice.status == 400)
    }
}
