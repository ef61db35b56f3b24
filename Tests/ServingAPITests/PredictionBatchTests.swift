import APITesting
import Glibc
import HTTP1
import ServingAPI
import Synchronization
import Testing

/// Small predictions of one turn of the event loop are computed as one batch, with the same results as
/// separate ones.
@Suite struct PredictionBatchTests {
    private let api: API

    init() throws {
        api = try API(.inProcess)
        for (model, seed) in [("a", 1), ("b", 2)] {
            let members: [String: JSON?] = ["seed": .integer(seed)]
            #expect(try api.post("/train", Small.training(model, members)).status == 201)
        }
        let stacked: [String: JSON?] = ["architecture": "stacked"]
        #expect(try api.post("/train", Small.training("stacked", stacked)).status == 201)
    }

    private func body(_ model: String, windows: Int, _ first: Double) -> JSON {
        let values = (0..<windows).map { window -> JSON in
            .array((0..<2).map { .array([.number(first + Double(window + $0)), .number(-first)]) })
        }
        return ["model": .string(model), "windows": .array(values)]
    }

    @Test func aBatchedPredictionEqualsASeparateOne() throws {
        var requests: [(path: String, body: JSON)] = []
        for number in 0..<60 {
            let model = ["a", "b", "a", "stacked", "none"][number % 5]
            let path = number % 3 == 0 ? "/encode" : "/reconstruct"
            requests.append((path, body(model, windows: 1 + number % 3, Double(number) / 7)))
        }
        // The square of 1e30 exceeds the largest 32-bit float; the other predictions of the batch must not
        // notice.
        requests.insert(("/reconstruct", body("a", windows: 1, 1e30)), at: 7)
        let alone = try requests.map { try api.post($0.path, $0.body) }

        let together = Mutex<[Int: (status: Int, text: String)]>([:])
        for (index, request) in requests.enumerated() {
            let target = try #require(RequestTarget(request.path))
            let head = RequestHead(method: .post, target: target)
            api.service.exchange(for: head, from: nil).respond(
                to: Request(head: head, body: Array("\(request.body)".utf8)),
                Responder { response in
                    guard case .bytes(let bytes) = response.body else { return }
                    let text = String(decoding: bytes, as: UTF8.self)
                    together.withLock { $0[index] = (response.status.code, text) }
                })
        }
        let before = together.withLock { $0.count }
        #expect(before < requests.count, "some predictions must wait for the end of the turn")
        api.service.turnEnded()
        // Requests that read the disk, such as those for an unknown model, are completed on another thread.
        for _ in 0..<10_000 where together.withLock({ $0.count }) < requests.count { usleep(1000) }
        let responses = together.withLock { $0 }
        #expect(responses.count == requests.count)
        for (index, response) in alone.enumerated() {
            #expect(responses[index]?.status == response.status)
            #expect(responses[index]?.text == response.text)
        }
        #expect(Set(alone.map(\.status)) == [200, 404, 409])
    }
}
