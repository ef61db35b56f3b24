import APITesting
import ServingAPI
import Synchronization
import Testing

/// Several clients that send requests at the same time.
@Suite struct ConcurrencyTests {
    /// The first response of each version.
    private final class FirstResponses: Sendable {
        private let responses = Mutex<[Int: JSON]>([:])

        /// Whether a response equals the first response of its version.
        func agrees(_ response: JSON) -> Bool {
            guard let version = response["version"]?.int else { return false }
            return responses.withLock { responses in
                let first = responses[version] ?? response
                responses[version] = first
                return response == first
            }
        }

        var versions: Int { responses.withLock(\.count) }
    }

    @Test func predictionsStayCorrectWhileVersionsAreAddedAndDeleted() throws {
        let api = try API(.live)
        let url = try #require(api.url)
        let request: JSON = ["model": "m", "windows": Small.windows]
        let firstResponses = FirstResponses()
        let isTraining = Atomic(true)
        #expect(try api.post("/train", Small.training("m", ["seed": 1])).status == 201)

        let readers = try (0..<4).map { _ in
            let client = try Client(url: url)
            return Future {
                var count = 0
                while isTraining.load(ordering: .relaxed) || count < 50 {
                    let response = try client.post("/reconstruct", request)
                    guard response.status == 200, try firstResponses.agrees(response.json) else {
                        throw HarnessError("\(response.status): \(response.text)")
                    }
                    count += 1
                }
                return count
            }
        }
        for version in 2...40 {
            let trained = try api.post(
                "/train", Small.training("m", ["seed": .integer(version), "epochs": 20]))
            #expect(try trained.json["version"]?.int == version)
            #expect(try api.delete("/models/m/versions/\(version - 1)").status == 204)
        }
        isTraining.store(false, ordering: .relaxed)
        for reader in readers { #expect(try reader.wait() >= 50) }
        #expect(firstResponses.versions > 5, "the readers must have seen at least six versions")
    }

    @Test func concurrentTrainingsGetDistinctVersions() throws {
        let api = try API(.live)
        let url = try #require(api.url)
        let trainings = try (0..<8).map { seed in
            let client = try Client(url: url)
            return Future {
                try client.post("/train", Small.training("m", ["seed": .integer(seed)])).json["version"]?.int
            }
        }
        #expect(try Set(trainings.map { try $0.wait() }) == Set(1...8))
        #expect(try api.get("/models/m").json["versions"] == .array((1...8).map(JSON.integer)))
    }
}
