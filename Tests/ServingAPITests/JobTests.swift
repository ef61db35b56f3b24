import APITesting
import Glibc
import RepriseClient
import Testing

/// Jobs: asynchronous trainings, their events, and what a disconnect does.
@Suite struct JobTests {
    private static let async = [(name: "Prefer", value: "respond-async")]

    private func start(_ api: API, _ body: JSON, key: String? = nil) throws -> APIResponse {
        let fields = Self.async + (key.map { [(name: "Idempotency-Key", value: $0)] } ?? [])
        return try api.post("/train", text: "\(body)", fields: fields)
    }

    private func wait(_ api: API, _ path: String, for state: String) throws -> JSON {
        for _ in 0..<60_000 {
            let job = try api.get(path).json
            if job["state"]?.string == state { return job }
            usleep(1000)
        }
        throw HarnessError("the job must be \(state) within a minute: \(try api.get(path).text)")
    }

    @Test(arguments: TransportKind.allCases) func aJobReportsItsProgressAndResult(transport: TransportKind)
        throws
    {
        let api = try API(transport)
        let accepted = try start(api, Small.training("m", ["epochs": 7, "validation_split": 0.5]))
        #expect(accepted.status == 202)
        #expect(accepted["preference-applied"] == "respond-async")
        let path = try #require(accepted["location"])
        #expect(try path == "/jobs/\(#require(accepted.json["id"]?.string))")
        let job = try wait(api, path, for: "succeeded")
        #expect(job["epoch"] == 7)
        #expect(job["history"]?["loss"]?.numbers.count == 7)
        #expect(job["history"]?["val_loss"]?.numbers.count == 7)
        #expect(job["seconds_left"]?.isNull == true)
        #expect(job["result"]?["version"] == 1)
        #expect(try api.get("/models/m/versions/1").status == 200)
        #expect(try api.delete(path).status == 204)
        #expect(try api.get(path).status == 404)
        #expect(try api.get("/models/m").status == 200, "deleting a job must keep its model")
    }

    @Test(arguments: TransportKind.allCases) func aRunningJobCanBeCancelled(transport: TransportKind) throws {
        let api = try API(transport)
        let path = try #require(try start(api, Small.long("m"))["location"])
        let running = try wait(api, path, for: "running")
        #expect(running["seconds_left"] != nil)
        #expect(try api.delete(path).status == 202)
        let job = try wait(api, path, for: "cancelled")
        #expect(job["problem"]?["type"] == "/problems/training-cancelled")
        #expect(try api.get("/models/m").status == 404)
    }

    @Test func aFailedJobHasItsProblem() throws {
        let api = try API(.inProcess)
        let path = try #require(try start(api, Small.diverging("m"))["location"])
        let job = try wait(api, path, for: "failed")
        #expect(job["problem"]?["type"] == "/problems/training-failed")
        #expect(job["problem"]?["status"] == 422)
    }

    @Test(arguments: TransportKind.allCases) func aRepeatedIdempotencyKeyGetsTheSameJob(
        transport: TransportKind
    ) throws {
        let api = try API(transport)
        let body = Small.training("m")
        let first = try start(api, body, key: "k")
        #expect(try start(api, body, key: "\"k\"")["location"] == first["location"])
        // A synchronous request with the key gets the result of the job.
        let fields = [(name: "Idempotency-Key", value: "k")]
        #expect(try api.post("/train", text: "\(body)", fields: fields).json["version"] == 1)
        let other = try api.post("/train", text: "\(Small.training("n"))", fields: fields)
        #expect(other.status == 422)
        #expect(try other.json["type"] == "/problems/idempotency-key-reused")
        for key in ["\"\"", "a b", String(repeating: "k", count: 256), "ü"] {
            #expect(try start(api, body, key: key).status == 400, "\(key)")
        }
        #expect(try api.get("/models/m").json["versions"] == [1])
    }

    // MARK: Events

    private struct Events {
        var all: [ServerSentEvent] = []
        var names: [String] { all.map(\.name) }
        var ids: [Int] { all.compactMap { $0.id.flatMap { Int($0) } } }
    }

    private func events(
        _ api: API, _ method: String, _ path: String, _ body: JSON? = nil, max: Int = .max
    ) throws -> Events {
        let client = try RepriseClient(baseURL: #require(api.url), timeout: 60)
        var events = Events()
        do {
            let response = try client.stream(method, path, body: body.map { Array("\($0)".utf8) }) { event in
                events.all.append(event)
                return events.all.count < max
            }
            guard response.status == 200 else { throw HarnessError(response.text) }
        } catch let error as ClientError where events.all.count < max {
            throw error
        } catch {}
        return events
    }

    @Test func aTrainingStreamsItsProgressAndResult() throws {
        let api = try API(.live)
        let events = try events(api, "POST", "/train", Small.training("m", ["epochs": 20]))
        #expect(events.names == ["job"] + Array(repeating: "progress", count: 20) + ["result"])
        #expect(events.ids == Array(1...21))
        let last = try JSON(#require(events.all.last).data)
        #expect(last["version"] == 1)
        #expect(last["history"]?["loss"]?.numbers.count == 20)
        let progress = try JSON(events.all[5].data)
        #expect(progress["epoch"] == 5)
        #expect(progress["epochs"] == 20)
        #expect(progress["loss"]?.double == last["history"]?["loss"]?[4]?.double)
    }

    @Test func aReconnectingReaderGetsTheEventsAfterLastEventID() throws {
        let api = try API(.live)
        let path = try #require(try start(api, Small.training("m", ["epochs": 20]))["location"])
        _ = try wait(api, path, for: "succeeded")
        let all = try events(api, "GET", "\(path)/events")
        #expect(all.ids == Array(1...21))
        let response = try api.send("GET", "\(path)/events", fields: [(name: "Last-Event-ID", value: "17")])
        // Without this field nginx buffers the events.
        #expect(response["x-accel-buffering"] == "no")
        #expect(response["cache-control"] == "no-store")
        #expect(
            response.text.split(separator: "\n").filter { $0.hasPrefix("id: ") } == [
                "id: 18", "id: 19", "id: 20", "id: 21",
            ])
        let seen = try api.send("GET", "\(path)/events", fields: [(name: "Last-Event-ID", value: "21")])
        #expect(seen.status == 204)
    }

    @Test func aFailureOrCancellationEndsTheStream() throws {
        let api = try API(.live)
        let failed = try events(api, "POST", "/train", Small.diverging("m"))
        #expect(failed.names.last == "failed")
        #expect(try JSON(#require(failed.all.last).data)["type"] == "/problems/training-failed")
        let path = try #require(try start(api, Small.long("m"))["location"])
        let url = try #require(api.url)
        let canceller = Future {
            usleep(100_000)
            return try Client(url: url).delete(path).status
        }
        #expect(try events(api, "GET", "\(path)/events").names.last == "cancelled")
        #expect(try canceller.wait() == 202)
    }

    @Test func progressEventsOfFastEpochsAreThinned() throws {
        let api = try API(.live)
        let events = try events(api, "POST", "/train", Small.training("m", ["epochs": 20_000]))
        #expect(events.ids.count < 20_000)
        #expect(events.ids == events.ids.sorted())
        #expect(Array(events.ids.suffix(2)) == [20_000, 20_001])
    }

    // MARK: Clients that disconnect

    /// Whether the newest job is cancelled by the last of 6000 checks, which are a millisecond apart.
    private func becomesCancelled(_ api: API) throws -> Bool {
        for _ in 0..<6000 {
            let job = try api.get("/jobs").json["jobs"]?[0]
            if job?["state"] == "cancelled" { return true }
            usleep(1000)
        }
        return false
    }

    @Test func aClientThatDisconnectsCancelsItsTraining() throws {
        let api = try API(.live)
        let url = try #require(api.url)
        let client = try RepriseClient(baseURL: url, timeout: 1)
        #expect(throws: ClientError.self) {
            try client.post("/train", .json(Array("\(Small.long("m"))".utf8)))
        }
        #expect(try becomesCancelled(api), "the training must be cancelled when its client disconnects")
        #expect(try api.get("/models/m").status == 404)
    }

    @Test func aClientThatClosesItsEventStreamCancelsItsTraining() throws {
        let api = try API(.live)
        let events = try events(api, "POST", "/train", Small.long("m"), max: 3)
        #expect(events.all.count == 3)
        #expect(try becomesCancelled(api), "the training must be cancelled when its client disconnects")
    }

    @Test func anAsynchronousJobContinuesWhenItsReaderDisconnects() throws {
        let api = try API(.live)
        let path = try #require(try start(api, Small.long("m"))["location"])
        _ = try events(api, "GET", "\(path)/events", max: 3)
        usleep(300_000)
        #expect(try api.get(path).json["state"] == "running")
        #expect(try api.delete(path).status == 202)
    }

    @Test(arguments: TransportKind.allCases) func aWarmStartContinuesFromAVersion(transport: TransportKind)
        throws
    {
        let api = try API(transport)
        let base = try api.post("/train", Small.training("m", ["epochs": 30, "learning_rate": 0.01])).json
        let warm = try api.post("/train", Small.warm("m")).json
        #expect(warm["version"] == 2)
        #expect(warm["warm_start"] == 1)
        #expect(warm["parameters"] == base["parameters"])
        let first = try #require(warm["history"]?["loss"]?[0]?.double)
        let last = try #require(base["history"]?["loss"]?.numbers.last)
        #expect(first <= last, "the first loss must not exceed the last loss of the version")
        for name in ["units", "activation", "architecture", "scaling"] {
            let problem = try api.post("/train", Small.warm("m").with([name: name == "units" ? [2] : "none"]))
                .json
            #expect(problem["pointer"]?.string == "/\(name)")
        }
        #expect(try api.post("/train", Small.warm("m").with(["warm_start": 9])).status == 404)
        #expect(try api.post("/train", Small.warm("m").with(["timesteps": 3])).status == 422)
        #expect(try api.post("/train", Small.warm("m").with(["warm_start": 1])).json["warm_start"] == 1)
    }
}
