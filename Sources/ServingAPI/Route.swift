import HTTP1

/// A path, the method that it takes, and what answers.
struct Route: Sendable {
    /// Where an answer is computed.
    enum Lane: Sendable {
        /// On the connection's loop: only what takes microseconds.
        case loop
        /// On the queue for predictions, which refuses when too much waits.
        case compute
        /// A prediction: a small one on the loop, together with others; on the queue otherwise.
        case prediction(Prediction.Kind)
        /// Scores: small ones on the loop; on the queue otherwise.
        case score
    }

    /// What a body is.
    enum Content: Sendable {
        case json
        /// A time series and what to do with it: JSON, or CSV with the rest in the query.
        case data
        /// Bytes.
        case file

        /// What it may come as.
        var mediaTypes: [MediaType] {
            switch self {
            case .json: [.json]
            case .data: [.json, .csv]
            case .file: [.file]
            }
        }
    }

    /// Computes the answer; nil when it has passed the responder on to somebody who will answer later.
    typealias Action = @Sendable (Service, Call) throws(Problem) -> Response?

    let method: Method
    /// Segments of the path; one in braces takes any text, under that name. What stands behind the braces ends the segment.
    let path: String
    let lane: Lane
    /// What a key must be good for; nil for what is open to everybody.
    let scope: Scope?
    /// What its body is; nil if it has none.
    let takes: Content?
    /// What it can answer with, the preferred one first.
    let produces: [MediaType]
    let action: Action

    init(
        _ method: Method, _ path: String, scope: Scope?, lane: Lane = .loop, takes: Content? = nil,
        produces: [MediaType] = [.json], action: @escaping Action
    ) {
        self.method = method
        self.path = path
        self.lane = lane
        self.scope = scope
        self.takes = takes
        self.produces = produces
        self.action = action
    }
}

/// A request on its way through a route.
struct Call: Sendable {
    /// With its body free of any content coding once it is run.
    var request: Request
    let responder: Responder
    /// What stands in the path where the route has braces.
    let parameters: [String: String]
    /// What the client wants to get.
    let mediaType: MediaType
}

/// Finds the route of a request.
struct Router: Sendable {
    private struct Target: Sendable {
        let segments: [String]
        var routes: [Route]
    }

    /// Paths without braces, found in one step; the others are tried one after the other.
    private var fixed: [String: Target] = [:]
    private var patterns: [Target] = []

    init(_ routes: [Route]) {
        for route in routes {
            let segments = route.path.split(separator: "/").map(String.init)
            if !route.path.contains("{") {
                fixed[route.path, default: Target(segments: segments, routes: [])].routes.append(route)
            } else if let index = patterns.firstIndex(where: { $0.segments == segments }) {
                patterns[index].routes.append(route)
            } else {
                let target = Target(segments: segments, routes: [route])
                // Braces alone would take what ends in some way too.
                let hasEnd = segments.contains { $0.hasPrefix("{") && !$0.hasSuffix("}") }
                patterns.insert(target, at: hasEnd ? 0 : patterns.count)
            }
        }
    }

    /// - Throws: 404 for a path that no route has, 405 for a method that the path does not take.
    func find(_ head: RequestHead) throws(Problem) -> (route: Route, parameters: [String: String]) {
        if let target = fixed[head.path] { return (try route(of: target, head.method), [:]) }
        let segments = head.target.segments
        for target in patterns {
            if let parameters = match(segments, target.segments) {
                return (try route(of: target, head.method), parameters)
            }
        }
        throw .unknownPath(head)
    }

    private func match(_ segments: [String], _ pattern: [String]) -> [String: String]? {
        guard segments.count == pattern.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, pattern) {
            if part.hasPrefix("{"), let brace = part.firstIndex(of: "}") {
                let end = part[part.index(after: brace)...]
                guard segment.hasSuffix(end) else { return nil }
                parameters[String(part[..<brace].dropFirst())] = String(segment.dropLast(end.count))
            } else if part != segment {
                return nil
            }
        }
        return parameters
    }

    private func route(of target: Target, _ method: Method) throws(Problem) -> Route {
        // HEAD is GET without the content, which the server leaves out (RFC 9110, section 9.3.2).
        let wanted = method == .head ? .get : method
        if let route = target.routes.first(where: { $0.method == wanted }) { return route }
        var allowed = target.routes.map(\.method.rawValue)
        if allowed.contains("GET") { allowed.append("HEAD") }
        throw .methodNotAllowed(method, allowed: allowed.sorted())
    }
}
