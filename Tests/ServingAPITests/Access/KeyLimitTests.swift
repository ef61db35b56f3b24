import APITesting
import Glibc
import RepriseClient
import ServingAPI
import Testing

/// The expiry and the limits of keys, and what becomes of the trainings of a key.
@Suite struct KeyLimitTests {
    private let file = TemporaryKeyFile()

    private func send(
        _ api: API, _ method: String, _ path: String, _ key: String, _ body: JSON? = nil,
        isAsync: Bool = false
    ) throws -> APIResponse {
        let fields =
            TemporaryKeyFile.bearer(key) + (isAsync ? [(name: "Prefer", value: "respond-async")] : [])
        return try api.send(method, path, fields: fields, body: body.map { Array("\($0)".utf8) })
    }

    // MARK: Expiry

    @Test(arguments: ["2027-01-31", "2027-01-31T00:00:00Z", "2027-01-31T01:00:00+01:00"])
    func anExpiredKeyIsRefused(_ expiry: String) throws {
        let (key, line) = try APIKey.make("k", "read", options: "expires=\(expiry)")
        file.write(line)
        let api = try API(.inProcess, keys: file.keys())
        file.clock.advance(59)
        #expect(try send(api, "GET", "/models", key).status == 200)
        file.clock.advance(1)
        let response = try send(api, "GET", "/models", key)
        #expect(response.status == 401)
        #expect(
            response["www-authenticate"]
                == "Bearer realm=\"reprise\", error=\"invalid_token\", "
                + "error_description=\"The access token expired\"")
        #expect(
            try response.json["detail"]
                == "the API key 'k' expired at 2027-01-31T00:00:00Z; use another key")
        #expect(try send(api, "GET", "/no/such/path", key).status == 401)
    }

    // MARK: Rate

    @Test func requestsBeyondTheRateOfAKeyGet429() throws {
        let (key, line) = try APIKey.make("k", "read", options: "rate=2/s")
        let (other, otherLine) = try APIKey.make("other", "read")
        file.write(line + otherLine)
        let keys = try file.keys()
        let api = try API(.inProcess, keys: keys)
        func status() throws -> Int { try send(api, "GET", "/models", key).status }
        #expect(try (status(), status()) == (200, 200))
        let refused = try send(api, "GET", "/models", key)
        #expect(refused.status == 429)
        #expect(refused["retry-after"] == "1")
        #expect(try refused.json["type"] == "/problems/too-many-requests")
        #expect(try refused.json["detail"]?.string?.contains("rate=2/s") == true)
        #expect(try send(api, "GET", "/no/such/path", key).status == 429)
        #expect(try send(api, "GET", "/models", other).status == 200)
        #expect(try api.get("/healthz").status == 200)
        let azure = try send(api, "GET", Exercise.detectorModels, key)
        #expect(azure.status == 429 && azure["x-ms-error-code"] == "TooManyRequests")
        file.clock.advance(0.5)
        #expect(try (status(), status()) == (200, 429))
        file.write(line + otherLine + "# a change\n")
        keys.check()
        #expect(try status() == 429, "a change of the file must not refill the bucket")
        file.clock.advance(60)
        #expect(try (status(), status(), status()) == (200, 200, 429), "the burst is that of one second")
    }

    @Test func aRateBelowOnePerSecondAllowsOneRequestAtATime() throws {
        let (key, line) = try APIKey.make("k", "read", options: "rate=0.25/s")
        file.write(line)
        let api = try API(.inProcess, keys: file.keys())
        #expect(try send(api, "GET", "/models", key).status == 200)
        #expect(try send(api, "GET", "/models", key)["retry-after"] == "4")
        file.clock.advance(4)
        #expect(try send(api, "GET", "/models", key).status == 200)
    }

    // MARK: Trainings

    @Test func trainingsBeyondTheLimitOfAKeyGet429() throws {
        let (key, line) = try APIKey.make("k", "train", options: "trainings=2")
        let (other, otherLine) = try APIKey.make("other", "train")
        file.write(line + otherLine)
        let api = try API(.inProcess, keys: file.keys())
        func train(_ key: String, _ model: String) throws -> APIResponse {
            try send(api, "POST", "/train", key, Small.long(model), isAsync: true)
        }
        let (running, waiting) = (try train(key, "a"), try train(key, "b"))
        #expect((running.status, waiting.status) == (202, 202))
        let refused = try train(key, "c")
        #expect(refused.status == 429)
        #expect(refused["retry-after"] == "10")
        #expect(try refused.json["type"] == "/problems/too-many-trainings")
        #expect(try refused.json["detail"]?.string?.contains("trainings=2") == true)
        let others = try train(other, "d")
        #expect(others.status == 202)
        // The owner may cancel without any other scope.
        #expect(try send(api, "DELETE", try #require(waiting["location"]), key).status == 202)
        let next = try train(key, "c")
        #expect(next.status == 202)
        for job in [running, others, next] {
            #expect(try send(api, "DELETE", try #require(job["location"]), other).status == 202)
        }
    }

    @Test func aKeyThatTrainsCanFollowItsOwnJobs() throws {
        let (key, line) = try APIKey.make("k", "train")
        let (other, otherLine) = try APIKey.make("other", "train")
        let (reader, readerLine) = try APIKey.make("reader", "read")
        file.write(line + otherLine + readerLine)
        let api = try API(.live, keys: file.keys())
        let path = try #require(
            try send(api, "POST", "/train", key, Small.training("m"), isAsync: true)["location"])
        #expect(try send(api, "GET", path, key).status == 200)
        #expect(try send(api, "GET", "\(path)/events", key).text.contains("event: result"))
        #expect(try send(api, "GET", path, reader).status == 200)
        #expect(try send(api, "GET", path, other).status == 404, "the job of another key needs read")
        #expect(try send(api, "GET", "\(path)/events", other).status == 404)
        #expect(try send(api, "GET", "/jobs", key).status == 403)
        #expect(try send(api, "DELETE", path, key).status == 204)
    }

    @Test(arguments: [(nil, 401), ("read", 403), ("train:x", 403)] as [(String?, Int)])
    func aComparisonStartsNoTrainingForARevokedKey(_ scope: String?, _ status: Int) throws {
        let (key, line) = try APIKey.make("k", "train")
        let (ops, opsLine) = try APIKey.make("ops", "read")
        file.write(line + opsLine)
        let keys = try file.keys()
        let api = try API(.inProcess, keys: keys)
        let comparison = Small.comparison("m", ["epochs": 200, "seeds": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
        let compared = Future {
            try api.send(
                "POST", "/compare", fields: TemporaryKeyFile.bearer(key), body: Array("\(comparison)".utf8))
        }
        while try send(api, "GET", "/jobs", ops).json["jobs"]?.array?.isEmpty != false { usleep(1000) }
        file.write((scope.map { line.replacing(" train ", with: " \($0) ") } ?? "") + opsLine)
        keys.check()
        let response = try compared.wait()
        #expect(response.status == status, "\(response.text)")
        #expect(try send(api, "GET", "/jobs", ops).json["jobs"]?.array?.count ?? 0 < 20)
    }

    // MARK: Event streams

    /// The ways in which a key ends.
    enum End { case revoked, expired, restricted }

    /// Before, the stream went on until the job had ended.
    @Test(
        arguments: [
            (.revoked, "GET"), (.expired, "GET"), (.restricted, "GET"), (.revoked, "POST"),
            (.expired, "POST"),
        ] as [(End, String)])
    func theEventStreamOfAKeyEndsWithTheKey(_ end: End, _ method: String) throws {
        let (key, line) = try APIKey.make("k", "read", "train", options: "expires=2027-01-31")
        let (ops, opsLine) = try APIKey.make("ops", "read", "train")
        file.write(line + opsLine)
        let keys = try file.keys()
        let api = try API(.live, keys: keys)
        let url = try #require(api.url)
        var path = "/train"
        if method == "GET" {
            // The job of another key.
            path = try #require(try send(api, "POST", path, ops, Small.long("m"), isAsync: true)["location"])
            path += "/events"
        }
        let client = try RepriseClient(baseURL: url, timeout: 60, apiKey: key)
        var events: [ServerSentEvent] = []
        let body = method == "POST" ? Array("\(Small.long("m"))".utf8) : nil
        let response = try client.stream(method, path, body: body) { event in
            events.append(event)
            guard events.count == 3 else { return true }
            switch end {
            case .revoked: file.write(opsLine)
            case .expired: file.clock.advance(3600)
            case .restricted: file.write(line.replacing("read,train", with: "read:x,train:x") + opsLine)
            }
            keys.check()
            return true
        }
        #expect(response.status == 200)
        #expect(events.last?.name == "unauthorized")
        let problem = try JSON(#require(events.last).data)
        #expect(problem["type"] == "/problems/unauthorized")
        // The job goes on.
        let job = try #require(try send(api, "GET", "/jobs", ops).json["jobs"]?[0])
        #expect(job["state"] == "running")
        let id = try #require(job["id"]?.string)
        #expect(try send(api, "DELETE", "/jobs/\(id)", ops).status == 202)
    }
}
