import HTTP1
import ModelStore
import Synchronization
import Telemetry

/// Everything that is known about one request before its body is read: route, media type, body format, API
/// key.
///
/// The service makes one for each exchange when the head has arrived, and the HTTP layer calls it until the
/// exchange ends. It refuses the request or responds to it, and finally counts and logs it.
package final class RequestContext: ExchangeHandler {
    /// The results of the checks of a request that is not refused.
    struct Admission: Sendable {
        let route: Route
        /// The values of the path's parameters by name.
        let parameters: [String: String]
        /// The media type of the response.
        let mediaType: MediaType
        /// The format of the body, from its Content-Type.
        let bodyFormat: BodyFormat
        /// The content coding of the body; nil for none.
        let bodyCoding: ContentCoding?
        /// The name of the API key; nil for a server without keys and for routes that need none.
        let keyName: String?
        /// The receiver of the body; nil for routes that take it from memory.
        let upload: Upload?
    }

    /// The result of the checks. Indirect, because every request holds one and a problem is large.
    private enum Outcome: Sendable {
        case admitted(Admission)
        indirect case refused(Problem)
        /// The exchange has no request, for example because its bytes are malformed.
        case notARequest
    }

    private let service: Service
    private let head: RequestHead?
    private let outcome: Outcome
    private let record: RequestRecord

    /// - Parameters:
    ///   - head: nil if no request could be parsed.
    ///   - peer: the client's address.
    init(_ head: RequestHead?, from peer: String?, _ service: Service) {
        self.service = service
        self.head = head
        let match = head.map(service.router.find)
        // Starts the clock, so it comes before the checks.
        record = RequestRecord(
            head, path: match?.path, from: peer, metrics: service.requestMetrics, log: service.requestLog)
        if let head, let match {
            do throws(Problem) {
                outcome = .admitted(try Self.admit(head, match, service))
            } catch {
                outcome = .refused(error)
            }
        } else {
            outcome = .notARequest
        }
    }

    /// Checks everything that can be checked without the body.
    private static func admit(
        _ head: RequestHead, _ match: Router.Match, _ service: Service
    ) throws(Problem) -> Admission {
        let route: Route
        do throws(Problem) {
            route = try match.route.get()
        } catch {
            // Do not reveal to unauthenticated clients which paths exist.
            try service.keys?.check(head.fields, for: nil)
            throw error
        }
        let keyName = try route.scope.flatMap { (scope) throws(Problem) in
            try service.keys?.check(head.fields, for: scope)
        }
        let mediaType = try MediaType.negotiate(head.fields, offered: route.produces)
        let coding = route.accepts == nil ? nil : try ContentCoding.ofBody(head.fields)
        let format = try route.accepts.map { (content) throws(Problem) in
            try BodyFormat(head.fields, content)
        }
        var upload: Upload?
        if case .onUpload = route.action {
            upload = try Upload(head, match.parameters, coding, service.executor.models)
        }
        return Admission(
            route: route, parameters: match.parameters, mediaType: mediaType, bodyFormat: format ?? .json,
            bodyCoding: coding, keyName: keyName, upload: upload)
    }

    // MARK: The exchange

    package func preflight() -> Response? {
        guard case .refused(let problem) = outcome else { return nil }
        return response(for: problem)
    }

    package func bodyReceiver() -> (any BodyReceiver)? {
        guard case .admitted(let admission) = outcome else { return nil }
        return admission.upload
    }

    package func respond(to request: Request, _ responder: Responder) {
        // The HTTP layer does not call this for a request that `preflight` refuses.
        guard case .admitted(let admission) = outcome else { return }
        service.executor.run(
            Call(
                context: self, admission: admission, request: request,
                responder: ContentCoding.acceptsGzip(request.fields)
                    ? responder.map { $0.compressed() } : responder,
                arrival: admission.route.action.mayCompute ? .now : nil))
    }

    package func willRespond(with response: inout Response) { record.willRespond(with: &response) }

    package func didEnd(_ end: ExchangeEnd) { record.didEnd(end) }

    // MARK: For the routes

    /// Records the version that the request uses, for the log.
    package func note(_ entry: ModelRegistry.Entry) { record.note(entry) }

    /// The response for a problem, in the format of the path's protocol. Every problem of a request is
    /// converted here.
    package func response(for problem: Problem) -> Response {
        if let head, let format = service.problemFormats.first(where: { head.path.hasPrefix($0.pathPrefix) })
        {
            return format.response(problem)
        }
        // A JSON pointer is meaningless for a body that is not JSON.
        guard case .admitted(let admission) = outcome, admission.bodyFormat.hasOptionsInQuery else {
            return problem.response
        }
        return problem.withoutPointer.response
    }
}
