import Glibc
import HTTP1Testing

/// A blocking client on 127.0.0.1 that sends and receives raw bytes. No call waits longer than five seconds.
final class Client {
    private var descriptor: Int32
    private(set) var received: [UInt8] = []
    private var used = 0

    /// Whether the connection has ended: the server has closed or reset it.
    private(set) var isAtEnd = false
    private(set) var wasReset = false

    /// - Parameters:
    ///   - receiveBuffer: the size of the socket's receive buffer; `nil` for the system's default.
    ///   - source: the last byte of the client's address in 127.0.0.0/24.
    init(port: Int, receiveBuffer: Int32? = nil, source: UInt8 = 1) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var time = timeval(tv_sec: 5, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4)
        }
        _ = Self.with(source: source, port: 0) { Glibc.bind(descriptor, $0, $1) }
        if Self.with(source: 1, port: port, { connect(descriptor, $0, $1) }) != 0 { isAtEnd = true }
    }

    private static func with(
        source: UInt8, port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = (0x7f00_0000 | UInt32(source)).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit { close() }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Closes the connection with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Half-closes the connection: shuts down the sending side.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Returns the number of bytes that could be sent.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        var sent = 0
        bytes.withUnsafeBytes { bytes in
            while sent < bytes.count {
                let count = Glibc.send(
                    descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
                guard count > 0 else { return }
                sent += count
            }
        }
        return sent
    }

    @discardableResult
    func send(_ text: String) -> Int { send(Array(text.utf8)) }

    func get(_ path: String) -> ReceivedResponse? {
        send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
        return response()
    }

    /// Receives the next complete response; `nil` if none arrives.
    func response(toHead: Bool = false) -> ReceivedResponse? {
        while true {
            let next = ReceivedResponse.next(in: received[used...], toHead: toHead)
            // A response without a length is complete when the connection ends.
            if let next,
                next.response["Content-Length"] != nil || !next.rest.isEmpty || isAtEnd
                    || next.response["Transfer-Encoding"] != nil || next.response.status < 205
                    || next.response.status == 304
            {
                used = next.rest.isEmpty ? received.count : next.rest.startIndex
                return next.response
            }
            guard receive() else { return nil }
        }
    }

    /// Receives the next complete response that is not interim (1xx).
    func finalResponse() -> ReceivedResponse? {
        while let response = response() {
            if response.status >= 200 { return response }
        }
        return nil
    }

    /// Receives until the connection ends.
    func receiveAll() { while receive() {} }

    /// Waits until the server closes the connection. Returns false if it is still open after five seconds.
    func waitForEnd() -> Bool {
        receiveAll()
        return isAtEnd
    }

    private func receive() -> Bool { receiveSome(65_536) }

    /// Receives up to `maxBytes` bytes. Returns false at the end of the connection or after five seconds
    /// without any.
    func receiveSome(_ maxBytes: Int) -> Bool {
        guard !isAtEnd else { return false }
        var buffer = [UInt8](repeating: 0, count: maxBytes)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 {
            received += buffer[..<count]
            return true
        }
        wasReset = count < 0 && errno == ECONNRESET
        isAtEnd = count == 0 || wasReset
        return false
    }
}

/// The number of open descriptors of this process.
func openDescriptors() -> Int {
    (0..<4096).count { fcntl(Int32($0), F_GETFD) != -1 }
}
