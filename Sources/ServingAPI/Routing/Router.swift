import HTTP1

/// Finds the route of a request.
struct Router: Sendable {
    /// A path with all of its routes.
    private struct Target: Sendable {
        let index: Int
        let segments: [String]
        var routes: [Route]
    }

    /// The result of a look-up.
    struct Match {
        /// The index of the path in `paths`; nil for a path that no route has.
        let path: Int?
        /// The values of the path's parameters by name.
        let parameters: [String: String]
        /// The route, or the reason that there is none: 404 for the path, 405 for the method.
        let route: Result<Route, Problem>
    }

    /// The distinct paths of all routes, in the order of the routes.
    private(set) var paths: [String] = []
    /// Paths without parameters, by path.
    private var fixed: [String: Target] = [:]
    /// Paths with parameters, in the order in which they are tried.
    private var patterns: [Target] = []
    /// Whether routes that change the models' folder are disabled.
    private let isReadOnly: Bool

    init(_ routes: [Route], isReadOnly: Bool) {
        self.isReadOnly = isReadOnly
        for route in routes {
            let segments = route.path.split(separator: "/").map(String.init)
            if !route.path.contains("{") {
                var target = fixed[route.path] ?? newTarget(route.path, segments)
                target.routes.append(route)
                fixed[route.path] = target
            } else if let index = patterns.firstIndex(where: { $0.segments == segments }) {
                patterns[index].routes.append(route)
            } else {
                var target = newTarget(route.path, segments)
                target.routes.append(route)
                // A pattern with text after the braces comes first, because braces alone match that text too.
                let hasSuffix = segments.contains { $0.hasPrefix("{") && !$0.hasSuffix("}") }
                patterns.insert(target, at: hasSuffix ? 0 : patterns.count)
            }
        }
    }

    private mutating func newTarget(_ path: String, _ segments: [String]) -> Target {
        paths.append(path)
        return Target(index: paths.count - 1, segments: segments, routes: [])
    }

    /// Looks up a request's path and method.
    func find(_ head: RequestHead) -> Match {
        if let target = fixed[head.normalizedPath] { return match(target, [:], head.method) }
        let segments = head.target.segments
        for target in patterns {
            if let parameters = match(segments, target.segments) {
                return match(target, parameters, head.method)
            }
        }
        return Match(path: nil, parameters: [:], route: .failure(.unknownPath(head)))
    }

    private func match(_ target: Target, _ parameters: [String: String], _ method: Method) -> Match {
        Match(
            path: target.index, parameters: parameters,
            route: Result { () throws(Problem) in try route(of: target, method) })
    }

    private func match(_ segments: [String], _ pattern: [String]) -> [String: String]? {
        guard segments.count == pattern.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, pattern) {
            if part.hasPrefix("{"), let brace = part.firstIndex(of: "}") {
                let suffix = part[part.index(after: brace)...]
                guard segment.hasSuffix(suffix) else { return nil }
                parameters[String(part[..<brace].dropFirst())] = String(segment.dropLast(suffix.count))
            } else if part != segment {
                return nil
            }
        }
        return parameters
    }

    private func route(of target: Target, _ method: Method) throws(Problem) -> Route {
        // HEAD is GET without the content, which the HTTP layer leaves out (RFC 9110, 9.3.2).
        let routeMethod = method == .head ? .get : method
        let found = target.routes.first { $0.method == routeMethod }
        if let found, !isDisabled(found) { return found }
        // An empty Allow in a 405 means that configuration has disabled the resource (RFC 9110, 10.2.1).
        var allowed = target.routes.filter { !isDisabled($0) }.map(\.method.rawValue)
        if allowed.contains("GET") { allowed.append("HEAD") }
        guard found == nil, !allowed.isEmpty else { throw .readOnly(method, allowed: allowed.sorted()) }
        throw .methodNotAllowed(method, allowed: allowed.sorted())
    }

    private func isDisabled(_ route: Route) -> Bool { isReadOnly && route.mutatesModels }
}
