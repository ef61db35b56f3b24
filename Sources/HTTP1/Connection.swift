import Dispatch

/// The settings and the admission control that all connections of a server share.
struct ConnectionSettings: Sendable {
    let limits: Limits
    let times: Deadlines.Times
    let admissionControl: AdmissionControl
    let bodyPool: BodyPool

    init(_ limits: Limits) {
        self.limits = limits
        times = Deadlines.Times(limits)
        admissionControl = AdmissionControl(limits: limits)
        bodyPool = BodyPool(limits: limits)
    }
}

/// One accepted socket: moves bytes between the socket and its `Exchange`, and enforces the time-outs.
///
/// Used on its event loop's queue only, except for the methods of `ResponseSink`, which may be called from
/// any thread and hop to the loop.
final class Connection: TurnTaker, @unchecked Sendable {
    let descriptor: Int32
    let generation: UInt32
    private let peer: Peer

    private enum Phase {
        case open
        /// Lingering close (RFC 9112, 9.6): the last response is sent; up to this many bytes that the client
        /// still sends are read and discarded.
        case lingering(bytes: Int)
        case closed
    }

    /// Maximum number of bytes that are sent in one turn.
    private static let maxSentBytesPerTurn = 256 * 1024

    private let loop: EventLoop
    private let settings: ConnectionSettings
    private let exchange: Exchange
    private var phase = Phase.open
    private var isReadable = false
    /// Whether epoll has reported that the client has ended its side. The end of the stream may still be
    /// unread in the system's buffer; edge-triggered epoll does not report it again.
    private var hasPeerHungUp = false
    private var isWritable = true
    var isQueued = false
    var neededTurns = false
    private var isInTurn = false
    private var isDraining = false
    private var deadlines: Deadlines
    private var probe = DisconnectProbe()
    /// Bytes written to the socket, acknowledged or not.
    private var sentBytes = 0
    /// The body that is being received, if it is counted in the pool.
    private var pooledBody: BodyPool.ID?

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
        updateDeadlines()
    }

    // MARK: Events

    /// Notes the events that epoll reports for the socket. Returns whether the connection is still open, and
    /// so needs a turn.
    func note(_ events: UInt32) -> Bool {
        // Both directions are closed, or the client has reset the connection: there is no client left to
        // respond to.
        if events & (EpollEvent.failed | EpollEvent.hungUp) != 0 {
            close()
            return false
        }
        if events & (EpollEvent.readable | EpollEvent.peerHungUp) != 0 { isReadable = true }
        if events & EpollEvent.peerHungUp != 0 { hasPeerHungUp = true }
        if events & EpollEvent.writable != 0 { isWritable = true }
        return true
    }

    /// Responds with 503 without reading a request, and closes.
    func refuseConnection() {
        isDraining = true
        exchange.refuseConnection(self)
        sendAndRequeue()
    }

    /// Reads, processes and writes until nothing more can be done without waiting, or the budget is spent.
    /// Returns whether there is more to do.
    func takeTurn(_ budget: inout TurnBudget) -> Bool {
        // A handler that responds synchronously may re-enter here; the loop below picks up its response.
        guard !isInTurn else { return false }
        isInTurn = true
        defer { isInTurn = false }
        do throws(SystemError) {
            var sendableBytes = Self.maxSentBytesPerTurn
            while try advance(&sendableBytes) {
                guard !budget.isSpent else {
                    updateDeadlines()
                    return true
                }
                if case .open = phase, exchange.canResume {
                    exchange.resume(self, &budget)
                    countBody()
                } else {
                    try read(&budget)
                }
            }
            updateDeadlines()
            return isWritable && !exchange.output.isEmpty
        } catch {
            close()
            return false
        }
    }

    /// Sends what is ready. Begins the lingering close after the last response. Returns whether to process or
    /// read input now.
    private func advance(_ sendableBytes: inout Int) throws(SystemError) -> Bool {
        try flush(&sendableBytes)
        if case .open = phase, exchange.state == .finished, exchange.output.isEmpty || exchange.isAborted {
            beginLingeringClose()
        }
        return switch phase {
        case .closed: false
        case .lingering: isReadable
        case .open: exchange.canResume || exchange.wantsInput && isReadable
        }
    }

    /// Sends what is ready outside of a turn, and asks for a turn if there is more to do.
    private func sendAndRequeue() {
        var budget = TurnBudget.spent
        if takeTurn(&budget) { loop.requeue(self) }
    }

    private func updateDeadlines() {
        guard case .open = phase else { return }
        deadlines.update(
            exchange.state, request: exchange.requestNumber, bodyCount: exchange.bodyCount,
            heldBytes: exchange.heldBodyBytes, now: loop.now)
        if hasPeerHungUp, exchange.state == .handler { probe.begin(exchange.requestNumber, now: loop.now) }
    }

    /// Sends pending output, up to `maxBytes`, which it reduces.
    private func flush(_ maxBytes: inout Int) throws(SystemError) {
        guard isWritable, maxBytes > 0, !exchange.output.isEmpty else { return }
        let socket = descriptor
        var rest = maxBytes
        var isBlocked = false
        _ = try exchange.output.drain { (first, second) throws(SystemError) in
            guard rest > 0 else { return nil }
            let first = first.slice(0, min(first.count, rest))
            let second = second.slice(0, min(second.count, rest - first.count))
            guard let count = try SystemCalls.send(socket, first, second) else {
                isBlocked = true
                return nil
            }
            rest -= count
            return count
        }
        sentBytes += maxBytes - rest
        maxBytes = rest
        if exchange.output.isEmpty {
            deadlines.endWriting()
        } else if isBlocked {
            isWritable = false
            deadlines.beginWriting(now: loop.now, acknowledged: acknowledged)
        }
    }

    /// Bytes that the client's system has acknowledged.
    private var acknowledged: Int { sentBytes - SystemCalls.unacknowledged(descriptor) }

    private func read(_ budget: inout TurnBudget) throws(SystemError) {
        let buffer = loop.buffer
        guard let count = try SystemCalls.receive(descriptor, into: buffer) else {
            isReadable = false
            return
        }
        // A short read has emptied the system's buffer, and epoll reports when there is more (epoll(7)). The
        // end of the stream needs another read, and may have been reported already together with the last
        // bytes.
        if count < buffer.count, !hasPeerHungUp { isReadable = false }
        if case .lingering(let bytes) = phase {
            guard count > 0, bytes > count else { return close() }
            phase = .lingering(bytes: bytes - count)
            budget.use(bytes: count)
        } else if count > 0 {
            exchange.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]), from: self, &budget)
            countBody()
        } else {
            isReadable = false
            exchange.receiveEnd()
        }
    }

    /// Updates the pool's count of body bytes. Bodies that fit one read buffer are not counted.
    private func countBody() {
        let count = exchange.heldBodyBytes
        guard count > EventLoop.readBufferSize else { return endBody() }
        let body = pooledBody ?? addBody()
        if let refusal = settings.bodyPool.update(body, bytes: count, now: loop.now) { refuseBody(refusal) }
    }

    private func addBody() -> BodyPool.ID {
        let request = exchange.requestNumber
        let body = settings.bodyPool.add(of: peer, now: loop.now) { [weak self] refusal in
            guard let self else { return }
            loop.post {
                if self.pooledBody != nil, self.exchange.requestNumber == request {
                    self.refuseBody(refusal)
                    self.sendAndRequeue()
                }
            }
        }
        pooledBody = body
        return body
    }

    private func refuseBody(_ refusal: BodyPool.Refusal) {
        exchange.refuseBody(refusal, self)
        endBody()
    }

    private func endBody() {
        guard let body = pooledBody else { return }
        pooledBody = nil
        settings.bodyPool.remove(body)
    }

    // MARK: The end

    /// Starts a lingering close. RFC 9112, 9.6: if the server closes while the client still sends, the system
    /// sends a reset, which may delete the response before the client has read it. Therefore shut down
    /// sending first, then wait for the client to close, for a bounded time.
    private func beginLingeringClose() {
        guard !exchange.peerEnded, !exchange.isAborted, exchange.requestNumber > 0 else { return close() }
        SystemCalls.shutdownSending(descriptor)
        phase = .lingering(bytes: settings.limits.maxLingeringCloseBytes)
        deadlines.beginLingeringClose(now: loop.now, isShort: isDraining)
    }

    /// Closes immediately and discards pending output.
    func close() {
        if case .closed = phase { return }
        phase = .closed
        exchange.output = OutputQueue()
        exchange.disconnect()
        endBody()
        SystemCalls.close(descriptor)
        settings.admissionControl.release(peer)
        loop.remove(self)
    }

    /// Serves no further request: closes now if idle, otherwise after the current response.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        if case .lingering = phase { return deadlines.shortenLingeringClose(now: loop.now) }
        exchange.drain()
        sendAndRequeue()
    }

    /// Enforces the time-outs, and sends a disconnect probe when one is due.
    func checkDeadline() {
        if deadlines.isOutputOverdue(now: loop.now, acknowledged: { acknowledged }) { return close() }
        if probe.isDue(now: loop.now) {
            exchange.sendProbe()
            sendAndRequeue()
        }
        // No input is read while the client leaves responses unread, so the client is not late with its
        // input.
        if case .open = phase, !exchange.wantsInput { return }
        guard deadlines.isInputOverdue(now: loop.now) else { return }
        switch phase {
        case .closed: break
        case .lingering: close()
        case .open:
            exchange.timeOut(self)
            sendAndRequeue()
        }
    }
}

extension Connection: ResponseSink {
    func deliver(_ response: Response?, to request: UInt64) {
        if loop.isCurrent {
            exchange.complete(response, to: request, self)
            sendAndRequeue()
        } else {
            loop.post { self.deliver(response, to: request) }
        }
    }

    func onDisconnect(_ request: UInt64, _ body: @escaping @Sendable () -> Void) {
        if loop.isCurrent {
            exchange.onDisconnect(request, body)
        } else {
            loop.post { self.onDisconnect(request, body) }
        }
    }

    func streamIsReady(_ stream: StreamBuffer) {
        if loop.isCurrent {
            exchange.advanceStream(stream, self)
            sendAndRequeue()
        } else {
            loop.post { self.streamIsReady(stream) }
        }
    }

    func bodyIsReady(_ body: BodyReader) {
        // Always in another turn: a receiver may call this while its exchange passes it the body.
        loop.post {
            self.exchange.advanceBody(body, self)
            self.countBody()
            self.sendAndRequeue()
        }
    }
}
