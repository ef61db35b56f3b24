import APITesting
import ServingAPI
import Testing

/// Access control with a file of API keys.
@Suite struct APIKeyTests {
    @Test(arguments: TransportKind.allCases)
    func aKeyIsAcceptedOnlyOnTheRoutesOfItsScopes(_ transport: TransportKind) throws {
        var lines = "# a comment\n\n"
        var keys: [Scope: String] = [:]
        for scope in Scope.allCases {
            let (key, line) = try APIKey.make(name: scope.rawValue, grants: [Grant(scope)])
            keys[scope] = key
            lines += line + "  # and another\n"
        }
        let file = TemporaryKeyFile(lines)
        let api = try API(transport, keys: file.keys())
        let calls: [(String, String, Scope)] = [
            ("GET", "/models", .read), ("GET", "/models/x", .read), ("GET", "/summary?model=x", .read),
            ("GET", "/openapi.yaml", .read), ("HEAD", "/models", .read), ("POST", "/summary", .read),
            ("POST", "/reconstruct", .infer), ("POST", "/encode", .infer), ("POST", "/score", .infer),
            ("POST", "/evaluate", .infer), ("POST", "/compare", .train), ("POST", "/layers", .infer),
            ("POST", "/inspect", .infer),
            ("POST", "/train", .train), ("POST", "/models/x/calibrate", .train),
            ("POST", "/models/x/feedback", .train),
            ("DELETE", "/models/x", .admin), ("DELETE", "/models/x/versions/1", .admin),
            ("GET", "/jobs", .read), ("GET", "/jobs/x", .read), ("GET", "/jobs/x/events", .read),
            ("DELETE", "/jobs/x", .train), ("GET", "/models/x/model.safetensors", .read),
            ("GET", "/models/x/versions/1/model.safetensors", .read), ("GET", "/models/x/versions/1", .read),
            ("GET", "/models/x/model.onnx", .read), ("GET", "/models/x/versions/1/model.onnx", .read),
            ("PUT", "/models/x/model.safetensors", .train), ("PUT", "/models/x/aliases/a", .admin),
            ("DELETE", "/models/x/aliases/a", .admin), ("GET", "/v2", .read), ("GET", "/v2/models/x", .read),
            ("GET", "/v2/models/x/versions/1", .read), ("GET", "/v2/models/x/ready", .read),
            ("GET", "/v2/models/x/versions/1/ready", .read), ("POST", "/v2/models/x/infer", .infer),
            ("POST", "/v2/models/x/versions/1/infer", .infer), ("POST", "/v2/repository/index", .read),
            ("GET", "/metrics", .read),
            ("POST", Exercise.detectorModels, .train), ("GET", Exercise.detectorModels, .read),
            ("GET", "\(Exercise.detectorModels)/x", .read),
            ("DELETE", "\(Exercise.detectorModels)/x", .admin),
            ("POST", "\(Exercise.detectorModels)/x:detect-batch", .infer),
            ("POST", "\(Exercise.detectorModels)/x:detect-last", .infer),
            ("GET", "/anomalydetector/v1.1/multivariate/detect-batch/x", .infer),
        ]
        let open =
            [
                "/healthz", "/readyz", "/problems", "/problems/unknown-model", "/v2/health/live",
                "/v2/health/ready",
            ] + Exercise.consolePaths
        let served = try API(.inProcess).service.servedPaths
        #expect(
            calls.count - 1 == served.count - open.count,
            "every served route needs a call, and HEAD is one more"
        )
        for (method, path, needed) in calls {
            let body: [UInt8]? = method == "POST" || method == "PUT" ? Array("{}".utf8) : nil
            for (scope, key) in keys {
                let response = try api.send(method, path, fields: TemporaryKeyFile.bearer(key), body: body)
                // A key that may train can follow the jobs that it has started.
                let mayBeOwner = path.hasPrefix("/jobs/x") && scope == .train
                let isAdmitted = scope == needed || mayBeOwner
                #expect((response.status == 403) != isAdmitted, "\(method) \(path) with \(scope)")
                guard !isAdmitted else { continue }
                #expect(
                    response["www-authenticate"]
                        == "Bearer realm=\"reprise\", error=\"insufficient_scope\", scope=\"\(needed)\"")
            }
            #expect(try api.send(method, path, body: body).status == 401)
        }
        for path in open { #expect(try api.get(path).status == 200) }
    }

    @Test(
        arguments: [
            [], [("Authorization", "Bearer")], [("Authorization", "Bearer ")],
            [("Ocp-Apim-Subscription-Key", "")],
            [("Authorization", "Basic KEY")],
            [("Authorization", "Bearer rk_0")], [("Authorization", "Bearer KEY x")],
            [("Authorization", "Bearer   ")], [("Authorization", "Bearer\tKEY")],
            [("Authorization", "KEY")],
            [("Authorization", "Bearer KEY"), ("Authorization", "Bearer KEY")], [("X-Api-Key", "KEY")],
            [("Ocp-Apim-Subscription-Key", "rk_0")],
            [("Ocp-Apim-Subscription-Key", "KEY"), ("Authorization", "Bearer KEY")],
        ])
    func withoutAValidKeyEveryPathGets401(_ fields: [(String, String)]) throws {
        let (key, line) = try APIKey.make("k", "read", "infer", "train", "admin")
        let file = TemporaryKeyFile(line)
        let api = try API(.inProcess, keys: file.keys())
        let sent = fields.map { (name: $0.0, value: $0.1.replacing("KEY", with: key)) }
        for (method, path) in [("GET", "/models"), ("GET", "/no/such/path"), ("PUT", "/train")] {
            let response = try api.send(method, path, fields: sent)
            #expect(response.status == 401)
            #expect(response["www-authenticate"]?.hasPrefix("Bearer realm=\"reprise\"") == true)
            #expect(!response.text.contains(key))
        }
        #expect(try api.send("GET", "/no/such/path", fields: TemporaryKeyFile.bearer(key)).status == 404)
        #expect(
            try api.send("GET", "/models", fields: [(name: "authorization", value: "BEARER \(key)")]).status
                == 200)
        // 1*SP (RFC 9110, 11.4)
        for blanks in ["  ", "     "] {
            let spaced = [(name: "Authorization", value: "Bearer\(blanks)\(key)")]
            #expect(try api.send("GET", "/models", fields: spaced).status == 200, "\(blanks.count) spaces")
        }
        // A request with several keys, even equal ones, is refused with the reason.
        let several = sent.filter { $0.value.contains(key) }.count > 1
        let refusal = try api.send("GET", "/models", fields: sent)
        #expect(refusal.text.contains("2 API keys") == several, "\(refusal.text)")
        let subscription = [(name: "ocp-apim-subscription-key", value: key)]
        #expect(try api.send("GET", "/models", fields: subscription).status == 200)
    }
}
