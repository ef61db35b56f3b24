/// The deadlines of one connection, for its input and its output. Times are in milliseconds.
package struct Deadlines {
    /// The time-outs of `Limits` in milliseconds, computed once for all connections.
    package struct Times: Sendable {
        let idle, header, body, write, lingeringClose: UInt64
        /// Bytes that must be transferred within `body` and `write` for the deadline to be extended.
        private let bodyProgress: Int
        let writeProgress: Int

        package init(_ limits: Limits) {
            func milliseconds(_ seconds: Double) -> UInt64 { UInt64(max(0, min(seconds, 1e9)) * 1000) }
            func progress(_ seconds: Double) -> Int {
                max(1, Int(min(seconds * Double(limits.minBytesPerSecond), 1e15)))
            }
            idle = milliseconds(limits.idleTimeout)
            header = milliseconds(limits.headerTimeout)
            body = milliseconds(limits.bodyTimeout)
            write = milliseconds(limits.writeTimeout)
            lingeringClose = milliseconds(limits.lingeringCloseTimeout)
            bodyProgress = progress(limits.bodyTimeout)
            writeProgress = progress(limits.writeTimeout)
        }

        /// Bytes that must arrive within `body` while the body holds `count` bytes in memory. They grow with
        /// these, up to 64 MiB.
        func bodyProgress(holding count: Int) -> Int { bodyProgress * min(1 + count / 65_536, 1024) }
    }

    /// What the input deadline is for. Whenever this changes, the deadline is set anew.
    private struct Wait: Equatable {
        var state = Exchange.State.idle
        var request: UInt64 = .max
    }

    private let times: Times
    private var wait = Wait()
    /// The number of bytes of a body that extends the deadline: a slow body is accepted if it keeps the
    /// minimum rate.
    private var bodyGoal = 0
    private var input = UInt64.max
    private var output = UInt64.max
    private var acknowledged = 0

    package init(_ times: Times) { self.times = times }

    /// Sets the input deadline for what the connection waits for. Leaves it as it is if that has not changed.
    ///
    /// - Parameters:
    ///   - request: the number of the request on the connection.
    ///   - bodyCount: the bytes of its body that have arrived.
    ///   - heldBytes: those of them that are in memory.
    package mutating func update(
        _ state: Exchange.State, request: UInt64, bodyCount: Int, heldBytes: Int, now: UInt64
    ) {
        let current = Wait(state: state, request: request)
        guard current != wait || state == .body && bodyCount >= bodyGoal else { return }
        wait = current
        if state == .body { bodyGoal = bodyCount + times.bodyProgress(holding: heldBytes) }
        input =
            switch state {
            case .idle: now + times.idle
            case .head: now + times.header
            case .body: now + times.body
            // The handler may take any time; output has its own deadline.
            case .handler, .stream, .finished: .max
            }
    }

    /// Sets the deadline of a lingering close.
    ///
    /// - Parameter isShort: whether to wait one second at most, because the server is stopping or overloaded.
    mutating func beginLingeringClose(now: UInt64, isShort: Bool) {
        input = now + (isShort ? min(times.lingeringClose, 1000) : times.lingeringClose)
    }

    /// Ends a lingering close within a second from now.
    mutating func shortenLingeringClose(now: UInt64) { input = min(input, now + 1000) }

    /// Returns whether the input deadline has passed: true once, then false until the next deadline is set.
    package mutating func isInputOverdue(now: UInt64) -> Bool {
        guard now >= input else { return false }
        input = .max
        return true
    }

    /// Starts the output deadline, unless it runs already.
    ///
    /// - Parameter acknowledged: the number of bytes that the client has acknowledged so far.
    mutating func beginWriting(now: UInt64, acknowledged: Int) {
        guard output == .max else { return }
        output = now + times.write
        self.acknowledged = acknowledged
    }

    /// Clears the output deadline: all output is sent.
    mutating func endWriting() { output = .max }

    /// Returns whether the client reads below the minimum rate. If it keeps the rate, extends the deadline.
    ///
    /// - Parameter acknowledged: returns the number of bytes that the client has acknowledged by now.
    mutating func isOutputOverdue(now: UInt64, acknowledged: () -> Int) -> Bool {
        guard now >= output else { return false }
        let count = acknowledged()
        guard count - self.acknowledged >= times.writeProgress else { return true }
        output = now + times.write
        self.acknowledged = count
        return false
    }
}
