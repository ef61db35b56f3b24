import APITesting
import Foundation
import Synchronization

/// A server that sends JSON on its first connection, and half of a file on the second, after which it waits.
final class HalfServer {
    let url: String
    private let listener: Int32
    private let connections = Connections()
    private let hasSentHalf = DispatchSemaphore(value: 0)

    /// - Parameter description: the JSON document.
    init(_ description: [UInt8]) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        self.listener = listener
        guard isListening else { throw HarnessError("cannot listen") }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let responses = [
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Content-Length: \(description.count)\r\n\r\n"
                + String(decoding: description, as: UTF8.self),
            "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 2000\r\n\r\n"
                + String(repeating: "x", count: 1000),
        ]
        Thread.detachNewThread { [connections, hasSentHalf] in
            for (index, response) in responses.enumerated() {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                connections.add(connection)
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                guard recv(connection, &buffer, buffer.count, 0) > 0 else { return }
                _ = send(connection, response, response.utf8.count, Int32(MSG_NOSIGNAL))
                if index == 0 { connections.close() } else { hasSentHalf.signal() }
            }
        }
    }

    /// Waits until half of the file is sent.
    func waitForHalf() { hasSentHalf.wait() }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        connections.close()
    }

    func closeConnections() { connections.close() }

    private final class Connections: Sendable {
        private let all = Mutex<[Int32]>([])

        func add(_ connection: Int32) { all.withLock { $0.append(connection) } }

        func close() {
            all.withLock { all in
                for connection in all {
                    shutdown(connection, Int32(SHUT_RDWR))
                    Glibc.close(connection)
                }
                all = []
            }
        }
    }
}
