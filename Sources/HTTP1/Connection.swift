import Dispatch

/// What every connection of a server shares.
struct ConnectionSettings: Sendable {
    let limits: Limits
    let times: Deadlines.Times
    let occupancy: Occupancy

    init(_ limits: Limits) {
        self.limits = limits
        times = Deadlines.Times(limits)
        occupancy = Occupancy(limits: limits)
    }
}

/// One socket: moves bytes between it and its `Exchange`, and watches the time.
///
/// Belongs to its loop's queue. What a `ResponseSink` does may be called from elsewhere; it goes to the loop first.
final class Connection: @unchecked Sendable {
    let descriptor: Int32
    let generation: UInt32
    private let peer: Peer

    private enum Phase {
        case open
        /// The last answer is out; what the client still sends is dropped, up to that many bytes.
        case lingering(bytes: Int)
        case closed
    }

    /// How many reads a connection gets before it is the others' turn.
    private static let readsPerTurn = 16

    private let loop: EventLoop
    private let settings: ConnectionSettings
    private let exchange: Exchange
    private var phase = Phase.open
    private var isReadable = false
    /// The end of the client's bytes is in the system's buffer. It has had its event.
    private var endIsNear = false
    private var isWritable = true
    private var isQueued = false
    private var isPumping = false
    private var isDraining = false
    private var deadlines: Deadlines
    private var probe = Probe()
    /// Bytes that were handed to the system.
    private var sent = 0
    /// Bytes of a body that are counted as received.
    private var counted = 0

    init(
        _ accepted: Listener.Accepted, generation: UInt32, loop: EventLoop, handler: any Handler,
        settings: ConnectionSettings
    ) {
        descriptor = accepted.descriptor
        peer = accepted.peer
        self.generation = generation
        self.loop = loop
        self.settings = settings
        deadlines = Deadlines(settings.times)
        exchange = Exchange(
            handler: handler, limits: settings.limits, peer: accepted.address,
            clock: { [unowned loop] in loop.wallClock })
        deadlines.await(exchange, now: loop.now)
    }

    // MARK: Events

    /// Takes what epoll tells.
    func handle(_ events: UInt32) {
        // Both directions are at an end, or the client has reset the connection: nobody is there to answer.
        if events & (EpollEvent.failed | EpollEvent.hungUp) != 0 { return close() }
        if events & (EpollEvent.readable | EpollEvent.peerHungUp) != 0 { isReadable = true }
        if events & EpollEvent.peerHungUp != 0 { endIsNear = true }
        if events & EpollEvent.writable != 0 { isWritable = true }
        pump()
    }

    /// Goes on after the other connections had their turn.
    func continueReading() {
        isQueued = false
        pump()
    }

    /// Answers 503 without having read anything, and closes.
    func turnAway() {
        isDraining = true
        exchange.turnAway(self)
        pump()
    }

    /// Moves bytes until there is nothing more to do now.
    private func pump() {
        // An answer that the handler gives at once comes back here from within; the loop below sees it.
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        do throws(SystemError) {
            var reads = 0
            while true {
                try flush()
                switch phase {
                case .closed: return
                case .lingering: break
                case .open:
                    if exchange.state == .finished, exchange.output.isEmpty || exchange.isAborted {
                        linger()
                        continue
                    }
                    guard exchange.wantsInput else { return wait() }
                }
                guard isReadable else { return wait() }
                guard reads < Self.readsPerTurn else {
                    requeue()
                    return wait()
                }
                reads += 1
                try read()
            }
        } catch {
            close()
        }
    }

    private func wait() {
        guard case .open = phase else { return }
        deadlines.await(exchange, now: loop.now)
        if endIsNear, exchange.state == .handler { probe.begin(exchange.requestNumber, now: loop.now) }
    }

    private func requeue() {
        guard !isQueued else { return }
        isQueued = true
        loop.requeue(self)
    }

    /// Sends what waits. Output that had held up what comes behind it lets it go on.
    private func flush() throws(SystemError) {
        while isWritable, !exchange.output.isEmpty {
            let before = exchange.output.count
            let wasHeldUp = before > settings.limits.pendingOutput
            let socket = descriptor
            let isSent = try exchange.output.drain { (first, second) throws(SystemError) in
                try SystemCalls.send(socket, first, second)
            }
            sent += before - exchange.output.count
            if isSent {
                deadlines.endWriting()
            } else {
                isWritable = false
                deadlines.beginWriting(now: loop.now, acknowledged: acknowledged)
            }
            if wasHeldUp, exchange.output.count <= settings.limits.pendingOutput { exchange.resume(self) }
        }
    }

    /// How many bytes the client's system has taken.
    private var acknowledged: Int { sent - SystemCalls.unacknowledged(descriptor) }

    private func read() throws(SystemError) {
        let buffer = loop.buffer
        guard let count = try SystemCalls.receive(descriptor, into: buffer) else {
            isReadable = false
            return
        }
        // Fewer bytes than asked for: nothing is left, and epoll tells when there is more (epoll(7)). The end
        // is no bytes; if epoll has told of it together with the last of them, it won't tell again.
        if count < buffer.count, !endIsNear { isReadable = false }
        if case .lingering(let bytes) = phase {
            guard count > 0, bytes > count else { return close() }
            phase = .lingering(bytes: bytes - count)
        } else if count > 0 {
            exchange.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]), from: self)
            countBody()
        } else {
            isReadable = false
            exchange.receiveEnd(self)
        }
    }

    /// Counts what has come of a body, unless one read may bring it, with those of the other connections.
    private func countBody() {
        let count = exchange.bodyCount > EventLoop.readBufferSize ? exchange.bodyCount : 0
        guard count != counted else { return }
        let isWithinLimit = settings.occupancy.receive(count - counted)
        counted = count
        if count > 0, !isWithinLimit {
            exchange.shed(self)
            countBody()
        }
    }

    // MARK: The end

    /// RFC 9112, 9.6: closing at once while the client still sends would make the system answer with a
    /// reset, which may take the answer from the client. So: say that nothing more comes, then wait for
    /// the client to close, a bounded time.
    private func linger() {
        guard !exchange.peerEnded, !exchange.isAborted, exchange.requestNumber > 0 else { return close() }
        SystemCalls.shutdownSending(descriptor)
        phase = .lingering(bytes: settings.limits.lingerBytes)
        deadlines.linger(now: loop.now, isShort: isDraining)
    }

    /// Closes now, whatever waits to be sent.
    func close() {
        if case .closed = phase { return }
        phase = .closed
        exchange.output = OutputQueue()
        exchange.disconnect()
        countBody()
        SystemCalls.close(descriptor)
        settings.occupancy.leave(peer)
        loop.remove(self)
    }

    /// Serves no further request: closes if idle, after the answer otherwise.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        if case .lingering = phase { return deadlines.hurry(now: loop.now) }
        exchange.drain()
        pump()
    }

    /// Ends what has taken too long.
    func checkDeadline() {
        if deadlines.outputIsLate(now: loop.now, acknowledged: { acknowledged }) { return close() }
        if probe.isDue(now: loop.now) {
            exchange.probe()
            pump()
        }
        // A client that doesn't read can't be blamed for what it can't send.
        if case .open = phase, !exchange.wantsInput { return }
        guard deadlines.inputIsLate(now: loop.now) else { return }
        switch phase {
        case .closed: break
        case .lingering: close()
        case .open:
            exchange.timeOut(self)
            pump()
        }
    }
}

extension Connection: ResponseSink {
    func deliver(_ response: Response?, to request: UInt64) {
        if loop.isCurrent {
            exchange.complete(response, to: request, self)
            pump()
        } else {
            loop.post { self.deliver(response, to: request) }
        }
    }

    func whenGone(_ request: UInt64, _ body: @escaping @Sendable () -> Void) {
        if loop.isCurrent {
            exchange.whenGone(request, body)
        } else {
            loop.post { self.whenGone(request, body) }
        }
    }

    func streamIsReady(_ stream: StreamBuffer) {
        if loop.isCurrent {
            exchange.advanceStream(stream, self)
            pump()
        } else {
            loop.post { self.streamIsReady(stream) }
        }
    }
}
