import Dispatch

/// What a closure on another thread comes to.
package final class Outcome<Value: Sendable>: @unchecked Sendable {
    // Written before the group is left, read after.
    private var result: Result<Value, any Error>?
    private let group = DispatchGroup()

    package init(_ body: @escaping @Sendable () throws -> Value) {
        DispatchQueue.global().async(group: group) { self.result = Result(catching: body) }
    }

    package func wait() throws -> Value {
        guard group.wait(timeout: .now() + 120) == .success, let result else {
            throw HarnessError("no outcome")
        }
        return try result.get()
    }
}
