import HTTP1
import JSON
import ModelStore
import Telemetry

/// An admitted request with its body, as the action of its route gets it.
package struct Call: Sendable {
    /// What is known about the request apart from its body.
    package let context: RequestContext
    let admission: RequestContext.Admission
    /// The request. The body has no content coding once the route's action runs.
    package private(set) var request: Request
    /// Sends the response.
    let responder: Responder
    /// The time when the whole request had arrived; nil for a route that never computes.
    package let arrival: MonotonicTime?

    init(
        context: RequestContext, admission: RequestContext.Admission, request: Request,
        responder: Responder, arrival: MonotonicTime?
    ) {
        self.context = context
        self.admission = admission
        self.request = request
        self.responder = responder
        self.arrival = arrival
    }

    /// The values of the path's parameters by name.
    package var parameters: [String: String] { admission.parameters }
    /// The media type of the response.
    package var mediaType: MediaType { admission.mediaType }
    /// What the request's API key allows.
    package var permission: Permission { admission.permission }
    /// The format of the body.
    var bodyFormat: BodyFormat { admission.bodyFormat }
    /// Whether the body was a gzip file without a Content-Encoding that says so.
    private(set) var wasGzip = false

    /// Whether the body has a content coding, announced or recognized.
    var isCompressed: Bool { admission.bodyCoding != nil || isGzip }

    /// Whether the body begins like a gzip file (RFC 1952, 2.3.1), and no format that the route reads does.
    private var isGzip: Bool {
        request.body.first == 0x1F && request.body.starts(with: [0x1F, 0x8B, 0x08])
    }

    /// Returns the call with its body decompressed.
    /// - Parameter limit: the maximum number of decompressed bytes.
    /// - Throws: 400 for a body that is not compressed as its Content-Encoding says or as it seems to be, 413
    ///   beyond the limit.
    func decoded(limit: Int) throws(Problem) -> Call {
        var call = self
        if let coding = admission.bodyCoding {
            call.request.body = try coding.decompress(request.body, limit: limit)
        }
        if call.isGzip {
            call.request.body = try ContentCoding.gzip.decompress(call.request.body, limit: limit)
            call.wasGzip = true
        }
        return call
    }

    /// The call without its body, for a response that is sent long after the body has been read.
    var withoutBody: Call {
        var call = self
        call.request.body = []
        return call
    }

    /// Sends the response that `body` returns, or the problem that it throws. If `body` returns nil, it uses
    /// the responder later.
    func respond(_ body: () throws(Problem) -> Response?) {
        do throws(Problem) {
            if let response = try body() { responder.send(response) }
        } catch {
            send(error)
        }
    }

    /// Sends a problem.
    func send(_ problem: Problem) { responder.send(context.response(for: problem)) }

    // MARK: Path and query

    /// The model that the path names.
    /// - Throws: 404 for a name that no model can have, 403 if the key may not use the model.
    package func model() throws(Problem) -> PermittedModel { try Self.model(parameters, permission) }

    /// The model that the parameters of a path name.
    /// - Throws: 404 for a name that no model can have, 403 if the key may not use the model.
    static func model(
        _ parameters: [String: String], _ permission: Permission
    ) throws(Problem) -> PermittedModel {
        let name = parameters[Route.modelParameter] ?? ""
        guard ModelName.isValid(name) else { throw .unknownModel(name) }
        return try permission.model(name)
    }

    /// The version that the path names; the latest for a path that names none.
    /// - Throws: 400 for text that is neither a number nor an alias.
    package func version() throws(Problem) -> VersionReference {
        try parameters["version"].map { (text) throws(Problem) in try Self.version(text) } ?? .latest
    }

    /// A version as written in a path or a query.
    /// - Throws: 400 for text that is neither a number nor an alias.
    static func version(_ text: String) throws(Problem) -> VersionReference {
        guard let version = VersionReference(text) else {
            throw .badRequest("a version is \(VersionReference.rule), not \(Quote.text(text))")
        }
        return version
    }

    /// The query's parameters by name.
    /// - Parameter known: the names that the route accepts.
    /// - Throws: 400 for another name, and for a name that occurs twice.
    package func query(_ known: [String]) throws(Problem) -> [String: String] {
        try request.target.query(known)
    }
}

extension RequestTarget {
    /// The query's parameters by name.
    /// - Parameter known: the names that the route accepts.
    /// - Throws: 400 for another name, and for a name that occurs twice.
    func query(_ known: [String]) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for item in queryItems {
            guard known.contains(item.name) else {
                throw .badRequest(
                    "unknown query parameter \(Quote.text(item.name)); this path accepts "
                        + (known.isEmpty ? "none" : known.joined(separator: " and ")))
            }
            guard values.updateValue(item.value, forKey: item.name) == nil else {
                throw .badRequest(
                    "the query parameter \(Quote.text(item.name)) occurs twice; remove one of them")
            }
        }
        return values
    }
}
