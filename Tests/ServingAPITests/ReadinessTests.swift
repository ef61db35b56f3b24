import APITesting
import Dispatch
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
        func set(_ fault: FolderStatus.Fault?, freeBytes: Int? = nil, _ api: API) {
            status.withLock { $0 = FolderStatus(fault: fault, freeBytes: freeBytes) }
            api.registry.folder.check()
        }
        func current() -> FolderStatus { status.withLock { $0 } }
    }

    /// The state of a folder whose file server can be made to hang.
    private final class Hang: Sendable {
        private let hangs = Mutex(false)
        private let (entered, released) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        func begin() { hangs.withLock { $0 = true } }
        func end() {
            hangs.withLock { $0 = false }
            released.signal()
        }
        func waitForCaller() throws {
            guard entered.wait(timeout: .now() + 60) == .success else { throw HarnessError("no probe") }
        }
        func probe() -> FolderStatus {
            if hangs.withLock({ $0 }) {
                entered.signal()
                released.wait()
                released.signal()
            }
            return FolderStatus()
        }
    }

    private static let predict: JSON = ["model": "m", "windows": Small.windows]
    /// The same with a body that is too long to be read on a loop.
    private static let predictMuch: JSON = [
        "model": "m", "windows": .array(Array(repeating: [[0, -1], [0.5, 0]], count: 500)),
    ]

    private static let upload = (
        path: "/models/m/model.safetensors",
        fields: [(name: "Content-Type", value: "application/octet-stream")]
    )

    @Test func aFolderThatIsGoneIsTakenUpAgain() throws {
        let folder = try TemporaryFolder()
        let log = LogRecorder()
        let api = try API(.inProcess, folder: folder, logger: log.logger)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        #expect(try api.post("/reconstruct", Self.predict).status == 200)

        let away = folder.path + "-away"
        try FileManager.default.moveItem(atPath: folder.path, toPath: away)
        defer { try? FileManager.default.removeItem(atPath: away) }
        #expect(try api.post("/reconstruct", Self.predictMuch).status == 200, "the first one to notice")
        #expect(api.registry.folder.status.fault == .missing)
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
        for body in [Self.predict, Self.predictMuch] {
            #expect(try api.post("/reconstruct", body).status == 200, "the model is in memory")
        }
        #expect(try api.get("/metrics").text.contains("\nreprise_models 1\n"))
        #expect(log.lines.count { $0.hasPrefix("error") } == 1, "\(log.lines)")

        // Another folder takes the place, as an empty mount does, and then the first one comes back.
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        api.registry.folder.check()
        #expect(try api.get("/readyz").status == 200)
        #expect(try api.get("/models").json["models"]?.array?.count == 0)
        #expect(try api.post("/reconstruct", Self.predictMuch).status == 404)
        try FileManager.default.removeItem(atPath: folder.path)
        try FileManager.default.moveItem(atPath: away, toPath: folder.path)
        #expect(try api.get("/models").json["models"]?.array?.count == 1)
        #expect(try api.post("/reconstruct", Self.predict).status == 200)
        #expect(log.lines(with: "not ready").count == 1)
        #expect(log.lines(with: "ready again").count == 1)
        #expect(log.lines(with: "disk error").isEmpty, "\(log.lines)")
    }

    @Test func aFolderThatHangsBlocksOnlyTheRequestsThatMetIt() throws {
        let hang = Hang()
        let folder = try TemporaryFolder()
        let api = try API(.inProcess, folder: folder, probe: hang.probe)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        // Reading the listing again finds no folder, and then asks the file server, which hangs.
        let away = folder.path + "-away"
        try FileManager.default.moveItem(atPath: folder.path, toPath: away)
        hang.begin()
        // These block both threads of the prediction queue.
        let stuck = (0..<2).map { _ in Future { try api.get("/models/none") } }
        for _ in stuck { try hang.waitForCaller() }
        #expect(try api.get("/metrics").status == 200, "a scrape gives its rescan up")
        try hang.waitForCaller()

        api.registry.folder.tick(at: 0)
        try hang.waitForCaller()
        api.registry.folder.tick(at: 5000)
        for body in [Self.predict, Self.predictMuch] {
            #expect(try api.post("/reconstruct", body).status == 200, "the model is in memory")
        }
        for path in ["/models", "/models/m", "/models/none", "/v2/models/none", "/readyz"] {
            let response = try api.get(path)
            #expect(response.status == 503, "\(path) \(response.text)")
            #expect(response.text.contains("has not responded for 5 s"), "\(path) \(response.text)")
        }
        let metrics = try api.get("/metrics").text
        #expect(metrics.contains("\nreprise_models 1\n"))
        #expect(metrics.contains("\nreprise_work_queue_waiting 0\n"))
        #expect(!metrics.contains("reprise_models_folder_free_bytes"), "it is not known")

        try FileManager.default.moveItem(atPath: away, toPath: folder.path)
        hang.end()
        for request in stuck { #expect(try request.wait().status == 404) }
        api.registry.folder.waitForProbe()
        #expect(try api.get("/models/m").status == 200)
        #expect(try api.get("/readyz").status == 200)
    }

    @Test func aRetryGetsItsVersionWhileTheDiskIsFull() throws {
        let folder = try TemporaryFolder()
        let fields = [(name: "Idempotency-Key", value: "k")]
        let body = "\(Small.training("m"))"
        let first = try API(.inProcess, folder: folder)
        #expect(try first.post("/train", text: body, fields: fields).status == 201)
        let pretence = Pretence()
        let second = try API(.inProcess, folder: folder, probe: pretence.current)
        for fault in [FolderStatus.Fault.full(free: 0, minimum: 1), .unwritable("Read-only file system")] {
            pretence.set(fault, second)
            // The second retry finds the job of the first one.
            for _ in 1...2 {
                let retry = try second.post("/train", text: body, fields: fields)
                #expect(retry.status == 201, "\(retry.text)")
                #expect(try retry.json["version"] == 1)
            }
            let other = try second.post("/train", text: body, fields: [(name: "Idempotency-Key", value: "l")])
            #expect(other.status == (fault.isFull ? 507 : 503))
        }
    }

    @Test func theFreeSpaceIsThatOfTheLastCheck() throws {
        let pretence = Pretence()
        let api = try API(.inProcess, probe: pretence.current)
        #expect(try !api.get("/metrics").text.contains("reprise_models_folder_free_bytes"))
        pretence.set(nil, freeBytes: 12_345, api)
        #expect(try api.get("/metrics").text.contains("\nreprise_models_folder_free_bytes 12345\n"))
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
        // The state of a job is visible before its end is logged.
        for _ in 0..<1000 where log.lines(with: "training failed").isEmpty { usleep(10_000) }
        let lines = log.lines(with: "training failed")
        #expect(
            lines.count == 1 && lines[0].contains("reason=the file system of the models' folder has 0 MiB"))
    }

    @Test func aRequestWithoutResponseIsLogged() throws {
        let log = LogRecorder()
        let api = try API(.inProcess, logger: log.logger)
        let target = try #require(RequestTarget("/models?limit=1"))
        let head = RequestHead(
            method: .get, target: target, fields: HeaderFields([(name: "X-Request-Id", value: "abc")]))
        #expect(api.service.exchange(for: head, from: nil).missingResponse().status == .internalServerError)
        let reason = "the request handler returned no response"
        #expect(log.lines == ["error a fault of the server path=/models reason=\(reason) request_id=abc"])
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
