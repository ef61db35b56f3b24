import Dispatch
import HTTP1
import ServingAPI

/// Keeps a queue of the service busy for as long as a test wants, without long work: the thread that hands over the
/// answer of a request is not let go.
package final class Hold: Sendable {
    private let released = DispatchSemaphore(value: 0)

    /// Returns when the thread is held.
    package init(_ api: API, post target: String, _ body: JSON) throws {
        let entered = DispatchSemaphore(value: 0)
        let released = released
        let request = try InProcess.request("POST", target, body: Array("\(body)".utf8))
        api.service.exchange(for: request.head, from: nil).respond(
            to: request,
            Responder { _ in
                entered.signal()
                released.wait()
            })
        guard entered.wait(timeout: .now() + 60) == .success else { throw HarnessError("nothing to hold") }
    }

    /// Puts a request into the line behind what is held; nobody waits for its answer.
    package func queue(_ api: API, post target: String, _ body: JSON) throws {
        let request = try InProcess.request("POST", target, body: Array("\(body)".utf8))
        api.service.exchange(for: request.head, from: nil).respond(to: request, Responder { _ in })
    }

    deinit { released.signal() }
}
