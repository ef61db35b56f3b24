import Glibc
import HTTP1

/// A connection without a socket: passes bytes to an `Exchange` and collects its output.
package final class InMemoryConnection: ResponseSink, TurnTaker, @unchecked Sendable {
    private let exchange: Exchange
    package var isQueued = false
    package var neededTurns = false
    /// The bytes that a turn has not read yet.
    private var arrived: ArraySlice<UInt8> = []
    private var isInTurn = false
    /// The output of the exchange so far.
    package private(set) var sent: [UInt8] = []
    private let guarded = GuardedBuffer()

    /// The Date field of all responses is Sun, 06 Nov 1994 08:49:37 GMT.
    package init(limits: Limits = Limits(), handler: any Handler = SampleHandler()) {
        exchange = Exchange(handler: handler, limits: limits, clock: { 784_111_777 })
    }

    package var isClosed: Bool { exchange.state == .finished }
    package var state: Exchange.State { exchange.state }
    package var wantsInput: Bool { exchange.wantsInput }
    package var heldBodyBytes: Int { exchange.heldBodyBytes }
    package var responses: [ReceivedResponse] { ReceivedResponse.all(in: sent) }

    /// Passes bytes to the exchange in pieces of the given sizes, the last of which is repeated. Each piece
    /// ends at an inaccessible page, so that a read beyond it faults.
    /// Returns the number of bytes that it has taken.
    @discardableResult
    package func feed(_ bytes: [UInt8], pieces: [Int] = [.max]) -> Int {
        var rest = bytes[...]
        var sizes = pieces[...]
        while !rest.isEmpty, exchange.wantsInput {
            let size = sizes.count > 1 ? sizes.removeFirst() : sizes.first ?? .max
            let piece = rest.prefix(min(size, GuardedBuffer.capacity))
            rest = rest.dropFirst(piece.count)
            guarded.with(piece) { bytes in
                isInTurn = true
                defer { isInTurn = false }
                var budget = TurnBudget(start: 0, clock: { 0 })
                exchange.receive(bytes, from: self, &budget)
            }
            takeTurns()
        }
        return bytes.count - rest.count
    }

    /// Ends the client's side of the connection.
    package func end() {
        if exchange.wantsInput { exchange.receiveEnd() }
        takeTurns()
    }

    /// Lets bytes arrive, for the next turns to read.
    package func arrive(_ bytes: [UInt8]) { arrived += bytes }

    /// Does what a connection of an event loop does in its turn. Returns whether there is more to do.
    package func takeTurn(_ budget: inout TurnBudget) -> Bool {
        guard !isInTurn else { return false }
        isInTurn = true
        defer { isInTurn = false }
        collect()
        while exchange.canResume || exchange.wantsInput && !arrived.isEmpty {
            guard !budget.isSpent else { return true }
            if exchange.canResume {
                exchange.resume(self, &budget)
            } else {
                let piece = arrived.prefix(GuardedBuffer.capacity)
                arrived = arrived.dropFirst(piece.count)
                guarded.with(piece) { exchange.receive($0, from: self, &budget) }
            }
            collect()
        }
        return false
    }

    /// Takes turns until there is nothing more to do.
    private func takeTurns() {
        var hasMore = true
        while hasMore {
            var budget = TurnBudget(start: 0, clock: { 0 })
            hasMore = takeTurn(&budget)
        }
    }

    package func timeOut() {
        exchange.timeOut(self)
        collect()
    }

    package func drain() {
        exchange.drain()
        collect()
    }

    package func sendProbe() {
        exchange.sendProbe()
        collect()
    }

    package func disconnect() { exchange.disconnect() }

    private func collect() {
        _ = exchange.output.drain { first, second in
            sent += first
            sent += second
            return first.count + second.count
        }
    }

    package func deliver(_ response: Response?, to request: UInt64) {
        exchange.complete(response, to: request, self)
        takeTurns()
    }

    package func onDisconnect(_ request: UInt64, _ body: @escaping @Sendable () -> Void) {
        exchange.onDisconnect(request, body)
    }

    package func streamIsReady(_ stream: StreamBuffer) {
        exchange.advanceStream(stream, self)
        takeTurns()
    }

    package func bodyIsReady(_ body: BodyReader) {
        exchange.advanceBody(body, self)
        takeTurns()
    }
}

/// Memory that is followed by an inaccessible page.
final class GuardedBuffer {
    static let capacity = 64 * 1024
    private let start: UnsafeMutableRawPointer

    init() {
        let size = Self.capacity + 4096
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { preconditionFailure("mmap failed") }
        mprotect(memory + Self.capacity, 4096, PROT_NONE)
        start = memory
    }

    deinit { munmap(start, Self.capacity + 4096) }

    /// Calls `body` with a copy of the bytes that ends at the inaccessible page.
    func with(_ bytes: ArraySlice<UInt8>, _ body: (UnsafeRawBufferPointer) -> Void) {
        let place = UnsafeMutableRawBufferPointer(
            start: start + (Self.capacity - bytes.count), count: bytes.count)
        place.copyBytes(from: bytes)
        body(UnsafeRawBufferPointer(place))
    }
}
