import Dispatch

/// What every connection of a server shares.
struct ConnectionSettings: Sendable {
    let limits: Limits
    /// The limits' times in milliseconds.
    let idle, header, body, write, linger: UInt64

    init(_ limits: Limits) {
        func milliseconds(_ seconds: Double) -> UInt64 { UInt64(max(0, min(seconds, 1e9)) * 1000) }
        self.limits = limits
        idle = milliseconds(limits.idleTimeout)
        header = milliseconds(limits.headerTimeout)
        body = milliseconds(limits.bodyTimeout)
        write = milliseconds(limits.writeTimeout)
        linger = milliseconds(limits.lingerTimeout)
    }
}

/// One socket: moves bytes between it and its `Exchange`, and watches the time.
///
/// Belongs to its loop's queue. `deliver` and `streamIsReady` alone may be called from elsewhere; they go to
/// the loop first.
final class Connection: @unchecked Sendable {
    let descriptor: Int32
    let generation: UInt32

    private enum Phase {
        case open
        /// The last answer is out; what the client still sends is dropped, up to that many bytes.
        case lingering(bytes: Int)
        case closed
    }

    /// What a deadline is for. It is set anew whenever this changes.
    private struct Wait: Equatable {
        var state = Exchange.State.idle
        var request: UInt64 = .max
        var progress = 0
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
    private var wait = Wait()
    private var deadline = UInt64.max
    private var writeDeadline = UInt64.max

    init(
        descriptor: Int32, generation: UInt32, loop: EventLoop, handler: any Handler,
        settings: ConnectionSettings
    ) {
        self.descriptor = descriptor
        self.generation = generation
        self.loop = loop
        self.settings = settings
        exchange = Exchange(
            handler: handler, limits: settings.limits, clock: { [unowned loop] in loop.wallClock })
        updateDeadline()
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
                    guard exchange.wantsInput else { return updateDeadline() }
                }
                guard isReadable else { return updateDeadline() }
                guard reads < Self.readsPerTurn else {
                    requeue()
                    return updateDeadline()
                }
                reads += 1
                try read()
            }
        } catch {
            close()
        }
    }

    private func requeue() {
        guard !isQueued else { return }
        isQueued = true
        loop.requeue(self)
    }

    /// Sends what waits. Output that had held up the requests behind it lets them go on.
    private func flush() throws(SystemError) {
        while isWritable, !exchange.output.isEmpty {
            let wasHeldUp = exchange.output.count > settings.limits.pendingOutput
            let before = exchange.output.count
            let socket = descriptor
            let isSent = try exchange.output.drain { (first, second) throws(SystemError) in
                try SystemCalls.send(socket, first, second)
            }
            if exchange.output.count < before { writeDeadline = .max }
            if !isSent {
                isWritable = false
                if writeDeadline == .max { writeDeadline = loop.now + settings.write }
            }
            if wasHeldUp, exchange.output.count <= settings.limits.pendingOutput { exchange.resume(self) }
        }
    }

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
        } else {
            isReadable = false
            exchange.receiveEnd(self)
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
        deadline = loop.now + (isDraining ? min(settings.linger, 1000) : settings.linger)
    }

    /// Closes now, whatever waits to be sent.
    func close() {
        if case .closed = phase { return }
        phase = .closed
        exchange.disconnect()
        exchange.output = OutputQueue()
        SystemCalls.close(descriptor)
        loop.remove(self)
    }

    /// Serves no further request: closes if idle, after the answer otherwise.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        if case .lingering = phase {
            deadline = min(deadline, loop.now + 1000)
            return
        }
        exchange.drain()
        pump()
    }

    // MARK: Time

    private func updateDeadline() {
        guard case .open = phase else { return }
        let state = exchange.state
        let current = Wait(
            state: state, request: exchange.requestNumber,
            // A body gets its time again with every so many bytes: slow is allowed, a trickle isn't.
            progress: state == .body ? exchange.bodyCount / max(1, settings.limits.bodyProgress) : 0)
        guard current != wait else { return }
        wait = current
        switch state {
        case .idle: deadline = loop.now + settings.idle
        case .head: deadline = loop.now + settings.header
        case .body: deadline = loop.now + settings.body
        // The handler's time is its own affair; writing has a deadline apart.
        case .handler, .stream, .finished: deadline = .max
        }
    }

    /// Ends what has taken too long.
    func checkDeadline() {
        if loop.now >= writeDeadline { return close() }
        guard loop.now >= deadline else { return }
        switch phase {
        case .closed: break
        case .lingering: close()
        case .open:
            // A client that doesn't read can't be blamed for what it can't send.
            guard exchange.wantsInput else { return }
            deadline = .max
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

    func streamIsReady(_ stream: StreamBuffer) {
        if loop.isCurrent {
            exchange.advanceStream(stream, self)
            pump()
        } else {
            loop.post { self.streamIsReady(stream) }
        }
    }
}
