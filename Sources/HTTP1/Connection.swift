import Dispatch

/// The settings and the admission control that all connections of a server share.
struct ConnectionSettings: Sendable {
    let limits: Limits
    let times: Deadlines.Times
    let admissionControl: AdmissionControl

    init(_ limits: Limits) {
        self.limits = limits
        times = Deadlines.Times(limits)
        admissionControl = AdmissionControl(limits: limits)
    }
}

/// One accepted socket: moves bytes between the socket and its `Exchange`, and enforces the time-outs.
///
/// Used on its event loop's queue only, except for the methods of `ResponseSink`, which may be called from
/// any thread and hop to the loop.
final class Connection: @unchecked Sendable {
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

    /// Reads before the connection yields to the others of its loop.
    private static let maxReadsPerTurn = 16

    private let loop: EventLoop
    private let settings: ConnectionSettings
    private let exchange: Exchange
    private var phase = Phase.open
    private var isReadable = false
    /// Whether epoll has reported that the client has ended its side. The end of the stream may still be
    /// unread in the system's buffer; edge-triggered epoll does not report it again.
    private var hasPeerHungUp = false
    private var isWritable = true
    private var isQueued = false
    private var isPumping = false
    private var isDraining = false
    private var deadlines: Deadlines
    private var probe = DisconnectProbe()
    /// Bytes written to the socket, acknowledged or not.
    private var sentBytes = 0
    /// Bytes of the current body that are counted in the admission control.
    private var countedBodyBytes = 0

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
        deadlines.update(for: exchange, now: loop.now)
    }

    // MARK: Events

    /// Handles the events that epoll reports for the socket.
    func handle(_ events: UInt32) {
        // Both directions are closed, or the client has reset the connection: there is no client left to
        // respond to.
        if events & (EpollEvent.failed | EpollEvent.hungUp) != 0 { return close() }
        if events & (EpollEvent.readable | EpollEvent.peerHungUp) != 0 { isReadable = true }
        if events & EpollEvent.peerHungUp != 0 { hasPeerHungUp = true }
        if events & EpollEvent.writable != 0 { isWritable = true }
        pump()
    }

    /// Continues reading after the loop's other connections have had their turn.
    func continueReading() {
        isQueued = false
        pump()
    }

    /// Responds with 503 without reading a request, and closes.
    func refuseConnection() {
        isDraining = true
        exchange.refuseConnection(self)
        pump()
    }

    /// Reads, processes and writes until nothing more can be done without waiting.
    private func pump() {
        // A handler that responds synchronously re-enters here; the loop below picks up its response.
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
                        beginLingeringClose()
                        continue
                    }
                    guard exchange.wantsInput else { return updateDeadlines() }
                }
                guard isReadable else { return updateDeadlines() }
                guard reads < Self.maxReadsPerTurn else {
                    requeue()
                    return updateDeadlines()
                }
                reads += 1
                try read()
            }
        } catch {
            close()
        }
    }

    private func updateDeadlines() {
        guard case .open = phase else { return }
        deadlines.update(for: exchange, now: loop.now)
        if hasPeerHungUp, exchange.state == .handler { probe.begin(exchange.requestNumber, now: loop.now) }
    }

    private func requeue() {
        guard !isQueued else { return }
        isQueued = true
        loop.requeue(self)
    }

    /// Sends pending output. Resumes the exchange if it was waiting for the output to shrink.
    private func flush() throws(SystemError) {
        while isWritable, !exchange.output.isEmpty {
            let before = exchange.output.count
            let wasHeldUp = before > settings.limits.maxPendingOutputBytes
            let socket = descriptor
            let isSent = try exchange.output.drain { (first, second) throws(SystemError) in
                try SystemCalls.send(socket, first, second)
            }
            sentBytes += before - exchange.output.count
            if isSent {
                deadlines.endWriting()
            } else {
                isWritable = false
                deadlines.beginWriting(now: loop.now, acknowledged: acknowledged)
            }
            if wasHeldUp, exchange.output.count <= settings.limits.maxPendingOutputBytes {
                exchange.resume(self)
            }
        }
    }

    /// Bytes that the client's system has acknowledged.
    private var acknowledged: Int { sentBytes - SystemCalls.unacknowledged(descriptor) }

    private func read() throws(SystemError) {
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
        } else if count > 0 {
            exchange.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]), from: self)
            countBody()
        } else {
            isReadable = false
            exchange.receiveEnd(self)
        }
    }

    /// Updates the admission control's count of body bytes. Bodies that fit one read buffer are not counted.
    private func countBody() {
        let held = exchange.heldBodyBytes
        let count = held > EventLoop.readBufferSize ? held : 0
        guard count != countedBodyBytes else { return }
        let isWithinLimit = settings.admissionControl.addBodyBytes(count - countedBodyBytes)
        countedBodyBytes = count
        if count > 0, !isWithinLimit {
            exchange.refuseBody(self)
            countBody()
        }
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
        countBody()
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
        pump()
    }

    /// Enforces the time-outs, and sends a disconnect probe when one is due.
    func checkDeadline() {
        if deadlines.isOutputOverdue(now: loop.now, acknowledged: { acknowledged }) { return close() }
        if probe.isDue(now: loop.now) {
            exchange.sendProbe()
            pump()
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
            pump()
        } else {
            loop.post { self.streamIsReady(stream) }
        }
    }

    func bodyIsReady(_ body: BodyReader) {
        // Always in another turn: a receiver may call this while its exchange passes it the body.
        loop.post {
            self.exchange.advanceBody(body, self)
            self.pump()
        }
    }
}
