import HTTP1
import ModelStore

/// A method and a path with the scope, the media types, and the action that responds.
package final class Route: Sendable {
    /// The content of a request's body.
    package enum Content: Sendable {
        case json
        /// A time series with options: JSON, or CSV or a NumPy array with the options in the query.
        case data
        /// A request of the Open Inference Protocol: JSON, optionally followed by binary tensors.
        case inference
        /// A file's bytes.
        case file

        /// The media types that the content may have, without parameters.
        var mediaTypes: [String] {
            types.map { String($0.essence) }
        }

        private var types: [MediaType] {
            switch self {
            case .json: [.json]
            case .data: [.json, .csv, .npy]
            case .inference: [.json, .file]
            case .file: [.file]
            }
        }
    }

    /// Responds to a request. A handler that returns nil uses the call's responder later.
    package typealias Handler = @Sendable (Call) throws(Problem) -> Response?

    /// Responds to a request whose body is in a file, as a ``Handler`` does.
    package typealias UploadHandler = @Sendable (Call, ModelUpload) throws(Problem) -> Response?

    /// The code that responds to a request, and the rule for where it runs, which ``Executor`` applies.
    package enum Action: Sendable {
        /// Runs on the connection's loop: for work of microseconds that does not block.
        case onLoop(Handler)
        /// Runs on the prediction queue: for everything that reads the disk or a large body.
        case onQueue(Handler)
        /// Runs on the prediction queue when the body has been written to a file in the folder of the path's
        /// model, so that its length is not bounded by memory.
        case onUpload(UploadHandler)
        /// A computation by a version of a model. A small body is read on the loop, and a small computation
        /// by a version that is in memory runs there; everything else is queued.
        case computing(@Sendable (Call) throws(Problem) -> PendingComputation)

        /// Whether a model may compute, in which case the time that a request waits is measured.
        var mayCompute: Bool { if case .onLoop = self { false } else { true } }
    }

    /// The parameter of a path that is the name of a model.
    static let modelParameter = "model"

    package let method: Method
    /// The path. A segment in braces is a parameter that matches any text; text after the braces must end the
    /// segment.
    package let path: String
    /// The scope that an API key needs; nil for a route that needs no key.
    let scope: Scope?
    /// A scope that a key may have instead, for what it has created itself; the action checks that.
    let ownerScope: Scope?
    /// Whether the route shows or makes models of any name, so that a key needs the scope for all models.
    let usesAllModels: Bool
    /// Whether the route changes the models' folder. A server with `--read-only` disables such routes.
    let mutatesModels: Bool
    /// Whether the route stores versions, which a full disk prevents.
    let storesVersions: Bool
    /// Whether a request with an Idempotency-Key may get the version of an earlier request, so that the
    /// action checks whether the models' folder can be written to.
    let findsRetries: Bool
    /// The content of the body; nil for a route without a body.
    let accepts: Content?
    /// The parameters that the query may have; nil if the action checks them, or ignores them.
    let query: [String]?
    /// The media types of the response, the preferred one first.
    let produces: [MediaType]
    let action: Action

    package init(
        _ method: Method, _ path: String, scope: Scope?, ownerScope: Scope? = nil,
        usesAllModels: Bool = false, mutatesModels: Bool = false, storesVersions: Bool = false,
        findsRetries: Bool = false, accepts: Content? = nil, query: [String]? = nil,
        produces: [MediaType] = [.json], _ action: Action
    ) {
        self.method = method
        self.path = path
        self.scope = scope
        self.ownerScope = ownerScope
        self.usesAllModels = usesAllModels
        self.mutatesModels = mutatesModels
        self.storesVersions = storesVersions
        self.findsRetries = findsRetries
        self.accepts = accepts
        self.query = query
        self.produces = produces
        self.action = action
    }
}
