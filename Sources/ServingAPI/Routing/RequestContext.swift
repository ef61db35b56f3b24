import HTTP1
import ModelStore
import Synchronization
import Telemetry

/// Everything that is known of one request before its body is read: route, media type, body format, API key.
///
/// Made when the head has arrived, it is the HTTP layer's handle for the rest of the exchange. It refuses the request or
/// responds to it, and at the end counts it and writes its line in the log.
package final class RequestContext: ExchangeHandler {
    /// What a request needs to be responded to.
    struct Admission: Sendable {
        let route: Route
        /// The text that stands in the path where the route has braces, by name.
        let parameters: [String: String]
        /// The media type of the response.
        let mediaType: MediaType
        /// What the body holds, as far as its head says.
        let bodyFormat: BodyFormat
        /// The content coding of the body; nil for none.
        let bodyCoding: ContentCoding?
        /// The name of the API key; nil for a server without keys and for routes that need none.
        let keyName: String?
    }

    /// Indirect, because every request carries a result and a problem is large.
    private enum Outcome: Sendable {
        case admitted(Admission)
        indirect case refused(Problem)
        /// The exchange answers something that is no request, such as malformed bytes.
        case notARequest
    }

    private let service: Service
    private let head: RequestHead?
    private let outcome: Outcome
    private let record: RequestRecord

    /// - Parameters:
    ///   - head: nil for bytes that are no request.
    ///   - peer: the client's address.
    init(_ head: RequestHead?, from peer: String?, _ service: Service) {
        self.service = service
        self.head = head
        let match = head.map(service.router.find)
        if let head, let match {
            do throws(Problem) {
                outcome = .admitted(try Self.admit(head, match, service.keys))
            } catch {
                outcome = .refused(error)
            }
        } else {
            outcome = .notARequest
        }
        record = RequestRecord(
            head, path: match?.path, from: peer, metrics: service.requestMetrics, log: service.requestLog)
    }

    /// Checks everything that can be checked without the body.
    private static func admit(
        _ head: RequestHead, _ match: Router.Match, _ keys: APIKeys?
    ) throws(Problem) -> Admission {
        let route: Route
        do throws(Problem) {
            route = try match.route.get()
        } catch {
            // Do not reveal to unauthenticated clients which paths exist.
            try keys?.check(head.fields, for: nil)
            throw error
        }
        let keyName = try route.scope.flatMap { (scope) throws(Problem) in
            try keys?.check(head.fields, for: scope)
        }
        let mediaType = try MediaType.negotiate(head.fields, offered: route.produces)
        let coding = route.accepts == nil ? nil : try ContentCoding.ofBody(head.fields)
        let format = try route.accepts.map { (content) throws(Problem) in
            try BodyFormat(head.fields, content)
        }
        return Admission(
            route: route, parameters: match.parameters, mediaType: mediaType, bodyFormat: format ?? .json,
            bodyCoding: coding, keyName: keyName)
    }

    // MARK: The exchange

    package func preflight() -> Response? {
        guard case .refused(let problem) = outcome else { return nil }
        return response(for: problem)
    }

    package func respond(to request: Request, _ responder: Responder) {
        // A request that preflight refuses does not come here.
        guard case .admitted(let admission) = outcome else { return }
        service.executor.run(
            Call(
                context: self, admission: admission, request: request,
                responder: ContentCoding.acceptsGzip(request.fields)
                    ? responder.map { $0.packed() } : responder,
                arrival: admission.route.action.mayCompute ? .now : nil))
    }

    package func willRespond(with response: inout Response) { record.willRespond(with: &response) }

    package func didEnd(_ end: ExchangeEnd) { record.didEnd(end) }

    // MARK: For the routes

    /// Notes the version that the request uses, for the log.
    package func note(_ entry: ModelRegistry.Entry) { record.note(entry) }

    /// The response for a problem, in the form that the path asks for. Every problem of a request leaves by this door.
    package func response(for problem: Problem) -> Response {
        if let head, let format = service.problemFormats.first(where: { head.path.hasPrefix($0.pathPrefix) })
        {
            return format.response(problem)
        }
        // A JSON pointer says nothing about a body that is not JSON.
        guard case .admitted(let admission) = outcome, admission.bodyFormat.hasOptionsInQuery else {
            return problem.response
        }
        return problem.withoutPointer.response
    }
}
