import HTTP1
import Telemetry

/// A path, the method that it takes, and what answers.
final class Route: Sendable {
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

        /// Whether a model may compute, so that how long a request waits for that is of interest.
        var isTimed: Bool { if case .loop = self { false } else { true } }
    }

    /// What a body is.
    enum Content: Sendable {
        case json
        /// A time series and what to do with it: JSON, or CSV or an array with the rest in the query.
        case data
        /// A request of the Open Inference Protocol: JSON, which tensors may follow as they are.
        case inference
        /// Bytes.
        case file

        /// What it may come as.
        var mediaTypes: [MediaType] {
            switch self {
            case .json: [.json]
            case .data: [.json, .csv, .npy]
            case .inference: [.json, .file]
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
    /// Whether it changes what is in the models' folder, which a server that only reads it doesn't.
    let stores: Bool
    /// What its body is; nil if it has none.
    let takes: Content?
    /// What it can answer with, the preferred one first.
    let produces: [MediaType]
    let action: Action

    init(
        _ method: Method, _ path: String, scope: Scope?, stores: Bool = false, lane: Lane = .loop,
        takes: Content? = nil, produces: [MediaType] = [.json], action: @escaping Action
    ) {
        self.method = method
        self.path = path
        self.lane = lane
        self.scope = scope
        self.stores = stores
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
    /// When the whole request had come; nil for what no model computes.
    let arrival: MonotonicTime?
}

/// Finds the route of a request.
struct Router: Sendable {
    private struct Target: Sendable {
        let number: Int
        let segments: [String]
        let routes: [Route]

        func adding(_ route: Route) -> Target {
            Target(number: number, segments: segments, routes: routes + [route])
        }
    }

    /// A route, or why there is none: 404 for the path, 405 for the method. Every request carries one along, so a problem,
    /// which is large, is kept elsewhere.
    enum Found: Sendable {
        case route(Route)
        indirect case problem(Problem)

        func get() throws(Problem) -> Route {
            switch self {
            case .route(let route): return route
            case .problem(let problem): throw problem
            }
        }
    }

    /// What there is for a request.
    struct Match: Sendable {
        /// The number of its path in `paths`; nil for one that no route has.
        let path: Int?
        /// What stands in the path where the route has braces.
        let parameters: [String: String]
        /// What answers.
        let found: Found
    }

    /// The paths of all routes, as these have them: each once.
    private(set) var paths: [String] = []
    /// Paths without braces, found in one step; the others are tried one after the other.
    private var fixed: [String: Target] = [:]
    private var patterns: [Target] = []
    /// Whether routes that store something are there for nobody.
    private let isReadOnly: Bool

    init(_ routes: [Route], isReadOnly: Bool) {
        self.isReadOnly = isReadOnly
        for route in routes {
            let segments = route.path.split(separator: "/").map(String.init)
            if !route.path.contains("{") {
                let known = fixed[route.path] ?? target(route.path, segments)
                fixed[route.path] = known.adding(route)
            } else if let index = patterns.firstIndex(where: { $0.segments == segments }) {
                patterns[index] = patterns[index].adding(route)
            } else {
                // Braces alone would take what ends in some way too.
                let hasEnd = segments.contains { $0.hasPrefix("{") && !$0.hasSuffix("}") }
                patterns.insert(
                    target(route.path, segments).adding(route), at: hasEnd ? 0 : patterns.count)
            }
        }
    }

    private mutating func target(_ path: String, _ segments: [String]) -> Target {
        paths.append(path)
        return Target(number: paths.count - 1, segments: segments, routes: [])
    }

    /// Finds what answers a request.
    func find(_ head: RequestHead) -> Match {
        if let target = fixed[head.path] { return match(of: target, [:], head.method) }
        let segments = head.target.segments
        for target in patterns {
            if let parameters = match(segments, target.segments) {
                return match(of: target, parameters, head.method)
            }
        }
        return Match(path: nil, parameters: [:], found: .problem(.unknownPath(head)))
    }

    private func match(of target: Target, _ parameters: [String: String], _ method: Method) -> Match {
        let found: Found
        do throws(Problem) {
            found = .route(try route(of: target, method))
        } catch {
            found = .problem(error)
        }
        return Match(path: target.number, parameters: parameters, found: found)
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
        let found = target.routes.first { $0.method == wanted }
        if let found, !isClosed(found) { return found }
        // None may be left: an empty Allow is how a 405 says so of what configuration has closed (RFC 9110, section 10.2.1).
        var allowed = target.routes.filter { !isClosed($0) }.map(\.method.rawValue)
        if allowed.contains("GET") { allowed.append("HEAD") }
        guard found == nil, !allowed.isEmpty else { throw .readOnly(method, allowed: allowed.sorted()) }
        throw .methodNotAllowed(method, allowed: allowed.sorted())
    }

    private func isClosed(_ route: Route) -> Bool { isReadOnly && route.stores }
}
