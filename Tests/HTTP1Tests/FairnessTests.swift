import Dispatch
import Glibc
import HTTP1
import HTTP1Testing
import Synchronization
import Testing

/// No client of an event loop starves the others.
@Suite("Fairness over a socket", .serialized)
struct FairnessTests {
    @Test("A request does not wait for another connection's thousands of pipelined requests")
    func pipelining() throws {
        let handler = OrderHandler()
        try withServer(handler) { port in
            nonisolated(unsafe) let flood = Client(port: port)
            let other = Client(port: port)
            // Both connections are open, and the loop waits in the handler until both have sent.
            #expect(flood.get("/first")?.status == 200)
            #expect(other.get("/first")?.status == 200)
            let blocking = Client(port: port)
            blocking.send("GET /block HTTP/1.1\r\nHost: h\r\n\r\n")
            handler.isBlocked.wait()
            let count = 10_000
            let requests = String(repeating: "GET /flood HTTP/1.1\r\nHost: h\r\n\r\n", count: count)
            DispatchQueue.global().async { flood.send(requests) }
            usleep(50_000)
            other.send("GET /other HTTP/1.1\r\nHost: h\r\n\r\n")
            usleep(50_000)
            handler.isReleased.signal()
            #expect(other.response()?.status == 200)
            let before = try #require(handler.floodsBeforeOther)
            #expect(
                before <= 100, "expected a response after one turn of the flood, not after \(before) requests"
            )
            // The flood gets all of its responses in the end.
            for _ in 0..<count { #expect(flood.response()?.status == 200) }
            #expect(blocking.response()?.status == 200)
        }
    }
}

/// Counts the requests of a flood, and blocks the loop on request.
private final class OrderHandler: SimpleHandler {
    let isBlocked = DispatchSemaphore(value: 0)
    let isReleased = DispatchSemaphore(value: 0)
    private let state = Mutex((floods: 0, floodsBeforeOther: Int?.none))

    /// The number of the flood's requests that were handled before the other connection's one.
    var floodsBeforeOther: Int? { state.withLock { $0.floodsBeforeOther } }

    func respond(to request: Request, _ responder: Responder) {
        switch request.path {
        case "/block":
            isBlocked.signal()
            isReleased.wait()
        case "/flood": state.withLock { $0.floods += 1 }
        case "/other": state.withLock { $0.floodsBeforeOther = $0.floods }
        default: break
        }
        responder.send(.text(.ok, "ok"))
    }
}
