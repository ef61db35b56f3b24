import Dispatch
import Glibc
import Synchronization

/// The listening socket. Belongs to the queue of the loop that accepts.
final class Listener: @unchecked Sendable {
    /// How long accepting rests when it can't go on: out of descriptors, or at the limit of connections.
    private static let pause = DispatchTimeInterval.milliseconds(100)

    let descriptor: Int32
    private let loop: EventLoop
    private let mayAccept: () -> Bool
    private let take: (Int32) -> Void
    private var isPaused = false
    private var isClosed = false

    /// `take` becomes the owner of each accepted socket.
    init(
        descriptor: Int32, loop: EventLoop, mayAccept: @escaping () -> Bool, take: @escaping (Int32) -> Void
    ) {
        self.descriptor = descriptor
        self.loop = loop
        self.mayAccept = mayAccept
        self.take = take
    }

    /// Accepts until nobody waits. The event is edge-triggered: it doesn't come again for those left behind.
    func acceptAll() {
        guard !isClosed, !isPaused else { return }
        while true {
            guard mayAccept() else { return rest() }
            do throws(SystemError) {
                guard let socket = try SystemCalls.accept(descriptor) else { return }
                // Answers are written whole; waiting for more to send would only delay them.
                try? SystemCalls.setOption(socket, level: Int32(IPPROTO_TCP), name: TCP_NODELAY, value: 1)
                take(socket)
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
