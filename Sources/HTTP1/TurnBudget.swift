/// What one connection may use of its event loop in one turn. When the budget is spent, the other connections
/// that are ready have their turns first.
///
/// A turn makes progress whatever the clock says: a budget of which nothing was used is not spent.
package struct TurnBudget {
    /// The requests, bytes of input and output together, and nanoseconds of one turn.
    package struct Limits: Sendable {
        package var requests = 8
        package var bytes = EventLoop.readBufferSize
        package var nanoseconds: UInt64 = 100_000

        package init() {}
    }

    private let limits: Limits
    private let end: UInt64
    private let clock: () -> UInt64
    private var requests = 0
    private var bytes = 0

    /// - Parameters:
    ///   - start: when the turn begins, in nanoseconds.
    ///   - clock: returns nanoseconds.
    package init(
        _ limits: Limits = Limits(), start: UInt64,
        clock: @escaping () -> UInt64 = SystemCalls.monotonicNanoseconds
    ) {
        self.limits = limits
        end = start + limits.nanoseconds
        self.clock = clock
    }

    /// A spent budget, for sending what is ready without processing anything.
    static var spent: TurnBudget {
        var budget = TurnBudget(start: 0, clock: { .max })
        budget.use(bytes: budget.limits.bytes)
        return budget
    }

    /// Whether the turn has to end.
    package var isSpent: Bool {
        (requests > 0 || bytes > 0)
            && (requests >= limits.requests || bytes >= limits.bytes || clock() >= end)
    }

    /// Counts what was used.
    package mutating func use(requests: Int = 0, bytes: Int = 0) {
        self.requests += requests
        self.bytes += bytes
    }
}
