import HTTP1
import ModelStore

/// A method and a path, what requests to it may carry, and the action that responds.
package final class Route: Sendable {
    /// What a request's body holds.
    package enum Content: Sendable {
        case json
        /// A time series and what to do with it: JSON, or CSV or an array with the options in the query.
        case data
        /// A request of the Open Inference Protocol: JSON, which binary tensors may follow.
        case inference
        /// A file's bytes.
        case file

        /// The media types that the content may have.
        var mediaTypes: [MediaType] {
            switch self {
            case .json: [.json]
            case .data: [.json, .csv, .npy]
            case .inference: [.json, .file]
            case .file: [.file]
            }
        }
    }

    /// Responds to a request. `nil` means that the responder has been passed on and is used later.
    package typealias Handler = @Sendable (Call) throws(Problem) -> Response?

    /// What responds to a request, and where it runs. ``Executor`` applies the rule.
    package enum Action: Sendable {
        /// On the connection's loop: for work of microseconds that waits for nothing.
        case onLoop(Handler)
        /// On the prediction queue: for everything that reads the disk or a large body.
        case onQueue(Handler)
        /// A computation by a version of a model. A small body is read on the loop, and a small computation by a
        /// version that is in memory runs there; everything else is queued.
        case computing(@Sendable (Call) throws(Problem) -> PendingComputation)

        /// Whether a model may compute, so that the time that requests wait is measured.
        var mayCompute: Bool { if case .onLoop = self { false } else { true } }
    }

    package let method: Method
    /// Segments of the path. A segment in braces matches any text and gives it that name; text behind the braces must
    /// end the segment.
    package let path: String
    /// The scope that an API key needs; nil for a route that needs no key.
    let scope: Scope?
    /// Whether the route changes the models' folder. A server with `--read-only` closes such routes.
    let mutatesModels: Bool
    /// What the body holds; nil for a route without a body.
    let accepts: Content?
    /// The media types of the response, the preferred one first.
    let produces: [MediaType]
    let action: Action

    package init(
        _ method: Method, _ path: String, scope: Scope?, mutatesModels: Bool = false,
        accepts: Content? = nil, produces: [MediaType] = [.json], _ action: Action
    ) {
        self.method = method
        self.path = path
        self.scope = scope
        self.mutatesModels = mutatesModels
        self.accepts = accepts
        self.produces = produces
        self.action = action
    }
}

/// Routes that belong together, with what they need to respond.
package protocol RouteGroup: Sendable {
    /// The routes.
    var routes: [Route] { get }
    /// How problems below a path look; nil for RFC 9457, which all routes of this server's own API use.
    var problemFormat: ProblemFormat? { get }
}

extension RouteGroup {
    package var problemFormat: ProblemFormat? { nil }
}

/// Another protocol's form of errors.
package struct ProblemFormat: Sendable {
    /// The beginning of every path that the form is for.
    let pathPrefix: String
    /// The form.
    let response: @Sendable (Problem) -> Response

    package init(pathPrefix: String, _ response: @escaping @Sendable (Problem) -> Response) {
        self.pathPrefix = pathPrefix
        self.response = response
    }
}
