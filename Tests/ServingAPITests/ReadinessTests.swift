import APITesting
import Foundation
import HTTP1
import ModelFiles
import ModelStore
import ServingAPI
import Synchronization
import Testing

/// Readiness, and requests while the models' folder cannot be used.
@Suite struct ReadinessTests {
    /// The state that the folder of a server under test pretends to have.
    private final class Pretence: Sendable {
        private let status = Mutex(FolderStatus())
        func set(_ fault: FolderStatus.Fault?, _ api: API) {
            status.withLock { $0.fault = fault }
            api.registry.folder.check()
        }
        func current() -> FolderStatus { status.withLock { $0 } }
    }

    private static let upload = (
        path: "/models/m/model.safetensors",
        fields: [(name: "Content-Type", value: "application/octet-stream")]
    )

    @Test func aFolderThatIsGoneIsTakenUpAgain() throws {
        let folder = try TemporaryFolder()
        let log = LogRecorder()
        let api = try API(.inProcess, folder: folder, logger: log.logger)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        let predict: JSON = ["model": "m", "windows": Small.windows]
        #expect(try api.post("/reconstruct", predict).status == 200)

        let away = folder.path + "-away"
        try FileManager.default.moveItem(atPath: folder.path, toPath: away)
        defer { try? FileManager.default.removeItem(atPath: away) }
        api.registry.folder.check()
        for path in ["/readyz", "/v2/health/ready"] {
            let response = try api.get(path)
            #expect(response.status == 503)
            #expect(try response.json["type"] == "/problems/models-folder-unavailable")
            #expect(try response.json["detail"] == "the models' folder does not exist")
            #expect(response["retry-after"] != nil)
        }
        #expect(try api.get("/healthz").status == 200)
        for response in [
            try api.post("/train", Small.training("m")), try api.delete("/models/m"), try api.get("/models"),
            try api.get("/models/m"), try api.get("/models/other"),
            try api.send("PUT", Self.upload.path, fields: Self.upload.fields, body: [1]),
        ] {
            #expect(response.status == 503, "\(response.text)")
            #expect(try response.json["type"] == "/problems/models-folder-unavailable")
            #expect(!response.text.contains(folder.path), "paths are in the log only")
        }
        #expect(try api.get("/jobs").json["jobs"]?.array?.count == 1, "no training has begun")

        // Another folder takes the place, as an empty mount does, and then the first one comes back.
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        api.registry.folder.check()
        #expect(try api.get("/readyz").status == 200)
        #expect(try api.get("/models").json["models"]?.array?.count == 0)
        #expect(try api.post("/reconstruct", predict).status == 404)
        try FileManager.default.removeItem(atPath: folder.path)
        try FileManager.default.moveItem(atPath: away, toPath: folder.path)
        #expect(try api.get("/models").json["models"]?.array?.count == 1)
        #expect(try api.post("/reconstruct", predict).status == 200)
        #expect(log.lines(with: "not ready").count == 1)
        #expect(log.lines(with: "ready again").count == 1)
        #expect(log.lines(with: "disk error").isEmpty, "\(log.lines)")
    }

    @Test func aFullDiskRefusesVersionsAndNothingElse() throws {
        let pretence = Pretence()
        let api = try API(.inProcess, probe: pretence.current)
        for _ in 1...2 { #expect(try api.post("/train", Small.training("m")).status == 201) }
        pretence.set(.full(free: 5 << 20, minimum: 128 << 20), api)
        #expect(try api.get("/readyz").status == 503)
        for response in [
            try api.post("/train", Small.training("m")),
            try api.post("/train", text: "not even read"),
            try api.post("/compare", Small.comparison("m")),
            try api.send(
                "PUT", Self.upload.path, fields: Self.upload.fields, body: Array(Small.modelFile.utf8)),
        ] {
            #expect(response.status == 507)
            #expect(try response.json["type"] == "/problems/disk-full")
            #expect(try response.json["detail"]?.string?.contains("has 5 MiB left") == true)
        }
        #expect(try api.post("/reconstruct", ["model": "m", "windows": Small.windows]).status == 200)
        let alias = try api.send("PUT", "/models/m/aliases/stable", body: Array("{\"version\":2}".utf8))
        #expect(alias.status == 200, "an alias takes next to no room")
        #expect(try api.delete("/models/m/versions/1").status == 204, "deleting makes room")
        pretence.set(nil, api)
        #expect(try api.post("/train", Small.training("m")).status == 201)
    }

    @Test(arguments: [
        FolderStatus.Fault.unwritable("Read-only file system"), .unresponsive(7), .unreadable("I/O error"),
    ])
    func aFolderThatCannotBeWrittenToRefusesEveryChange(fault: FolderStatus.Fault) throws {
        let pretence = Pretence()
        let api = try API(.inProcess, probe: pretence.current)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        pretence.set(fault, api)
        for response in [
            try api.get("/readyz"), try api.post("/train", Small.training("m")), try api.delete("/models/m"),
            try api.send("PUT", "/models/m/aliases/stable", body: Array("{\"version\":1}".utf8)),
        ] {
            #expect(response.status == 503)
            #expect(try response.json["detail"] == .string(fault.description))
        }
        #expect(try api.post("/reconstruct", ["model": "m", "windows": Small.windows]).status == 200)
        // A server that shuts down says so first.
        api.service.isDraining = true
        #expect(try api.get("/readyz").json["type"] == "/problems/draining")
    }

    /// The queue may be long: a training that could not be stored must not begin hours later.
    @Test func aTrainingThatWaitedIsNotBegunInVain() throws {
        let pretence = Pretence()
        let log = LogRecorder()
        let api = try API(.inProcess, logger: log.logger, probe: pretence.current)
        let async = [(name: "Prefer", value: "respond-async")]
        let first = try api.post("/train", text: "\(Small.long("first"))", fields: async)
        let second = try api.post("/train", text: "\(Small.long("second"))", fields: async)
        #expect(second.status == 202)
        pretence.set(.full(free: 0, minimum: 1 << 20), api)
        _ = try api.delete(#require(first["location"]))
        let location = try #require(second["location"])
        for _ in 0..<1000 where try api.get(location).json["state"] != "failed" { usleep(10_000) }
        let job = try api.get(location).json
        #expect(job["state"] == "failed")
        #expect(job["history"]?["loss"]?.array?.count == 0)
        #expect(job["problem"]?["type"] == "/problems/disk-full", "\(job)")
        let lines = log.lines(with: "training failed")
        #expect(
            lines.count == 1 && lines[0].contains("reason=the file system of the models' folder has 0 MiB"))
    }

    @Test func aRequestWithoutResponseIsLogged() throws {
        let log = LogRecorder()
        let api = try API(.inProcess, logger: log.logger)
        #expect(api.service.errorResponse(.badRequest, detail: "x").status == .badRequest)
        #expect(api.service.errorResponse(.internalServerError, detail: "no response").status.code == 500)
        #expect(log.lines == ["error a fault of the server reason=no response"])
    }

    @Test func aFileInTheWayIsReportedInPlainWords() throws {
        let log = LogRecorder()
        let folder = try TemporaryFolder()
        let api = try API(.inProcess, folder: folder, logger: log.logger)
        // The model's folder cannot be made, because a file has its name.
        try Data([1]).write(to: URL(filePath: folder.path + "/m"))
        #expect(try api.post("/train", Small.training("m")).status == 500)
        let failed = try api.send(
            "PUT", Self.upload.path, fields: Self.upload.fields, body: Array(Small.modelFile.utf8))
        #expect(failed.status == 500)
        let lines = log.lines(with: "reason=")
        #expect(lines.contains { $0.hasPrefix("error training failed") }, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("error cannot store an uploaded file") }, "\(lines)")
        for line in lines {
            #expect(line.contains("\(folder.path)/m"), "\(line)")
            #expect(!line.contains("FileError") && !line.contains("disk("), "\(line)")
        }
    }
}
