import APITesting
import Glibc
import Testing

/// `reprise serve` as a process: signals, memory, the same results everywhere.
@Suite struct ServerProcessTests {
    @Test func aTrainingInFlightFinishesAfterSIGTERM() throws {
        // Ample, because a sanitizer makes it many times as long.
        let server = try ServerProcess(["--drain", "0.5", "--grace", "600"])
        let inFlight = try Client(url: server.url, timeout: 600)
        // A second or more.
        let training = Article.training("toy").with(["epochs": 3000])
        let status = Outcome { try inFlight.post("/train", training).status }
        // Long enough for the small body to be there.
        usleep(200_000)
        server.signal(SIGTERM)
        while try server.client.get("/readyz").status == 200 { usleep(1000) }
        #expect(try server.client.get("/readyz").status == 503)
        #expect(
            try server.client.get("/models").json["models"] == [],
            "what comes while draining is served, and the training was in flight")
        #expect(try status.wait() == 201)
        #expect(server.waitForEnd() == 0)
    }

    @Test func aSecondSignalEndsItAtOnce() throws {
        let server = try ServerProcess(["--drain", "60"])
        server.signal(SIGTERM)
        while try server.client.get("/readyz").status == 200 { usleep(1000) }
        server.signal(SIGTERM)
        #expect(server.waitForEnd() == 128 + SIGTERM)
    }

    /// A signal that comes while the process is ending finds nothing that is gone already.
    @Test func twoSignalsInShortOrderNeverCrashIt() throws {
        for round in 0..<40 {
            let server = try ServerProcess()
            server.signal(SIGTERM)
            usleep(UInt32(round * 50))
            server.signal(SIGTERM)
            let status = server.waitForEnd()
            #expect(status == 0 || status == 128 + SIGTERM, "\(round * 50) µs between them")
        }
    }

    /// The first training of a process, where nothing is warm, and one core instead of all.
    @Test func twoProcessesTrainTheSameBits() throws {
        let request: JSON = [
            "model": "m", "series": Small.series(rows: 600), "timesteps": 10, "units": [24, 12], "epochs": 3,
            "batch_size": 64,
        ]
        func history(_ server: ServerProcess) throws -> JSON? {
            try server.client.post("/train", request).json["history"]
        }
        let first = try #require(try history(ServerProcess()))
        #expect(first["loss"]?.numbers.count == 3)
        #expect(try history(ServerProcess()) == first)
        #expect(try history(ServerProcess(launcher: ["/usr/bin/taskset", "--cpu-list", "0"])) == first)
    }

    @Test(.enabled(if: ServerProcess.memoryIsItsOwn))
    func memoryIsForTheDataNotForTheBatchSize() throws {
        let server = try ServerProcess()
        let before = try server.peakMemory()
        let training = Small.training("m", ["batch_size": 65_536, "units": [256, 128], "epochs": 1])
        #expect(try server.client.post("/train", training).status == 201)
        #expect(try server.peakMemory() - before < 100, "MiB")
    }

    @Test func aBodyOfManySmallChunksIsReadInOneGo() throws {
        let server = try ServerProcess()
        let body = [UInt8](repeating: UInt8(ascii: " "), count: 60 << 20)
        let chunked = [
            (name: "Transfer-Encoding", value: "chunked"), (name: "Content-Type", value: "application/json"),
        ]
        #expect(try server.client.send("POST", "/encode", fields: chunked, body: body).status == 400)
    }

    @Test func aBodyThatIsTooLargeIsNotHeld() throws {
        let server = try ServerProcess()
        let before = try server.peakMemory()
        let body = [UInt8](repeating: UInt8(ascii: " "), count: 200 << 20)
        #expect(try server.client.send("POST", "/train", fields: [], body: body).status == 413)
        #expect(try server.client.get("/healthz").status == 200)
        #expect(try server.peakMemory() - before < 80, "MiB, with a limit of 64")
    }

    @Test(.enabled(if: ServerProcess.memoryIsItsOwn))
    func aLargeBodyTakesLessThanThreeTimesItsSize() throws {
        let server = try ServerProcess()
        let before = try server.peakMemory()
        // 60 MiB of numbers for a model that there is not.
        let row = "[" + Array(repeating: "0.12345678", count: 32).joined(separator: ",") + "]"
        let rows = Array(repeating: row, count: (60 << 20) / (row.utf8.count + 1)).joined(separator: ",")
        let answer = try server.client.post("/reconstruct", text: "{\"model\":\"none\",\"series\":[\(rows)]}")
        #expect(answer.status == 404)
        #expect(try server.peakMemory() - before < 180, "MiB")
    }
}
