/// When a connection has taken too long. Times are in milliseconds.
struct Deadlines {
    /// The limits' times, once for all connections.
    struct Times: Sendable {
        let idle, header, body, write, linger: UInt64
        /// The bytes that have to move within `body` and `write`.
        let bodyProgress, writeProgress: Int

        init(_ limits: Limits) {
            func milliseconds(_ seconds: Double) -> UInt64 { UInt64(max(0, min(seconds, 1e9)) * 1000) }
            func progress(_ seconds: Double) -> Int {
                max(1, Int(min(seconds, 1e6) * Double(min(limits.minimumRate, 1 << 40))))
            }
            idle = milliseconds(limits.idleTimeout)
            header = milliseconds(limits.headerTimeout)
            body = milliseconds(limits.bodyTimeout)
            write = milliseconds(limits.writeTimeout)
            linger = milliseconds(limits.lingerTimeout)
            bodyProgress = progress(limits.bodyTimeout)
            writeProgress = progress(limits.writeTimeout)
        }
    }

    /// What the deadline is for. It is set anew whenever this changes.
    private struct Wait: Equatable {
        var state = Exchange.State.idle
        var request: UInt64 = .max
        var progress = 0
    }

    private let times: Times
    private var wait = Wait()
    private var input = UInt64.max
    private var output = UInt64.max
    private var acknowledged = 0

    init(_ times: Times) { self.times = times }

    /// Begins to wait for what the exchange waits for, unless it does already.
    mutating func await(_ exchange: Exchange, now: UInt64) {
        let state = exchange.state
        let current = Wait(
            state: state, request: exchange.requestNumber,
            // A body gets its time again with every so many bytes: slow is allowed, a trickle isn't.
            progress: state == .body ? exchange.bodyCount / times.bodyProgress : 0)
        guard current != wait else { return }
        wait = current
        input =
            switch state {
            case .idle: now + times.idle
            case .head: now + times.header
            case .body: now + times.body
            // The handler's time is its own affair; writing has a deadline apart.
            case .handler, .stream, .finished: .max
            }
    }

    /// The last answer is out: the client gets some time to read it, less when the server is in need of the connection.
    mutating func linger(now: UInt64, isShort: Bool) {
        input = now + (isShort ? min(times.linger, 1000) : times.linger)
    }

    /// What lingers gets no more than a moment from now.
    mutating func hurry(now: UInt64) { input = min(input, now + 1000) }

    /// Whether the exchange, or the lingering, has taken too long. Asked once: the next time is that of the next wait.
    mutating func inputIsLate(now: UInt64) -> Bool {
        guard now >= input else { return false }
        input = .max
        return true
    }

    /// Bytes wait for the client, which has acknowledged so many so far.
    mutating func beginWriting(now: UInt64, acknowledged: Int) {
        guard output == .max else { return }
        output = now + times.write
        self.acknowledged = acknowledged
    }

    /// Nothing waits for the client.
    mutating func endWriting() { output = .max }

    /// Whether the client reads too slowly, having acknowledged so many bytes by now.
    mutating func outputIsLate(now: UInt64, acknowledged: () -> Int) -> Bool {
        guard now >= output else { return false }
        let count = acknowledged()
        guard count - self.acknowledged >= times.writeProgress else { return true }
        output = now + times.write
        self.acknowledged = count
        return false
    }
}
