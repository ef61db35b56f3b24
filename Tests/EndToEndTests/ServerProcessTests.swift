import APITesting
import Glibc
import Testing

/// `reprise serve` as a process: signals, memory, reproducible results.
@Suite struct ServerProcessTests {
    @Test func trainingInFlightFinishesAfterSIGTERM() throws {
        // The grace period is long, because a sanitizer slows training down many times.
        let server = try ServerProcess(["--drain", "0.5", "--grace", "600"])
        let inFlight = try Client(url: server.url, timeout: 600)
        // Training takes a second or more.
        let training = Article.training("toy").with(["epochs": 3000])
        let status = Future { try inFlight.post("/train", training).status }
        // The server has received the small body by then.
        usleep(200_000)
        server.signal(SIGTERM)
        while try server.client.get("/readyz").status == 200 { usleep(1000) }
        #expect(try server.client.get("/readyz").status == 503)
        #expect(
            try server.client.get("/models").json["models"] == [],
            "a request while draining is served, and training is still in flight")
        #expect(try status.wait() == 201)
        #expect(server.waitForEnd() == 0)
    }

    @Test func aSecondSignalEndsTheProcessAtOnce() throws {
        let server = try ServerProcess(["--drain", "60"])
        server.signal(SIGTERM)
        while try server.client.get("/readyz").status == 200 { usleep(1000) }
        server.signal(SIGTERM)
        #expect(server.waitForEnd() == 128 + SIGTERM)
    }

    /// The signal handler stays valid until the process has ended.
    @Test func twoSignalsInQuickSuccessionDoNotCrashTheProcess() throws {
        for round in 0..<40 {
            let server = try ServerProcess()
            server.signal(SIGTERM)
            usleep(UInt32(round * 50))
            server.signal(SIGTERM)
            let status = server.waitForEnd()
            #expect(status == 0 || status == 128 + SIGTERM, "\(round * 50) µs between them")
        }
    }

    /// The first training of a process is reproducible, on all cores and on one.
    @Test func twoProcessesTrainTheSameWeights() throws {
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

    @Test(.enabled(if: ServerProcess.canMeasureMemory))
    func memoryDependsOnTheDataAndNotOnTheBatchSize() throws {
        let server = try ServerProcess()
        let before = try server.peakMemory()
        let training = Small.training("m", ["batch_size": 65_536, "units": [256, 128], "epochs": 1])
        #expect(try server.client.post("/train", training).status == 201)
        #expect(try server.peakMemory() - before < 100, "MiB")
    }

    @Test func aBodyOfManyChunksIsReadInLinearTime() throws {
        let server = try ServerProcess()
        let body = [UInt8](repeating: UInt8(ascii: " "), count: 60 << 20)
        let chunked = [
            (name: "Transfer-Encoding", value: "chunked"), (name: "Content-Type", value: "application/json"),
        ]
        #expect(try server.client.send("POST", "/encode", fields: chunked, body: body).status == 400)
    }

    @Test func aBodyThatIsTooLargeIsNotStored() throws {
        let server = try ServerProcess()
        let before = try server.peakMemory()
        let body = [UInt8](repeating: UInt8(ascii: " "), count: 200 << 20)
        #expect(try server.client.send("POST", "/train", fields: [], body: body).status == 413)
        #expect(try server.client.get("/healthz").status == 200)
        #expect(try server.peakMemory() - before < 80, "MiB, with a limit of 64")
    }

    @Test(.enabled(if: ServerProcess.canMeasureMemory))
    func aLargeBodyNeedsLessThanThreeTimesItsSize() throws {
        let server = try ServerProcess()
        let before = try server.peakMemory()
        // 60 MiB of numbers for a model that does not exist.
        let row = "[" + Array(repeating: "0.12345678", count: 32).joined(separator: ",") + "]"
        let rows = Array(repeating: row, count: (60 << 20) / (row.utf8.count + 1)).joined(separator: ",")
        let response = try server.client.post(
            "/reconstruct", text: "{\"model\":\"none\",\"series\":[\(rows)]}")
        #expect(response.status == 404)
        #expect(try server.peakMemory() - before < 180, "MiB")
    }
}
