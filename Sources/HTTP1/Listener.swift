import Dispatch
import Glibc
import Synchronization

/// The listening socket. Belongs to the queue of the loop that accepts.
final class Listener: @unchecked Sendable {
    /// A socket that was accepted.
    struct Accepted: Sendable {
        let descriptor: Int32
        let peer: Peer
        /// The client's address as text.
        let address: String?
    }

    /// How long accepting rests when there are no descriptors.
    private static let pause = DispatchTimeInterval.milliseconds(100)

    let descriptor: Int32
    private let loop: EventLoop
    private let take: (Accepted) -> Void
    private var isPaused = false
    private var isClosed = false

    /// `take` becomes the owner of each accepted socket.
    init(descriptor: Int32, loop: EventLoop, take: @escaping (Accepted) -> Void) {
        self.descriptor = descriptor
        self.loop = loop
        self.take = take
    }

    /// Accepts until nobody waits. The event is edge-triggered: it doesn't come again for those left behind.
    func acceptAll() {
        guard !isClosed, !isPaused else { return }
        while true {
            do throws(SystemError) {
                guard let accepted = try SystemCalls.accept(descriptor) else { return }
                take(accepted)
            } catch {
                switch error.code {
                // The one that waited has gone again, or its network failed (accept(2)): on to the next.
                case ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, ENETUNREACH, EPERM: continue
                // No descriptors or memory: those who are served go on, and some will leave.
                default: return rest()
                }
            }
        }
    }

    private func rest() {
        isPaused = true
        loop.queue.asyncAfter(deadline: .now() + Self.pause) { [self] in
            loop.perform { resume() }
        }
    }

    private func resume() {
        isPaused = false
        acceptAll()
    }

    /// Closes the socket; those who wait are refused by the system.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        SystemCalls.close(descriptor)
    }

    // MARK: Opening

    /// Why a server could not begin to listen.
    static func open(host: String, port: Int) throws(ServerError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard (0...65_535).contains(port) else {
            throw ServerError(host: host, port: port, reason: "a port is a number from 0 to 65535")
        }
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw ServerError(host: host, port: port, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(list) }
        var failure: SystemError?
        var next = list
        while let address = next?.pointee {
            do throws(SystemError) { return try open(address) } catch { failure = failure ?? error }
            next = address.ai_next
        }
        throw ServerError(host: host, port: port, failure)
    }

    private static func open(_ address: addrinfo) throws(SystemError) -> Int32 {
        let socket = try SystemCalls.socket(family: address.ai_family)
        do throws(SystemError) {
            try SystemCalls.setOption(socket, level: SOL_SOCKET, name: SO_REUSEADDR, value: 1)
            try SystemCalls.bind(socket, address.ai_addr, address.ai_addrlen)
            try SystemCalls.listen(socket, backlog: SOMAXCONN)
            return socket
        } catch {
            SystemCalls.close(socket)
            throw error
        }
    }
}

extension Listener.Accepted {
    /// Sets what every connection has set. A system that refuses serves all the same.
    func setOptions(_ settings: ConnectionSettings) {
        let options = [
            // Answers are written whole; waiting for more to send would only delay them.
            TCP_NODELAY: 1,
            // What the client can't take yet stays here, where it is counted, and not in the system's buffers (tcp(7)).
            TCP_NOTSENT_LOWAT: Int32(clamping: settings.limits.pendingOutput),
            // Nor is what the system has taken over kept for ever for a client that doesn't read.
            TCP_USER_TIMEOUT: Int32(clamping: max(settings.times.write, 1)),
            // A client that waits for its answer may have lost its machine or its network. It has until the time-out above
            // to acknowledge a probe, not for so many probes (tcp(7)); so there are several within that.
            TCP_KEEPIDLE: seconds(settings.times.write / 2),
            TCP_KEEPINTVL: seconds(settings.times.write / 6),
        ]
        try? SystemCalls.setOption(descriptor, level: SOL_SOCKET, name: SO_KEEPALIVE, value: 1)
        for (name, value) in options {
            try? SystemCalls.setOption(
                descriptor, level: Int32(IPPROTO_TCP), name: name, value: value)
        }
    }

    /// Whole seconds, as many as Linux takes for keep-alive.
    private func seconds(_ milliseconds: UInt64) -> Int32 {
        Int32(clamping: max(1, min(milliseconds / 1000, 32_767)))
    }
}
