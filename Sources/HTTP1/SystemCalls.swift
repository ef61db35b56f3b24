import CLinux
import Glibc

/// The failure of a system call.
public struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The name of the system call, such as `bind`.
    public let call: String

    /// The value of `errno`.
    public let code: Int32

    /// The call and the system's message for the error: `bind: Address already in use`.
    public var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// All system calls of this module, with one error policy: on `EINTR` the call is repeated, `EAGAIN` becomes
/// `nil` (retry when the descriptor is ready), and any other error is thrown with the name of the call.
package enum SystemCalls {
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

    /// For calls that never wait, so that `EAGAIN` is thrown like any other error.
    private static func callWithoutWaiting<Result: FixedWidthInteger & SignedInteger>(
        _ name: StaticString, _ body: () -> Result
    ) throws(SystemError) -> Result {
        guard let result = try call(name, body) else {
            throw SystemError(call: "\(name)", code: EAGAIN)
        }
        return result
    }

    /// Receives the available bytes, up to the size of the buffer. Returns their number: 0 at the end of the
    /// stream, `nil` if none are available yet.
    static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int? {
        try call("recv") { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
    }

    /// Sends from two buffers in one call, without SIGPIPE. Returns the number of bytes sent; `nil` if the
    /// socket's buffer is full.
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

    /// Accepts a connection as a non-blocking socket that is closed on exec. Returns `nil` if none is queued.
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

    /// The number of sent bytes that the peer's system has not acknowledged (tcp(7), SIOCOUTQ).
    static func unacknowledged(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        return linux_unacknowledged(descriptor, &count) == 0 ? Int(count) : 0
    }

    static func socket(family: Int32) throws(SystemError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return try callWithoutWaiting("socket") { Glibc.socket(family, type, 0) }
    }

    static func setOption(
        _ descriptor: Int32, level: Int32, name: Int32, value: Int32
    ) throws(SystemError) {
        var value = value
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = try callWithoutWaiting("setsockopt") { setsockopt(descriptor, level, name, &value, size) }
    }

    static func bind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t)
        throws(SystemError)
    {
        _ = try callWithoutWaiting("bind") { Glibc.bind(descriptor, address, size) }
    }

    static func listen(_ descriptor: Int32, backlog: Int32) throws(SystemError) {
        _ = try callWithoutWaiting("listen") { Glibc.listen(descriptor, backlog) }
    }

    /// The address and port that a socket is bound to.
    static func localAddress(_ descriptor: Int32) throws(SystemError) -> sockaddr_storage {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = try callWithoutWaiting("getsockname") {
            withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(descriptor, $0, &size)
                }
            }
        }
        return storage
    }

    /// Shuts down the sending side. Ignores the error if the peer has disconnected already.
    static func shutdownSending(_ descriptor: Int32) {
        _ = Glibc.shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes a descriptor. Never repeated: on Linux the descriptor is released even after `EINTR`.
    static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// Creates an epoll instance that is closed on exec.
    static func makeEpoll() throws(SystemError) -> Int32 {
        try callWithoutWaiting("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
    }

    /// Registers a descriptor with epoll, edge-triggered, so that it never has to be modified.
    static func register(
        _ descriptor: Int32, with epoll: Int32, events: UInt32, token: UInt64
    ) throws(SystemError) {
        var event = EpollEvent(events: events | EpollEvent.edgeTriggered, token: token)
        _ = try callWithoutWaiting("epoll_ctl") { epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) }
    }

    /// Returns the number of events that are ready now, without waiting.
    static func poll(
        _ epoll: Int32, into events: UnsafeMutablePointer<EpollEvent>, count: Int
    ) throws(SystemError) -> Int {
        Int(try callWithoutWaiting("epoll_wait") { epoll_wait(epoll, events, Int32(count), 0) })
    }

    /// Nanoseconds of the monotonic clock.
    package static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Milliseconds of the monotonic clock, for deadlines.
    static func monotonicMilliseconds() -> UInt64 { monotonicNanoseconds() / 1_000_000 }

    /// Seconds since 1970, for the Date field.
    static func wallClockSeconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return time.tv_sec
    }
}
