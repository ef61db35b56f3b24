import APITesting
import HTTP1
import ServingAPI
import Testing

/// Keys whose scopes are limited to some models.
@Suite struct KeyPrefixTests {
    private let file: TemporaryKeyFile
    private let api: API
    private let full, pump, other: String

    /// A server with the models pump-1 and other-1, and a job for each.
    init() throws {
        var (lines, keys) = ("", [String]())
        for pattern in ["", ":pump-*", ":other-*"] {
            let scopes = ["read", "infer", "train", "admin"].compactMap { Grant($0 + pattern) }
            let (key, line) = try APIKey.make(name: "k\(keys.count)", grants: scopes)
            keys.append(key)
            lines += "\(line)\n"
        }
        (full, pump, other) = (keys[0], keys[1], keys[2])
        file = TemporaryKeyFile(lines)
        api = try API(.inProcess, keys: file.keys())
        for name in ["pump-1", "other-1"] {
            let response = try send("POST", "/train", full, Small.training(name))
            guard response.status == 201 else { throw HarnessError(response.text) }
        }
    }

    private func send(
        _ method: String, _ target: String, _ key: String, _ body: JSON? = nil,
        type: String = "application/json"
    ) throws -> APIResponse {
        try send(method, target, key, text: body.map { "\($0)" }, type: type)
    }

    private func send(
        _ method: String, _ target: String, _ key: String, text: String?, type: String
    ) throws -> APIResponse {
        let fields = TemporaryKeyFile.bearer(key) + [(name: "Content-Type", value: type)]
        return try api.send(method, target, fields: fields, body: text.map { Array($0.utf8) })
    }

    /// The operations that name no model, with the status for a key that may use other models only. Every
    /// other operation must respond 403.
    private static let operationsWithoutModel: [String: Int] = [
        "GET /jobs": 200, "GET /jobs/{job}": 404, "DELETE /jobs/{job}": 404, "GET /jobs/{job}/events": 404,
        "GET /models": 200, "POST /summary": 200, "GET /openapi.yaml": 200, "GET /v2": 200,
        "POST /v2/repository/index": 200, "GET \(Exercise.detectorModels)": 200,
        "GET /anomalydetector/v1.1/multivariate/detect-batch/{result}": 404,
    ]

    /// Sends a request for a model to a route.
    private func call(_ method: String, _ path: String, model: String, _ key: String) throws -> APIResponse {
        var target = path
        for (name, value) in [
            ("model", model), ("version", "1"), ("alias", "a"), ("job", "x"), ("result", "x"),
        ] {
            target = target.replacing("{\(name)}", with: value)
        }
        if method == "GET", path == "/summary" { target += "?model=\(model)" }
        if path.hasSuffix(".safetensors"), method == "PUT" {
            return try send(
                method, target, key, text: Small.modelFile, type: "application/octet-stream")
        }
        let architecture: JSON = ["timesteps": 3, "features": 2, "units": [4]]
        let bodies: [String: JSON] = ["/summary": architecture, "/v2/repository/index": [:]]
        let body: JSON = bodies[path] ?? ["model": .string(model)]
        return try send(method, target, key, ["POST", "PUT"].contains(method) ? body : nil)
    }

    @Test func everyRouteRefusesAKeyForOtherModels() throws {
        let open = Set(api.service.openPaths)
        var remaining = Set(Self.operationsWithoutModel.keys)
        for (method, path, _) in api.service.servedPaths where !open.contains(path) {
            let operation = "\(method) \(path)"
            let status = Self.operationsWithoutModel[operation] ?? 403
            remaining.remove(operation)
            let known = try call(method, path, model: "pump-1", other)
            #expect(known.status == status, "\(operation): \(known.text)")
            let unknown = try call(method, path, model: "pump-2", other)
            #expect(unknown.status == status)
            if status == 403 {
                #expect(
                    known.text.replacing("pump-1", with: "pump-2") == unknown.text,
                    "\(operation) must not reveal which models exist")
            }
        }
        #expect(remaining.isEmpty, "these operations are not served")
        #expect(try send("GET", "/models/pump-1", full).status == 200, "nothing must have been deleted")
    }

    @Test func everyRouteAdmitsAKeyForTheModel() throws {
        let open = Set(api.service.openPaths)
        let refused = ["GET /metrics", "POST \(Exercise.detectorModels)"]
        for (method, path, _) in api.service.servedPaths where !open.contains(path) {
            let response = try call(method, path, model: "pump-1", pump)
            let isRefused = refused.contains("\(method) \(path)")
            #expect((response.status == 403) == isRefused, "\(method) \(path): \(response.text)")
        }
    }

    @Test func anUploadIsRefusedBeforeItsBodyArrives() throws {
        let target = try #require(RequestTarget("/models/pump-1/model.safetensors"))
        let head = RequestHead(
            method: Method("PUT"), target: target, fields: HeaderFields(TemporaryKeyFile.bearer(other)))
        #expect(api.service.exchange(for: head, from: nil).preflight()?.status == .forbidden)
    }

    @Test(arguments: [
        "/train", "/compare", "/reconstruct", "/encode", "/score", "/evaluate", "/layers", "/inspect",
    ])
    func aModelInAQueryIsCheckedToo(_ path: String) throws {
        let target = "\(path)?model=pump-1&timesteps=2"
        #expect(try send("POST", target, other, text: "a,b\n1,2\n3,4\n", type: "text/csv").status == 403)
        #expect(try send("POST", target, pump, text: "a,b\n1,2\n3,4\n", type: "text/csv").status != 403)
    }

    @Test func aRefusalNamesScopeAndModel() throws {
        let response = try send("GET", "/models/pump-1", other)
        #expect(try response.json["type"] == "/problems/forbidden")
        #expect(
            try response.json["detail"] == "the API key 'k2' lacks the scope read for model 'pump-1'")
        #expect(
            response["www-authenticate"]
                == "Bearer realm=\"reprise\", error=\"insufficient_scope\", scope=\"read\"")
        let metrics = try send("GET", "/metrics", other)
        #expect(try metrics.json["detail"]?.string?.contains("needs it for all models") == true)
    }

    @Test func listingsLeaveOutOtherModels() throws {
        func names(_ target: String, _ key: String) throws -> [String] {
            try send("GET", target, key).json["models"]?.array?.compactMap { $0["model"]?.string } ?? []
        }
        #expect(try names("/models", full) == ["other-1", "pump-1"])
        #expect(try names("/models", pump) == ["pump-1"])
        #expect(try names("/models?limit=1", pump) == ["pump-1"], "a page must be full")
        #expect(try send("GET", "/models?limit=1", other).json["next"]?.isNull == true)
        let index = try send("POST", "/v2/repository/index", pump, [:])
        #expect(try index.json.array?.compactMap { $0["name"]?.string } == ["pump-1"])
        let jobs = try send("GET", "/jobs", other).json["jobs"]?.array ?? []
        #expect(jobs.compactMap { $0["model"]?.string } == ["other-1"])
        let job = try #require(jobs.first?["id"]?.string)
        #expect(try send("GET", "/jobs/\(job)", other).status == 200)
        #expect(try send("GET", "/jobs/\(job)", pump).status == 404)
        #expect(try send("DELETE", "/jobs/\(job)", pump).status == 404)
    }

    /// The models of a comparison have names of their own.
    @Test func aKeyForOneModelCannotMakeOthersByAComparison() throws {
        let (key, line) = try APIKey.make("one", "train:pump-1", "infer:pump-1")
        file.write(line)
        let api = try API(.inProcess, keys: file.keys())
        let fields = TemporaryKeyFile.bearer(key)
        let compared = try api.post("/compare", text: "\(Small.comparison("pump-1"))", fields: fields)
        #expect(compared.status == 403, "\(compared.text)")
        #expect(compared.text.contains("pump-1-autoencoder"))
        #expect(try api.post("/train", text: "\(Small.training("pump-1"))", fields: fields).status == 201)
        #expect(try api.post("/train", text: "\(Small.training("pump-10"))", fields: fields).status == 403)
    }

    @Test(
        arguments: [
            ("read", "x", true), ("read:pump-*", "pump-1", true), ("read:pump-*", "pump-", true),
            ("read:pump-*", "pump", false), ("read:pump-*", "Pump-1", false),
            ("read:pump-*", "xpump-1", false),
            ("read:pump", "pump", true), ("read:pump", "pump-1", false),
        ])
    func aPatternCoversNames(_ grant: String, _ name: String, _ isCovered: Bool) throws {
        let (key, line) = try APIKey.make("k", grant)
        file.write(line)
        let api = try API(.inProcess, keys: file.keys())
        let response = try api.send("GET", "/models/\(name)", fields: TemporaryKeyFile.bearer(key))
        #expect(response.status == (isCovered ? 404 : 403))
    }
}
