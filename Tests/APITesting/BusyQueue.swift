import Dispatch
import HTTP1
import ServingAPI

/// Keeps a queue of the service busy for as long as the instance exists, without computing for long: it
/// blocks the thread that delivers the response to a request.
package final class BusyQueue: Sendable {
    private let released = DispatchSemaphore(value: 0)

    /// Sends a request to the queue, and returns as soon as it blocks the thread that computed its response.
    /// - Throws: ``HarnessError`` if there is no response within a minute.
    package init(_ api: API, post target: String, _ body: JSON) throws {
        let entered = DispatchSemaphore(value: 0)
        let released = released
        let request = try InProcessTransport.request("POST", target, body: Array("\(body)".utf8))
        api.service.exchange(for: request.head, from: nil).respond(
            to: request,
            Responder { _ in
                entered.signal()
                released.wait()
            })
        guard entered.wait(timeout: .now() + 60) == .success else {
            throw HarnessError("no response to POST \(target) that could block its thread")
        }
    }

    /// Adds a request that waits in the queue behind the blocked one, and discards its response.
    package func enqueue(_ api: API, post target: String, _ body: JSON) throws {
        let request = try InProcessTransport.request("POST", target, body: Array("\(body)".utf8))
        api.service.exchange(for: request.head, from: nil).respond(to: request, Responder { _ in })
    }

    deinit { released.signal() }
}
