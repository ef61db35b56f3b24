import CLinux
import Dispatch
import Glibc
import Synchronization

/// An HTTP/1.1 server (RFC 9110, RFC 9112).
///
/// ```swift
/// let server = Server(handler: Hello())
/// let port = try server.start(host: "127.0.0.1", port: 8080)
/// …
/// server.stop(grace: 10)
/// ```
///
/// Once started it runs until it is stopped, whether or not someone keeps it.
public final class Server: Sendable {
    private enum State {
        case ready
        case running([EventLoop])
        case stopping
        case stopped
    }

    private let handler: any Handler
    private let settings: ConnectionSettings
    private let loopCount: Int
    private let state = Mutex(State.ready)

    /// A server that doesn't listen yet. Each of its `loops` uses one core at most; connections stay with
    /// the loop that they were given to.
    public init(handler: any Handler, limits: Limits = .init(), loops: Int = Server.defaultLoops) {
        self.handler = handler
        settings = ConnectionSettings(limits)
        loopCount = max(1, loops)
    }

    /// How many connections there are and were.
    public var connections: ConnectionCounts { settings.occupancy.counts }

    /// One loop for each core that this process may use, up to four: the rest is for the handler's work.
    public static var defaultLoops: Int { max(1, min(4, Int(linux_usable_cores()))) }

    /// Begins to listen, on IPv4 or IPv6 as the host says, and returns the port, which port 0 leaves to the
    /// system. A server starts once.
    ///
    /// Throws `ServerError` when the host or the port can't be had, with a hint.
    public func start(host: String, port: Int) throws(ServerError) -> Int {
        let descriptor = try Listener.open(host: host, port: port)
        do throws(SystemError) {
            let actualPort = try SystemCalls.localPort(descriptor)
            try listen(descriptor)
            return actualPort
        } catch {
            SystemCalls.close(descriptor)
            throw ServerError(host: host, port: port, error)
        }
    }

    private func listen(_ descriptor: Int32) throws(SystemError) {
        var loops: [EventLoop] = []
        for number in 0..<loopCount {
            loops.append(try EventLoop(label: "HTTP1.loop.\(number)", handler: handler, tick: tick))
        }
        let isFirst = state.withLock { state in
            guard case .ready = state else { return false }
            state = .running(loops)
            return true
        }
        precondition(isFirst, "a server starts once")
        do throws(SystemError) {
            try accept(on: descriptor, loops)
        } catch {
            for loop in loops { loop.queue.sync { loop.shutDown() } }
            throw error
        }
    }

    /// Accepts on the first loop and gives the sockets to all of them in turn.
    private func accept(on descriptor: Int32, _ loops: [EventLoop]) throws(SystemError) {
        let settings = settings
        var turn = 0
        let listener = Listener(descriptor: descriptor, loop: loops[0]) { accepted in
            let loop = loops[turn]
            turn = (turn + 1) % loops.count
            let admission = settings.occupancy.enter(accepted.peer)
            let adopt: @Sendable () -> Void = {
                loop.adopt(accepted, admission, settings: settings)
            }
            if loop.isCurrent { adopt() } else { loop.post(adopt) }
        }
        try loops[0].queue.syncThrowing { () throws(SystemError) in try loops[0].listen(listener) }
    }

    /// Often enough to keep the shortest of the limits' times, but no more than that.
    private var tick: Double {
        let times = settings.times
        let shortest = min(times.idle, times.header, times.body, times.write, times.linger)
        return max(0.01, min(1, Double(shortest) / 4000))
    }

    /// Stops: accepts nobody any more, closes idle connections, and lets requests in flight finish for up to
    /// `grace` seconds; their answers say that the connection closes. Returns when all that is done. What is
    /// left after the grace is cut off.
    ///
    /// Blocks; not to be called by a handler on a connection's loop. A second call returns at once.
    public func stop(grace: Double = 10) {
        let loops: [EventLoop] = state.withLock { state in
            guard case .running(let loops) = state else {
                if case .ready = state { state = .stopped }
                return []
            }
            state = .stopping
            return loops
        }
        guard let first = loops.first else { return }
        precondition(!loops.contains { $0.isCurrent }, "a handler can't stop its server on its loop")
        let group = DispatchGroup()
        first.queue.sync { first.perform { first.stopListening() } }
        for loop in loops {
            group.enter()
            loop.post { loop.drain { group.leave() } }
        }
        _ = group.wait(timeout: .now() + max(0, min(grace, 1e6)))
        for loop in loops { loop.queue.sync { loop.perform { loop.shutDown() } } }
        state.withLock { $0 = .stopped }
    }
}

extension DispatchQueue {
    /// `sync` that keeps the type of the error.
    fileprivate func syncThrowing<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
        var failure: Failure?
        sync {
            do throws(Failure) { try body() } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
