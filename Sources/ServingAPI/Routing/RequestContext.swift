import HTTP1
import Logging
import ModelStore
import Synchronization
import Telemetry
import Training

/// Everything that is known about one request before its body is read: route, media type, body format, API
/// key.
///
/// The service makes one for each exchange when the head has arrived, and the HTTP layer calls it until the
/// exchange ends. It refuses the request or responds to it, and finally counts and logs it.
package final class RequestContext: ExchangeHandler {
    /// The results of the checks of a request that is not refused. An object, because its members are many
    /// and it is passed on several times.
    final class Admission: Sendable {
        let route: Route
        /// The values of the path's parameters by name.
        let parameters: [String: String]
        /// The media type of the response.
        let mediaType: MediaType
        /// The format of the body, from its Content-Type.
        let bodyFormat: BodyFormat
        /// The content coding of the body; nil for none.
        let bodyCoding: ContentCoding?
        /// What the request's API key allows.
        let permission: Permission
        /// The receiver of the body; nil for routes that take it from memory.
        let upload: Upload?

        init(
            _ route: Route, _ parameters: [String: String], _ mediaType: MediaType,
            bodyFormat: BodyFormat, bodyCoding: ContentCoding?, _ permission: Permission, _ upload: Upload?
        ) {
            self.route = route
            self.parameters = parameters
            self.mediaType = mediaType
            self.bodyFormat = bodyFormat
            self.bodyCoding = bodyCoding
            self.permission = permission
            self.upload = upload
        }
    }

    /// The result of the checks. A problem is indirect, because every request holds an outcome and a problem
    /// is large.
    private enum Outcome: Sendable {
        case admitted(Admission)
        indirect case refused(Problem)
        /// OPTIONS: the methods of the path.
        case methods([String])
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
                outcome = try Self.admit(head, match, service)
            } catch {
                outcome = .refused(error)
            }
        } else {
            outcome = .notARequest
        }
    }

    /// Checks everything that can be checked without the body. Web pages are refused before the key is looked
    /// at, so that they learn nothing about it.
    private static func admit(
        _ head: RequestHead, _ match: Router.Match, _ service: Service
    ) throws(Problem) -> Outcome {
        try service.hosts.check(head)
        switch match.result {
        case .route(let route): return .admitted(try admit(head, to: route, match.parameters, service))
        // Do not reveal to unauthenticated clients which paths exist.
        case .methods(let methods, let needsKey):
            if needsKey { _ = try service.keys?.key(of: head.fields) }
            return .methods(methods)
        case .none(let problem):
            _ = try service.keys?.key(of: head.fields)
            throw problem
        }
    }

    private static func admit(
        _ head: RequestHead, to route: Route, _ parameters: [String: String], _ service: Service
    ) throws(Problem) -> Admission {
        let permission = try Permission(head.fields, for: route, service.keys)
        // Refuse a model in the path before the body arrives.
        if let name = parameters[Route.modelParameter] { _ = try permission.model(name) }
        let mayRetry = route.findsRetries && !head.fields.values(of: "Idempotency-Key").isEmpty
        if route.mutatesModels, !mayRetry {
            try service.readiness.requireWritable(storesVersions: route.storesVersions)
        }
        if let query = route.query { _ = try head.target.query(query) }
        let mediaType = try MediaType.negotiate(head.fields, offered: route.produces)
        let coding = route.accepts == nil ? nil : try ContentCoding.ofBody(head.fields)
        let format = try route.accepts.map { (content) throws(Problem) in
            try BodyFormat(head.fields, content)
        }
        var upload: Upload?
        if case .onUpload = route.action {
            let model = try Call.model(parameters, permission)
            upload = try Upload(of: model, head, coding, service.executor.models)
        }
        return Admission(
            route, parameters, mediaType, bodyFormat: format ?? .json, bodyCoding: coding, permission, upload)
    }

    // MARK: The exchange

    package func preflight() -> Response? {
        switch outcome {
        case .refused(let problem): response(for: problem)
        case .methods(let methods):
            Response(
                status: .noContent, fields: [(name: "Allow", value: methods.joined(separator: ", "))])
        case .admitted, .notARequest: nil
        }
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
                    ? service.compressor.compressing(responder) : responder,
                arrival: admission.route.action.mayCompute ? .now : nil))
    }

    package func willRespond(with response: inout Response) {
        if case .admitted(let admission) = outcome {
            response.addVary(isNegotiated: admission.route.produces.count > 1)
        }
        record.willRespond(with: &response)
    }

    package func missingResponse() -> Response {
        let detail = "the request handler returned no response"
        var fields = logFields
        fields["reason"] = "\(detail)"
        if let path = head?.path { fields["path"] = "\(RequestRecord.shortened(path))" }
        service.logger.error("a fault of the server", metadata: fields)
        return response(for: .transport(.internalServerError, detail))
    }

    package func didEnd(_ end: ExchangeEnd) { record.didEnd(end, keyName: keyName) }

    // MARK: For the routes

    /// Records the version that the request uses, for the log.
    package func note(_ entry: ModelRegistry.Entry) { record.note(entry) }

    /// Records the training that the request has started or is about, for the log.
    func note(_ job: TrainingJob) { record.note(job) }

    /// The fields by which another line of the log names this request: its ID, its trace and its key's name.
    var logFields: Logger.Metadata {
        var fields: Logger.Metadata = ["request_id": "\(record.id)"]
        if let trace = head.flatMap({ TraceParent($0.fields) }) { fields["trace_id"] = "\(trace.traceID)" }
        if let keyName { fields["key_name"] = "\(keyName)" }
        return fields
    }

    /// The name of the API key; nil for a request without one and for a refused one.
    private var keyName: String? {
        if case .admitted(let admission) = outcome { admission.permission.keyName } else { nil }
    }

    /// The response for a problem, in the format of the path's protocol. Every problem of a request is
    /// converted here.
    package func response(for problem: Problem) -> Response {
        if let path = head?.normalizedPath,
            let format = service.problemFormats.first(where: { path.hasPrefix($0.pathPrefix) })
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
