import Dispatch
import Foundation

/// What is computed on a thread of its own, to be waited for: Dispatch's few would be late for what has to happen now.
package final class Outcome<Value: Sendable>: @unchecked Sendable {
    // Written before the group is left, read after.
    private var result: Result<Value, any Error>?
    private let group = DispatchGroup()

    package init(_ body: @escaping @Sendable () throws -> Value) {
        group.enter()
        Thread.detachNewThread {
            self.result = Result(catching: body)
            self.group.leave()
        }
    }

    package func wait() throws -> Value {
        guard group.wait(timeout: .now() + 600) == .success, let result else {
            throw HarnessError("no outcome")
        }
        return try result.get()
    }
}
