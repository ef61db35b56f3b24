/// One connection's conversation: requests in, answers out, in turn. It knows no socket: bytes come by
/// `receive`, go to `output`, and `state` says what the connection has to wait for.
///
/// Owned by one loop and used on its queue only.
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
    private var answers: AnswerWriter
    private var phase = Phase.reading
    /// What arrived and is not used: the beginning of a line, or requests that wait for their turn.
    private var waiting: [UInt8] = []
    private var inputEnded = false
    private var isDraining = false
    private var isProcessing = false
    private var isAdvancing = false
    /// Of the client whose request is with the handler.
    private var departure = Departure()
    private var observation = Observation()

    /// The head of the request whose body is being read.
    private var head: RequestHead?

    /// The number of the request that is being read or answered.
    package private(set) var requestNumber: UInt64 = 0

    /// The bytes to send.
    package var output: OutputQueue {
        get { answers.output }
        _modify { yield &answers.output }
    }

    /// A client that was cut off in the middle of an answer must see it: the connection is to be closed
    /// without delay.
    package private(set) var isAborted = false

    /// `peer` is the client's address, and `clock` tells the seconds since 1970.
    package init(
        handler: any Handler, limits: Limits, peer: String? = nil, clock: @escaping () -> Int
    ) {
        self.handler = handler
        self.peer = peer
        self.limits = limits
        answers = AnswerWriter(clock: clock)
        parser = RequestParser(limits: limits)
    }

    /// What the connection waits for.
    package var state: State {
        switch phase {
        case .reading:
            if parser.isInBody { .body } else if parser.isInHead || !waiting.isEmpty { .head } else { .idle }
        case .handling: .handler
        case .streaming: .stream
        case .finished: .finished
        }
    }

    /// Whether bytes are wanted now. Not while a client leaves its answers unread.
    package var wantsInput: Bool {
        guard case .reading = phase else { return false }
        return !inputEnded && output.count <= limits.pendingOutput
    }

    /// How many bytes of the body that is being read have come.
    package var bodyCount: Int { parser.bodyCount }

    /// Whether it was the client that ended the conversation, so that there is no one to linger for.
    package var peerEnded: Bool { inputEnded }

    /// Takes bytes that arrived.
    package func receive(_ bytes: UnsafeRawBufferPointer, from sink: any ResponseSink) {
        if waiting.isEmpty {
            let used = process(bytes, sink)
            if used < bytes.count { waiting = Array(bytes[used...]) }
        } else {
            waiting.append(contentsOf: bytes)
            resume(sink)
        }
    }

    /// Goes on with what has arrived, when something that it waited for has happened.
    package func resume(_ sink: any ResponseSink) {
        if case .streaming(let stream) = phase { return advanceStream(stream, sink) }
        // Out of its place while it is read, so that nothing else can touch it.
        var bytes = exchange(&waiting, with: [])
        let used = bytes.withUnsafeBytes { process($0, sink) }
        if used > 0 { bytes.removeFirst(used) }
        waiting = bytes
    }

    /// The client will send nothing more. What it has sent is still answered.
    package func receiveEnd(_ sink: any ResponseSink) {
        inputEnded = true
        resume(sink)
    }

    /// The time that the state may last is over.
    package func timeOut(_ sink: any ResponseSink) {
        guard case .reading = phase else { return finish() }
        switch state {
        case .head, .body:
            // RFC 9110, 15.5.9
            reject(ParseError(.requestTimeout, "the request did not arrive in time"), sink)
        default: finish()
        }
    }

    /// The server has no room for this connection: 503, without looking at a request.
    package func turnAway(_ sink: any ResponseSink) {
        reject(ParseError(.serviceUnavailable, "too many connections; try again later"), sink)
    }

    /// The server has no room for the body that is being received.
    package func shed(_ sink: any ResponseSink) {
        reject(
            ParseError(.serviceUnavailable, "too many large requests arrive at once; try again later"), sink)
    }

    /// No request after the present one is to be served.
    package func drain() {
        isDraining = true
        if state == .idle { finish() }
    }

    /// The connection is gone.
    package func disconnect() {
        let calls = departure.happen()
        finish()
        for call in calls { call() }
    }

    /// Calls `body` if the connection goes before the request of that number is answered: now if it has gone.
    package func whenGone(_ request: UInt64, _ body: @escaping @Sendable () -> Void) {
        if request == requestNumber, departure.await(body) { body() }
    }

    /// Sends something to a client that waits for its answer and has been sent nothing else.
    package func probe() {
        if case .handling = phase, output.isEmpty { answers.writeInterim() }
    }

    // MARK: Requests

    /// Reads as many requests as can be answered now. Returns how many bytes are used.
    private func process(_ bytes: UnsafeRawBufferPointer, _ sink: any ResponseSink) -> Int {
        guard !isProcessing else { return 0 }
        isProcessing = true
        defer { isProcessing = false }
        var position = 0
        while case .reading = phase, output.count <= limits.pendingOutput {
            do throws(ParseError) {
                switch try parser.next(bytes, &position) {
                case .needMore:
                    // RFC 9112, 8: a request that was cut off is not processed.
                    if inputEnded { finish() }
                    return position
                case .head(let head):
                    begin(isHead: head.method == .head)
                    consider(head, bodyHasBegun: position < bytes.count, sink)
                case .refused(let error):
                    begin(isHead: parser.method == .head)
                    observation.begin(handler.observer(of: nil, from: peer))
                    refuse(handler.errorResponse(error.status, detail: error.detail), sink)
                case .complete: dispatch(sink)
                case .discarded: break
                }
            } catch {
                reject(error, sink)
            }
        }
        // What comes after the end is never looked at.
        if case .finished = phase { return bytes.count }
        return position
    }

    private func begin(isHead: Bool) {
        requestNumber += 1
        answers.begin(isHead: isHead, minorVersion: parser.minorVersion, keepsAlive: parser.keepsAlive)
    }

    private func consider(_ received: RequestHead, bodyHasBegun: Bool, _ sink: any ResponseSink) {
        observation.begin(handler.observer(of: received, from: peer))
        var head = received
        head.observer = observation.observer
        if head.target.path == "*" {
            // OPTIONS * asks about the server as a whole (RFC 9110, 9.3.7); there is nothing to tell.
            return refuse(Response(status: .noContent), sink)
        }
        if let refusal = handler.preflight(head) { return refuse(refusal, sink) }
        self.head = head
        // RFC 9110, 10.1.1: 100 may be left out when some of the body is there already.
        if parser.expectsContinue, !bodyHasBegun, parser.contentLength != 0 {
            answers.writeInterim()
        }
    }

    /// Answers a request whose body is not wanted. The connection is kept when the body is known to be short.
    private func refuse(_ response: Response, _ sink: any ResponseSink) {
        if let length = parser.contentLength, length <= limits.discardedBody,
            length == 0 || !parser.expectsContinue
        {
            parser.discardBody()
        } else {
            answers.endAfterThis()
        }
        phase = .handling
        answer(response, sink)
    }

    private func dispatch(_ sink: any ResponseSink) {
        guard let head = exchange(&head, with: nil) else { return }
        phase = .handling
        departure = Departure()
        handler.respond(
            to: Request(head: head, body: parser.takeBody()),
            Responder(sink: sink, request: requestNumber))
    }

    /// Answers what is no request, once, and ends the conversation. Nothing is said if an answer has begun.
    private func reject(_ error: ParseError, _ sink: any ResponseSink) {
        guard case .reading = phase, !parser.isDiscarding else { return finish() }
        requestNumber += 1
        // RFC 9110, 9.3.2: an answer to HEAD has no content even if it is an error.
        let isHead = (parser.isInHead || parser.isInBody) && parser.method == .head
        answers.begin(isHead: isHead, minorVersion: 1, keepsAlive: false)
        if head == nil { observation.begin(handler.observer(of: nil, from: peer)) }
        head = nil
        phase = .handling
        var response = handler.errorResponse(error.status, detail: error.detail)
        // RFC 9110, 15.6.4
        if error.status == .serviceUnavailable { response.fields.append((name: "Retry-After", value: "1")) }
        answer(response, sink)
    }

    // MARK: Answers

    /// Takes the answer to the request of that number; `nil` if the handler gave none.
    package func complete(_ response: Response?, to request: UInt64, _ sink: any ResponseSink) {
        guard case .handling = phase, request == requestNumber else { return }
        _ = departure.forget()
        answer(
            response ?? handler.errorResponse(.internalServerError, detail: "the request was not answered"),
            sink)
        if !waiting.isEmpty || inputEnded { resume(sink) }
    }

    private func answer(_ response: Response, _ sink: any ResponseSink) {
        if isDraining { answers.endAfterThis() }
        guard let start = answers.write(observation.answer(response)) else { return endOfAnswer() }
        let buffer = StreamBuffer(sink: sink, room: limits.pendingOutput, limit: limits.streamBuffer)
        phase = .streaming(buffer)
        start(BodyWriter(buffer: buffer))
    }

    private func endOfAnswer() {
        observation.end(contentBytes: answers.contentBytes, isWhole: true)
        if answers.keepsAlive { phase = .reading } else { finish() }
    }

    /// Fetches what was written to the present answer, unless the client has yet to read what came before it.
    package func advanceStream(_ stream: StreamBuffer, _ sink: any ResponseSink) {
        // A writer that is told to go on comes back here from within; the loop below sees what it has written.
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while case .streaming(let current) = phase, current === stream {
            if stream.isAborted { return abort() }
            guard output.count <= limits.pendingOutput else { return }
            let taken = stream.take()
            for piece in taken.pieces { answers.writePiece(piece) }
            switch taken.end {
            case nil: break
            case .aborted: return abort()
            case .finished:
                answers.endPieces()
                endOfAnswer()
            }
            taken.whenReady?()
            guard stream.isScheduled else { break }
        }
        if case .reading = phase, !waiting.isEmpty || inputEnded { resume(sink) }
    }

    private func abort() {
        isAborted = true
        finish()
    }

    private func finish() {
        if case .streaming(let stream) = phase { stream.disconnect() }
        phase = .finished
        observation.end(contentBytes: answers.contentBytes, isWhole: false)
        waiting = []
        head = nil
        _ = parser.takeBody()
    }
}
