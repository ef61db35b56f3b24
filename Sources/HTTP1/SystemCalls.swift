import CLinux
import Glibc

/// A system call that failed: which one, and why.
public struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The name of the call, such as `bind`.
    public let call: String

    /// The value of `errno`.
    public let code: Int32

    /// The call and the system's message for the error: `bind: Address already in use`.
    public var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// The one way to the operating system, and the one policy for interruptions: `EINTR` calls again,
/// `EAGAIN` is `nil` (try when the descriptor is ready), anything else throws with the call's name.
enum SystemCalls {
    @inline(__always)
    private static func call<Result: FixedWidthInteger & SignedInteger>(
        _ name: StaticString, _ body: () -> Result
    ) throws(SystemError) -> Result? {
        while true {
            let result = body()
            if result >= 0 { return result }
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            case let code: throw SystemError(call: "\(name)", code: code)
            }
        }
    }

    /// For calls that never wait, where `EAGAIN` is an error like any other.
    private static func demand<Result: FixedWidthInteger & SignedInteger>(
        _ name: StaticString, _ body: () -> Result
    ) throws(SystemError) -> Result {
        guard let result = try call(name, body) else {
            throw SystemError(call: "\(name)", code: EAGAIN)
        }
        return result
    }

    /// Reads what is there. 0 is the end of the stream, `nil` nothing yet.
    static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int? {
        try call("recv") { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
    }

    /// Sends from two buffers in one call, without a signal when the peer is gone.
    static func send(
        _ descriptor: Int32, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer
    ) throws(SystemError) -> Int? {
        let flags = Int32(MSG_NOSIGNAL)
        if second.isEmpty {
            return try call("send") { Glibc.send(descriptor, first.baseAddress, first.count, flags) }
        }
        var vectors = (
            iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
        )
        return try call("sendmsg") {
            withUnsafeMutableBytes(of: &vectors) { bytes in
                var message = msghdr()
                message.msg_iov = bytes.baseAddress?.assumingMemoryBound(to: iovec.self)
                message.msg_iovlen = 2
                return sendmsg(descriptor, &message, flags)
            }
        }
    }

    /// A new connection, non-blocking and closed on exec; `nil` when none waits.
    static func accept(_ listener: Int32) throws(SystemError) -> Listener.Accepted? {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = try call("accept4") {
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    accept4(listener, $0, &size, flags)
                }
            }
        }
        return descriptor.map {
            Listener.Accepted(descriptor: $0, peer: Peer(address), address: Peer.text(of: address))
        }
    }

    /// How many of the bytes sent the peer's system has not acknowledged (tcp(7), SIOCOUTQ).
    static func unacknowledged(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        return linux_unacknowledged(descriptor, &count) == 0 ? Int(count) : 0
    }

    static func socket(family: Int32) throws(SystemError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return try demand("socket") { Glibc.socket(family, type, 0) }
    }

    static func setOption(
        _ descriptor: Int32, level: Int32, name: Int32, value: Int32
    ) throws(SystemError) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = try demand("setsockopt") { setsockopt(descriptor, level, name, &value, size) }
    }

    static func bind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t)
        throws(SystemError)
    {
        _ = try demand("bind") { Glibc.bind(descriptor, address, size) }
    }

    static func listen(_ descriptor: Int32, backlog: Int32) throws(SystemError) {
        _ = try demand("listen") { Glibc.listen(descriptor, backlog) }
    }

    /// The port that a bound socket got.
    static func localPort(_ descriptor: Int32) throws(SystemError) -> Int {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = try demand("getsockname") {
            withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(descriptor, $0, &size)
                }
            }
        }
        // The port stands at the same place in sockaddr_in and sockaddr_in6.
        return withUnsafeBytes(of: &storage) { bytes in
            Int(bytes[2]) << 8 | Int(bytes[3])
        }
    }

    /// Says that nothing more will be sent. The peer may be gone already; that is no error here.
    static func shutdownSending(_ descriptor: Int32) {
        _ = Glibc.shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes. Never repeated: on Linux the descriptor is free even after `EINTR`.
    static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// A new epoll instance, closed on exec.
    static func makeEpoll() throws(SystemError) -> Int32 {
        try demand("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
    }

    /// Registers a descriptor for good: edge-triggered, so that no later call is needed.
    static func register(
        _ descriptor: Int32, with epoll: Int32, events: UInt32, token: UInt64
    ) throws(SystemError) {
        var event = EpollEvent(events: events | EpollEvent.edgeTriggered, token: token)
        _ = try demand("epoll_ctl") { epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) }
    }

    /// Takes what is ready, without waiting.
    static func poll(
        _ epoll: Int32, into events: UnsafeMutablePointer<EpollEvent>, count: Int
    ) throws(SystemError) -> Int {
        Int(try demand("epoll_wait") { epoll_wait(epoll, events, Int32(count), 0) })
    }

    /// Nanoseconds since the machine started.
    static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Milliseconds since the machine started: for deadlines.
    static func monotonicMilliseconds() -> UInt64 { monotonicNanoseconds() / 1_000_000 }

    /// Seconds since 1970: for the Date field.
    static func wallClockSeconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return time.tv_sec
    }
}
