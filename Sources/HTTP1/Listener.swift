import Dispatch
import Glibc
import Synchronization

/// The listening socket. Used on the queue of the event loop that accepts only.
final class Listener: @unchecked Sendable {
    /// An accepted socket.
    struct Accepted: Sendable {
        let descriptor: Int32
        let peer: Peer
        /// The client's address as text.
        let address: String?
    }

    /// How long to wait before accepting again when the process has run out of descriptors.
    private static let retryDelay = DispatchTimeInterval.milliseconds(100)

    let descriptor: Int32
    private let loop: EventLoop
    private let onAccept: (Accepted) -> Void
    private var isPaused = false
    private var isClosed = false

    /// - Parameter onAccept: called with each accepted socket, of which it takes ownership.
    init(descriptor: Int32, loop: EventLoop, onAccept: @escaping (Accepted) -> Void) {
        self.descriptor = descriptor
        self.loop = loop
        self.onAccept = onAccept
    }

    /// Accepts connections that are queued. Returns whether there may be more: the event is edge-triggered,
    /// so epoll does not report again those that are left in the queue.
    func accept(atMost maxCount: Int) -> Bool {
        guard !isClosed, !isPaused else { return false }
        for _ in 0..<maxCount {
            do throws(SystemError) {
                guard let accepted = try SystemCalls.accept(descriptor) else { return false }
                onAccept(accepted)
            } catch {
                switch error.code {
                // The client has disconnected again, or its network has failed (accept(2)): accept the next
                // one.
                case ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, ENETUNREACH, EPERM: continue
                // No descriptors or no memory: retry later, when some of the open connections may have
                // closed.
                default:
                    pauseAccepting()
                    return false
                }
            }
        }
        return true
    }

    private func pauseAccepting() {
        isPaused = true
        loop.queue.asyncAfter(deadline: .now() + Self.retryDelay) { [self] in
            isPaused = false
            loop.perform { loop.resumeAccepting() }
        }
    }

    /// Closes the socket. The system refuses the connections that are still queued.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        SystemCalls.close(descriptor)
    }

    // MARK: Opening

    /// Opens a listening socket on the first address of the host that works, and returns its descriptor.
    ///
    /// Throws `ServerError` if the port is out of range, the host has no address, or none of them can be
    /// bound.
    static func open(host: String, port: Int) throws(ServerError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard (0...65_535).contains(port) else {
            throw ServerError(host: host, port: port, reason: "the port must be a number from 0 to 65535")
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
    /// Sets the options of every connection. Ignores errors, as the connection works without them.
    func setOptions(_ settings: ConnectionSettings) {
        let options = [
            // Responses are written whole; Nagle's algorithm would only delay them.
            TCP_NODELAY: 1,
            // Keep unsent bytes in this process, where they are counted, and not in the system's buffers
            // (tcp(7)).
            TCP_NOTSENT_LOWAT: Int32(clamping: settings.limits.maxPendingOutputBytes),
            // Bound how long the system keeps sent bytes that the client does not acknowledge.
            TCP_USER_TIMEOUT: Int32(clamping: max(settings.times.write, 1)),
            // Detect a client whose machine or network has failed while it waits for a response.
            // TCP_USER_TIMEOUT replaces the number of keep-alive probes (tcp(7)), so send several probes
            // within that time.
            TCP_KEEPIDLE: seconds(settings.times.write / 2),
            TCP_KEEPINTVL: seconds(settings.times.write / 6),
        ]
        try? SystemCalls.setOption(descriptor, level: SOL_SOCKET, name: SO_KEEPALIVE, value: 1)
        for (name, value) in options {
            try? SystemCalls.setOption(
                descriptor, level: Int32(IPPROTO_TCP), name: name, value: value)
        }
    }

    /// Whole seconds within the range that Linux accepts for keep-alive.
    private func seconds(_ milliseconds: UInt64) -> Int32 {
        Int32(clamping: max(1, min(milliseconds / 1000, 32_767)))
    }
}
