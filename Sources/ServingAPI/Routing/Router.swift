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
        let result: Found
    }

    /// What a path has for the method of a request.
    enum Found {
        case route(Route)
        /// For OPTIONS: the methods of the path (RFC 9110, 9.3.7), and whether none of its routes is open to
        /// clients without a key.
        case methods([String], needsKey: Bool)
        /// 404 for the path, or 405 for the method.
        case none(Problem)
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
        return Match(path: nil, parameters: [:], result: .none(.unknownPath(head)))
    }

    private func match(_ target: Target, _ parameters: [String: String], _ method: Method) -> Match {
        Match(path: target.index, parameters: parameters, result: find(method, of: target))
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

    private func find(_ method: Method, of target: Target) -> Found {
        // HEAD is GET without the content, which the HTTP layer leaves out (RFC 9110, 9.3.2).
        let routeMethod = method == .head ? .get : method
        let found = target.routes.first { $0.method == routeMethod }
        if let found, !isDisabled(found) { return .route(found) }
        let enabled = target.routes.filter { !isDisabled($0) }.map(\.method.rawValue)
        let allowed = (enabled + (enabled.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"]).sorted()
        if method == .options {
            return .methods(allowed, needsKey: target.routes.allSatisfy { $0.scope != nil })
        }
        let isReadOnly = found != nil || enabled.isEmpty
        return .none(
            isReadOnly ? .readOnly(method, allowed: allowed) : .methodNotAllowed(method, allowed: allowed))
    }

    private func isDisabled(_ route: Route) -> Bool { isReadOnly && route.mutatesModels }
}
