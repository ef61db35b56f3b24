import Glibc
import HTTP1

/// An exchange without a socket: bytes in, bytes out.
final class Conversation: ResponseSink, @unchecked Sendable {
    private let exchange: Exchange
    private(set) var sent: [UInt8] = []
    private let guarded = GuardedBuffer()

    init(limits: Limits = Limits(), handler: any Handler = SampleHandler()) {
        exchange = Exchange(handler: handler, limits: limits, clock: { 784_111_777 })
    }

    var isClosed: Bool { exchange.state == .finished }
    var state: Exchange.State { exchange.state }
    var responses: [Received] { Received.all(in: sent) }

    /// Feeds bytes in pieces of the given sizes, the last of which repeats. Each piece ends where memory
    /// ends, so that reading beyond it faults.
    func feed(_ bytes: [UInt8], pieces: [Int] = [.max]) {
        var rest = bytes[...]
        var sizes = pieces[...]
        while !rest.isEmpty, exchange.wantsInput {
            let size = sizes.count > 1 ? sizes.removeFirst() : sizes.first ?? .max
            let piece = rest.prefix(min(size, GuardedBuffer.capacity))
            rest = rest.dropFirst(piece.count)
            guarded.with(piece) { exchange.receive($0, from: self) }
            collect()
        }
    }

    func end() {
        if exchange.wantsInput { exchange.receiveEnd(self) }
        collect()
    }

    func timeOut() {
        exchange.timeOut(self)
        collect()
    }

    func drain() {
        exchange.drain()
        collect()
    }

    private func collect() {
        _ = exchange.output.drain { first, second in
            sent += first
            sent += second
            return first.count + second.count
        }
    }

    func deliver(_ response: Response?, to request: UInt64) {
        exchange.complete(response, to: request, self)
    }

    func streamIsReady(_ stream: StreamBuffer) { exchange.advanceStream(stream, self) }
}

/// Memory with an inaccessible page behind it.
final class GuardedBuffer {
    static let capacity = 64 * 1024
    private let start: UnsafeMutableRawPointer

    init() {
        let size = Self.capacity + 4096
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { preconditionFailure("no memory") }
        mprotect(memory + Self.capacity, 4096, PROT_NONE)
        start = memory
    }

    deinit { munmap(start, Self.capacity + 4096) }

    func with(_ bytes: ArraySlice<UInt8>, _ body: (UnsafeRawBufferPointer) -> Void) {
        let place = UnsafeMutableRawBufferPointer(
            start: start + (Self.capacity - bytes.count), count: bytes.count)
        place.copyBytes(from: bytes)
        body(UnsafeRawBufferPointer(place))
    }
}

/// A small service to test with.
struct SampleHandler: Handler {
    func preflight(_ head: RequestHead) -> Response? {
        switch head.path {
        case "/secret": return .text(.unauthorized, "who are you?")
        case "/get-only" where head.method != .get && head.method != .head:
            var response = Response.text(.methodNotAllowed, "read only")
            response.fields.append((name: "Allow", value: "GET, HEAD"))
            return response
        default: return nil
        }
    }

    func respond(to request: Request, _ responder: Responder) {
        switch request.path {
        case "/echo": responder.send(Response(status: .ok, body: .bytes(request.body)))
        case "/fields":
            responder.send(
                .text(.ok, request.fields.map { "\($0.name)=\($0.value)" }.joined(separator: "|")))
        case "/host": responder.send(.text(.ok, request.fields["host"] ?? "-"))
        case "/reflect":
            let value = request.target.query("v") ?? ""
            responder.send(Response(status: .ok, fields: [(name: "X-Reflected", value: value)]))
        case "/204": responder.send(Response(status: .noContent, body: .bytes([1])))
        case "/304": responder.send(Response(status: .notModified, body: .bytes([1])))
        case "/dropped": break
        case "/stream":
            responder.send(
                Response(
                    status: .ok, fields: [(name: "Content-Type", value: "text/plain")],
                    body: .stream { writer in
                        writer.write(Array("one".utf8))
                        writer.write(Array("two, and sixteen".utf8))
                        writer.finish()
                    }))
        case "/dropped-stream":
            responder.send(Response(status: .ok, body: .stream { $0.write(Array("one".utf8)) }))
        case "/broken-stream":
            responder.send(
                Response(
                    status: .ok,
                    body: .stream { writer in
                        writer.write(Array("one".utf8))
                        writer.abort()
                    }))
        default: responder.send(.text(.ok, "\(request.method) \(request.path)"))
        }
    }
}
