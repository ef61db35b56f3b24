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
/// Once started it runs until it is stopped, even if the caller releases it.
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

    /// Creates a server that does not listen yet.
    ///
    /// - Parameter loops: the number of event loops, at least 1. Each uses one core at most, and each
    ///   connection stays with its loop.
    public init(handler: any Handler, limits: Limits = .init(), loops: Int = Server.defaultLoops) {
        self.handler = handler
        settings = ConnectionSettings(limits)
        loopCount = max(1, loops)
    }

    /// The number of connections that are open and that were accepted and refused.
    public var connections: ConnectionCounts { settings.admissionControl.counts }

    /// Whether the caller runs on an event loop of a server, where it must not block or compute for long.
    public static var isOnEventLoop: Bool { EventLoop.isAnyCurrent }

    /// One event loop for each core that this process may use, at most four, to leave cores to the handler's
    /// work.
    public static var defaultLoops: Int { max(1, min(4, Int(linux_usable_cores()))) }

    /// Starts to listen and returns the port. May be called once.
    ///
    /// - Parameters:
    ///   - host: a host name or an IPv4 or IPv6 address.
    ///   - port: 0 lets the system choose a free port.
    ///
    /// Throws `ServerError` if the host or the port is not available.
    public func start(host: String, port: Int) throws(ServerError) -> Int {
        let socket = try ListeningSocket(host: host, port: port)
        let actualPort = socket.port
        try start(on: socket)
        return actualPort
    }

    /// Starts to accept connections. May be called once, instead of ``start(host:port:)``.
    public func start(on socket: consuming ListeningSocket) throws(ServerError) {
        let (host, port) = socket.requested
        let descriptor = socket.release()
        do throws(SystemError) {
            try listen(descriptor)
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
        precondition(isFirst, "a server can be started only once")
        do throws(SystemError) {
            try accept(on: descriptor, loops)
        } catch {
            for loop in loops { loop.queue.sync { loop.shutDown() } }
            throw error
        }
    }

    /// Accepts on the first loop and distributes the sockets to all loops in turn.
    private func accept(on descriptor: Int32, _ loops: [EventLoop]) throws(SystemError) {
        let settings = settings
        var next = 0
        let listener = Listener(descriptor: descriptor, loop: loops[0]) { accepted in
            let loop = loops[next]
            next = (next + 1) % loops.count
            let admission = settings.admissionControl.admit(accepted.peer)
            let adopt: @Sendable () -> Void = {
                loop.adopt(accepted, admission, settings: settings)
            }
            if loop.isCurrent { adopt() } else { loop.post(adopt) }
        }
        try loops[0].queue.syncThrowing { () throws(SystemError) in try loops[0].listen(listener) }
    }

    /// Seconds between two checks of the deadlines: a quarter of the shortest time-out, from 0.01 to 1.
    private var tick: Double {
        let times = settings.times
        let shortest = min(times.idle, times.header, times.body, times.write, times.lingeringClose)
        return max(0.01, min(1, Double(shortest) / 4000))
    }

    /// Stops accepting connections, closes idle ones, and lets requests in progress finish; their responses
    /// announce that the connection closes. Returns when all connections are closed. Those that are still
    /// open after `grace` seconds are closed without finishing.
    ///
    /// Blocks; must not be called on an event loop. A second call returns immediately.
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
        precondition(
            !loops.contains { $0.isCurrent }, "stop must not be called on an event loop of the server")
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
    /// Like `sync`, but with a typed error.
    fileprivate func syncThrowing<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
        var failure: Failure?
        sync {
            do throws(Failure) { try body() } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
