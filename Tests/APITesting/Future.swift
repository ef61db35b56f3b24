import Dispatch
import Foundation

/// The result of a computation on its own thread.
///
/// It does not use Dispatch's thread pool: with few cores the pool could start the computation too late for a
/// test that needs it to run now.
package final class Future<Value: Sendable>: @unchecked Sendable {
    // Written before the group is left, read afterwards.
    private var result: Result<Value, any Error>?
    private let group = DispatchGroup()

    /// Starts the computation.
    package init(_ body: @escaping @Sendable () throws -> Value) {
        group.enter()
        Thread.detachNewThread {
            self.result = Result(catching: body)
            self.group.leave()
        }
    }

    /// Waits for the result.
    /// - Throws: the error of the computation, or ``HarnessError`` after 10 minutes.
    package func wait() throws -> Value {
        guard group.wait(timeout: .now() + 600) == .success, let result else {
            throw HarnessError("the computation did not end within 10 minutes")
        }
        return try result.get()
    }
}
