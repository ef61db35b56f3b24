import HTTP1

/// Routes that belong together, with their dependencies.
package protocol RouteGroup: Sendable {
    /// The routes.
    var routes: [Route] { get }
    /// The format of problems below a path; nil for RFC 9457, the format of this server's own API.
    var problemFormat: ProblemFormat? { get }
}

extension RouteGroup {
    package var problemFormat: ProblemFormat? { nil }
}

/// The error format of another protocol.
package struct ProblemFormat: Sendable {
    /// The prefix of all paths that have this format.
    let pathPrefix: String
    /// Converts a problem to a response.
    let response: @Sendable (Problem) -> Response

    package init(pathPrefix: String, _ response: @escaping @Sendable (Problem) -> Response) {
        self.pathPrefix = pathPrefix
        self.response = response
    }
}
