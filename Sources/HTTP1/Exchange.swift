/// The HTTP/1.1 state machine of one connection: requests in, responses out, in order. It does no I/O: input
/// arrives through `receive`, output collects in `output`, and `state` says what the connection has to wait
/// for.
///
/// Owned by one event loop and used on its queue only.
package final class Exchange {
    private enum Phase {
        case reading
        case handling
        case streaming(StreamBuffer)
        case finished
    }

    private let handler: any Handler
    private let limits: Limits
    private let peer: String?
    private var parser: RequestParser
    private var responseWriter: ResponseWriter
    private var phase = Phase.reading
    /// Input that is not parsed yet: the beginning of a line, or pipelined requests.
    private var unprocessed: [UInt8] = []
    /// Whether parsing has stopped before the end of the unprocessed input.
    private var isInterrupted = false
    private var inputEnded = false
    private var isDraining = false
    private var isProcessing = false
    private var isAdvancing = false
    /// The callbacks for a disconnect of the client whose request the handler is processing.
    private var disconnectHandlers = DisconnectHandlers()
    private var current = CurrentExchange()

    /// The head of the request whose body is being read.
    private var head: RequestHead?
    /// That body, if the handler receives it piece by piece.
    private var incoming: IncomingBody?

    /// The number of the current request on this connection, from 1.
    package private(set) var requestNumber: UInt64 = 0

    /// The bytes to send.
    package var output: OutputQueue {
        get { responseWriter.output }
        _modify { yield &responseWriter.output }
    }

    /// Whether a response was aborted. The connection must then close at once, without a lingering close, so
    /// that the client detects the incomplete response.
    package private(set) var isAborted = false

    /// - Parameters:
    ///   - peer: the client's address, for the handler.
    ///   - clock: returns seconds since 1970, for the Date field.
    package init(
        handler: any Handler, limits: Limits, peer: String? = nil, clock: @escaping () -> Int
    ) {
        self.handler = handler
        self.peer = peer
        self.limits = limits
        responseWriter = ResponseWriter(clock: clock)
        parser = RequestParser(limits: limits)
    }

    /// What the connection waits for.
    package var state: State {
        switch phase {
        case .reading:
            if parser.isInBody {
                incoming?.reader.isFull == true ? .handler : .body
            } else if parser.isInHead || !unprocessed.isEmpty {
                .head
            } else {
                .idle
            }
        case .handling: .handler
        case .streaming: .stream
        case .finished: .finished
        }
    }

    /// Whether to read from the socket now: not while a request is being handled or pipelined ones wait, and
    /// not while the client leaves too many bytes of responses unread.
    package var wantsInput: Bool {
        guard case .reading = phase else { return false }
        return !inputEnded && !isInterrupted && !isHeldUp && incoming?.reader.isFull != true
    }

    /// Whether `resume` has something to do: parse pipelined requests or the end of the input, or move the
    /// bytes of a stream to the output.
    package var canResume: Bool {
        switch phase {
        case .reading: (isInterrupted || inputEnded) && !isHeldUp
        case .streaming(let stream): !isHeldUp && stream.isScheduled
        case .handling, .finished: false
        }
    }

    /// Whether the client leaves too many bytes of responses unread.
    private var isHeldUp: Bool { output.count > limits.maxPendingOutputBytes }

    /// Bytes of the current body that have arrived.
    package var bodyCount: Int { parser.bodyCount }

    /// Bytes of the current body that are in memory.
    package var heldBodyBytes: Int { incoming?.reader.heldBytes ?? parser.heldBodyBytes }

    /// Whether the client has ended its side, so that no lingering close is needed.
    package var peerEnded: Bool { inputEnded }

    /// Processes bytes that arrived, until the budget is spent. Call `resume` as long as `canResume` says so.
    package func receive(
        _ bytes: UnsafeRawBufferPointer, from sink: any ResponseSink, _ budget: inout TurnBudget
    ) {
        budget.use(bytes: bytes.count)
        if unprocessed.isEmpty {
            let used = process(bytes, sink, &budget)
            if used < bytes.count { unprocessed = Array(bytes[used...]) }
        } else {
            unprocessed.append(contentsOf: bytes)
            processAgain(sink, &budget)
        }
    }

    /// Continues with the unprocessed input or the stream, until the budget is spent.
    package func resume(_ sink: any ResponseSink, _ budget: inout TurnBudget) {
        guard case .streaming(let stream) = phase else { return processAgain(sink, &budget) }
        let before = output.count
        advanceStream(stream, sink)
        budget.use(bytes: output.count - before)
    }

    private func processAgain(_ sink: any ResponseSink, _ budget: inout TurnBudget) {
        // Moved out while it is read, so that a re-entrant call cannot modify it.
        var bytes = exchange(&unprocessed, with: [])
        let used = bytes.withUnsafeBytes { process($0, sink, &budget) }
        if used > 0 { bytes.removeFirst(used) }
        unprocessed = bytes
    }

    /// Notes the end of the client's input. Requests that have arrived completely still get their responses.
    package func receiveEnd() { inputEnded = true }

    /// Handles an expired deadline of the current state: 408 in the middle of a request, otherwise a silent
    /// close.
    package func timeOut(_ sink: any ResponseSink) {
        guard case .reading = phase else { return finish() }
        switch state {
        case .head, .body:
            // RFC 9110, 15.5.9
            respondAndClose(
                ParseError(.requestTimeout, "the request did not arrive completely within the time-out"), sink
            )
        default: finish()
        }
    }

    /// Responds with 503 without reading a request, because there are too many connections.
    package func refuseConnection(_ sink: any ResponseSink) {
        respondAndClose(
            ParseError(.serviceUnavailable, "the server has too many connections; retry later"), sink)
    }

    /// Responds with 503 to the request whose body is being received, because too many bytes of bodies are in
    /// memory.
    package func refuseBody(_ refusal: BodyPool.Refusal, _ sink: any ResponseSink) {
        let detail =
            switch refusal {
            case .total: "the server is receiving too many large requests; retry later"
            case .peer: "the server is receiving too many large requests from this address; retry later"
            }
        respondAndClose(ParseError(.serviceUnavailable, detail), sink)
    }

    /// Serves no request after the current one.
    package func drain() {
        isDraining = true
        if state == .idle { finish() }
    }

    /// Handles the end of the connection: runs the disconnect handlers of a request without a response.
    package func disconnect() {
        let calls = disconnectHandlers.disconnect()
        finish()
        for call in calls { call() }
    }

    /// Registers `body` for a disconnect before `request` gets its response. Calls it immediately if the
    /// client has disconnected already.
    package func onDisconnect(_ request: UInt64, _ body: @escaping @Sendable () -> Void) {
        if request == requestNumber, disconnectHandlers.add(body) { body() }
    }

    /// Sends an interim response to a client that waits for a handler's response, unless other output is
    /// pending.
    package func sendProbe() {
        if case .handling = phase, output.isEmpty { responseWriter.writeInterimResponse() }
    }

    // MARK: Requests

    /// Parses and dispatches requests until one needs more input or has to wait for its response, or the
    /// budget is spent. Returns the number of bytes that were consumed.
    private func process(
        _ bytes: UnsafeRawBufferPointer, _ sink: any ResponseSink, _ budget: inout TurnBudget
    ) -> Int {
        isProcessing = true
        defer { isProcessing = false }
        var position = 0
        isInterrupted = false
        while case .reading = phase, !isHeldUp {
            let before = (request: requestNumber, output: output.count)
            do throws(ParseError) {
                let event = try parser.next(bytes, &position)
                if let incoming { incoming.receive(parser.passBody()) }
                switch event {
                case .needMore:
                    // RFC 9112, 8: an incomplete request is not processed.
                    if inputEnded { finish() }
                    return position
                case .head(let head):
                    beginRequest(isHead: head.method == .head)
                    try handleHead(head, bodyHasBegun: position < bytes.count, sink)
                case .refused(let error):
                    beginRequest(isHead: parser.method == .head)
                    current.begin(handler.exchange(for: nil, from: peer))
                    respondBeforeBody(handler.errorResponse(error.status, detail: error.detail), sink)
                case .complete: dispatch(sink)
                case .discarded: break
                }
            } catch {
                let receiver = error.status == .contentTooLarge ? incoming?.receiver : nil
                let detail = receiver?.tooLongDetail ?? error.detail
                respondAndClose(ParseError(error.status, detail), sink)
            }
            budget.use(requests: Int(requestNumber - before.request), bytes: output.count - before.output)
            // A turn ends between requests, and only if there is another one.
            if position < bytes.count, !parser.isInBody, budget.isSpent { break }
        }
        // Input after the last request is discarded unread.
        if case .finished = phase { return bytes.count }
        isInterrupted = position < bytes.count
        return position
    }

    private func beginRequest(isHead: Bool) {
        requestNumber += 1
        responseWriter.begin(isHead: isHead, minorVersion: parser.minorVersion, keepsAlive: parser.keepsAlive)
    }

    private func handleHead(
        _ head: RequestHead, bodyHasBegun: Bool, _ sink: any ResponseSink
    ) throws(ParseError) {
        current.begin(handler.exchange(for: head, from: peer))
        if head.target.path == "*" {
            // OPTIONS * asks about the server as a whole (RFC 9110, 9.3.7); there are no options to report.
            return respondBeforeBody(Response(status: .noContent), sink)
        }
        if let refusal = current.handler?.preflight() { return respondBeforeBody(refusal, sink) }
        self.head = head
        if let receiver = current.handler?.bodyReceiver() {
            incoming = IncomingBody(receiver: receiver, reader: BodyReader(sink: sink))
            parser.acceptBody(upTo: receiver.maxBodyBytes)
        }
        try parser.checkBodyLength()
        // RFC 9110, 10.1.1: 100 (Continue) may be omitted when part of the body has arrived.
        if parser.expectsContinue, !bodyHasBegun, parser.contentLength != 0 {
            responseWriter.writeInterimResponse()
        }
    }

    /// Responds to a request without reading its body. Keeps the connection if the body is known to be short
    /// enough to be discarded.
    private func respondBeforeBody(_ response: Response, _ sink: any ResponseSink) {
        if let length = parser.contentLength, length <= limits.maxDiscardedBodyBytes,
            length == 0 || !parser.expectsContinue
        {
            parser.discardBody()
        } else {
            responseWriter.closeAfterResponse()
        }
        phase = .handling
        respond(response, sink)
    }

    private func dispatch(_ sink: any ResponseSink) {
        guard let head = exchange(&head, with: nil) else { return }
        phase = .handling
        incoming = nil
        disconnectHandlers = DisconnectHandlers()
        current.handler?.respond(
            to: Request(head: head, body: parser.takeBody()),
            Responder(sink: sink, request: requestNumber))
    }

    /// Responds to a malformed or refused request and closes the connection. Closes without a response if one
    /// has already begun.
    private func respondAndClose(_ error: ParseError, _ sink: any ResponseSink) {
        guard case .reading = phase, !parser.isDiscarding else { return finish() }
        requestNumber += 1
        failBody()
        // RFC 9110, 9.3.2: a response to HEAD has no content, even if it is an error.
        let isHead = (parser.isInHead || parser.isInBody) && parser.method == .head
        responseWriter.begin(isHead: isHead, minorVersion: 1, keepsAlive: false)
        if head == nil { current.begin(handler.exchange(for: nil, from: peer)) }
        head = nil
        phase = .handling
        var response = handler.errorResponse(error.status, detail: error.detail)
        // RFC 9110, 15.6.4
        if error.status == .serviceUnavailable { response.fields.append((name: "Retry-After", value: "1")) }
        respond(response, sink)
    }

    /// Responds if the receiver of a body refuses the rest. If the body has room again, `wantsInput` is true.
    package func advanceBody(_ body: BodyReader, _ sink: any ResponseSink) {
        guard case .reading = phase, incoming?.reader === body, let refusal = body.refusal else { return }
        failBody()
        head = nil
        responseWriter.closeAfterResponse()
        phase = .handling
        respond(refusal, sink)
    }

    /// Tells the receiver of a body that the body will not become complete.
    private func failBody() {
        if let incoming = exchange(&incoming, with: nil) { incoming.receiver.bodyDidFail() }
    }

    // MARK: Responses

    /// Writes the handler's response to `request`; `nil` if the handler released its responder without one.
    package func complete(_ response: Response?, to request: UInt64, _ sink: any ResponseSink) {
        guard case .handling = phase, request == requestNumber, let handler = current.handler else { return }
        _ = disconnectHandlers.cancel()
        respond(response ?? handler.missingResponse(), sink)
    }

    private func respond(_ response: Response, _ sink: any ResponseSink) {
        if isDraining { responseWriter.closeAfterResponse() }
        guard let start = responseWriter.write(current.willRespond(with: response)) else {
            return endResponse()
        }
        let buffer = StreamBuffer(
            sink: sink, highWaterMark: limits.maxPendingOutputBytes, maxBytes: limits.maxStreamBufferBytes)
        phase = .streaming(buffer)
        start(BodyWriter(buffer: buffer))
    }

    private func endResponse() {
        current.end(contentBytes: responseWriter.contentBytes, isComplete: true)
        if responseWriter.keepsAlive { phase = .reading } else { finish() }
    }

    /// Moves bytes from the response's stream to the output, unless too much output is pending.
    package func advanceStream(_ stream: StreamBuffer, _ sink: any ResponseSink) {
        // A writer's `onReady` callback may re-enter here; the loop below picks up what it has written.
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while case .streaming(let current) = phase, current === stream {
            if stream.isAborted { return abort() }
            guard !isHeldUp else { return }
            let taken = stream.take()
            for piece in taken.pieces { responseWriter.writeStream(piece) }
            switch taken.end {
            case nil: break
            case .aborted: return abort()
            case .finished:
                guard responseWriter.endStream() else { return abort() }
                endResponse()
            }
            taken.onReady?()
            guard stream.isScheduled else { break }
        }
    }

    private func abort() {
        isAborted = true
        finish()
    }

    private func finish() {
        if case .streaming(let stream) = phase { stream.disconnect() }
        phase = .finished
        failBody()
        current.end(contentBytes: responseWriter.contentBytes, isComplete: false)
        unprocessed = []
        isInterrupted = false
        head = nil
        _ = parser.takeBody()
    }
}
