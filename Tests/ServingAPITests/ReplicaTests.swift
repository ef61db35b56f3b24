import APITesting
import Foundation
import Glibc
import ServingAPI
import Testing

/// Several servers with one folder of models, and read-only servers.
@Suite struct ReplicaTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func replica(isReadOnly: Bool = false, keys: APIKeys? = nil) throws -> API {
        try API(.inProcess, keys: keys, folder: folder, isReadOnly: isReadOnly)
    }

    /// Whether a condition becomes true within a second.
    private func eventually(_ body: () throws -> Bool) throws -> Bool {
        for _ in 0..<100 {
            if try body() { return true }
            usleep(10_000)
        }
        return false
    }

    private static func predict(_ api: API, _ version: JSON? = nil) throws -> JSON {
        let body: JSON = ["model": "m", "windows": Small.windows]
        return try api.post("/reconstruct", body.with(["version": version])).json["version"] ?? .null
    }

    @Test func aVersionTrainedOnOneServerIsServedByAll() throws {
        let (one, other) = (try replica(), try replica())
        for version in 1...3 {
            #expect(try one.post("/train", Small.training("m")).json["version"] == .integer(version))
            #expect(
                try Self.predict(other, .integer(version)) == .integer(version),
                "a version must be available by its number at once")
            #expect(
                try eventually { try Self.predict(other) == .integer(version) },
                "the other server must predict with version \(version) by default")
            #expect(
                try eventually { try Self.predict(other, "latest") == .integer(version) },
                "latest must be version \(version) on the other server")
            #expect(try other.get("/models").json["models"]?[0]?["version"] == .integer(version))
            #expect(try other.post("/v2/repository/index", [:]).json.array?.count == version)
            #expect(try other.get("/summary?model=m").status == 200)
        }
        #expect(
            try one.send("PUT", "/models/m/aliases/stable", body: Array("{\"version\":1}".utf8)).status == 200
        )
        #expect(
            try eventually { try Self.predict(other, "stable") == 1 },
            "the other server must resolve the alias")
        #expect(
            try other.delete("/models/m/versions/1").status == 409,
            "an alias set on another server must protect the version")
        #expect(try one.delete("/models/m/versions/3").status == 204)
        #expect(
            try eventually { try Self.predict(other) == 2 },
            "the other server must predict with version 2 after version 3 is deleted")
        #expect(try other.delete("/models/m/versions/3").status == 404)
        #expect(try other.delete("/models/m").status == 204)
        #expect(
            try eventually { try one.get("/models/m").status == 404 },
            "a model that another server deletes must disappear")
    }

    @Test func metricsCountTheVersionsOfOtherServers() throws {
        let (one, other) = (try replica(), try replica())
        #expect(try one.post("/train", Small.training("m")).status == 201)
        let metrics = try Exposition(other.get("/metrics").text)
        #expect(metrics.value("reprise_models") == 1)
        #expect(metrics.value("reprise_model_versions") == 1)
    }

    /// A proxy may repeat a request at another server after the first server, which may have completed it,
    /// has failed.
    @Test func aRepeatedIdempotencyKeyMakesOneVersionAcrossServers() throws {
        let (one, other) = (try replica(), try replica())
        let body = "\(Small.training("m"))"
        let key = [(name: "Idempotency-Key", value: "k")]
        let first = try one.post("/train", text: body, fields: key)
        #expect(first.status == 201)
        let second = try other.post("/train", text: body, fields: key)
        #expect(second.status == 201)
        #expect(second["location"] == "/models/m/versions/1")
        #expect(try second.json == first.json)
        let async = try replica().post(
            "/train", text: body, fields: key + [(name: "Prefer", value: "respond-async")])
        #expect(async.status == 202)
        #expect(try async.json["state"] == "succeeded")
        #expect(try async.json["result"]?["version"] == 1)
        #expect(try async.json["history"] == first.json["history"])
        #expect(try one.get("/models/m").json["versions"] == [1])
        let another = [(name: "Idempotency-Key", value: "l")]
        #expect(try other.post("/train", text: body, fields: another).json["version"] == 2)
        #expect(
            try other.post("/train", Small.training("m")).json["version"] == 3,
            "a request without a key must train another version")
    }

    // MARK: Read-only

    /// The operations that a read-only server carries out although their method is not GET: they compute, or
    /// change only what is in memory.
    private static let allowedOperations: Set<String> = [
        "POST /reconstruct", "POST /encode", "POST /score", "POST /evaluate", "POST /layers", "POST /summary",
        "POST /inspect",
        "DELETE /jobs/{job}", "POST /v2/repository/index", "POST /v2/models/{model}/infer",
        "POST /v2/models/{model}/versions/{version}/infer",
        "POST \(Exercise.detectorModels)/{model}:detect-batch",
        "POST \(Exercise.detectorModels)/{model}:detect-last",
    ]

    @Test func eachOperationThatIsNotGETMutatesModelsOrIsListed() throws {
        var allowed: Set<String> = []
        var refused: Set<String> = []
        for route in try API(.inProcess).service.servedPaths where route.method != "GET" {
            let operation = "\(route.method) \(route.path)"
            if route.mutatesModels { refused.insert(operation) } else { allowed.insert(operation) }
        }
        #expect(
            allowed == Self.allowedOperations,
            "a route that changes the models' folder needs mutatesModels; list any other")
        #expect(
            refused == Set(Exercise.readOnly.map(\.operation)),
            "each route with mutatesModels needs an exercise that a read-only server refuses")
    }

    /// Sizes, modification times and inode numbers of all files of the folder.
    private func state() throws -> [String: [FileAttributeKey: String]] {
        var state: [String: [FileAttributeKey: String]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) + ["."] {
            let all = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(path)")
            state[path] = [.size, .modificationDate, .systemFileNumber].reduce(into: [:]) {
                $0[$1] = "\(all[$1] ?? "")"
            }
        }
        return state
    }

    @Test func aReadOnlyServerServesButDoesNotWrite() throws {
        let writer = try replica()
        #expect(try writer.post("/train", Small.training("m")).status == 201)
        let before = try state()
        let reader = try replica(isReadOnly: true)
        for exercise in Exercise.readOnly {
            let response = try exercise.send(to: reader)
            #expect(response.status == 405, "\(exercise)")
            #expect(response.text.contains("--read-only"), "\(exercise): \(response.text)")
        }
        #expect(try reader.send("PUT", "/train", body: []).status == 405)
        #expect(try reader.post("/train", [:])["allow"] == "OPTIONS")
        #expect(try reader.delete("/models/m")["allow"] == "GET, HEAD, OPTIONS")
        #expect(try reader.post("/healthz", [:])["allow"] == "GET, HEAD, OPTIONS")
        let windows: JSON = ["model": "m", "windows": Small.windows]
        for path in ["/reconstruct", "/encode", "/score", "/layers"] {
            #expect(try reader.post(path, windows).status == 200, "\(path)")
        }
        for path in [
            "/models", "/models/m", "/models/m/versions/1", "/models/m/model.onnx", "/summary?model=m",
            "/jobs",
            "/v2/models/m/ready", "/readyz", "/healthz", "/metrics", Exercise.detectorModels,
        ] { #expect(try reader.get(path).status == 200, "\(path)") }
        #expect(try reader.post("/v2/repository/index", [:]).json.array?.count == 1)
        #expect(try state() == before, "a read-only server must not write")
        #expect(try writer.post("/train", Small.training("m")).status == 201)
        #expect(
            try eventually { try Self.predict(reader) == 2 },
            "a read-only server must serve the versions of other servers")
    }

    @Test func aReadOnlyServerChecksKeysFirst() throws {
        let (key, line) = try APIKey.make("k", "read")
        let file = TemporaryKeyFile(line)
        let reader = try replica(isReadOnly: true, keys: file.keys())
        #expect(try reader.post("/train", [:]).status == 401)
        let bearer = [(name: "Authorization", value: "Bearer \(key)")]
        #expect(
            try reader.post("/train", text: "{}", fields: bearer).status == 405,
            "a valid key must not allow the request either")
    }
}
