/// The reason why a call failed: the server refused the request, sent an unexpected response, or could not be
/// reached.
public struct ClientError: Error, CustomStringConvertible, Sendable {
    /// What went wrong, in the server's words if it has refused the request.
    public let description: String
    /// The status code of the response; nil without a response.
    public let status: Int?
    /// The name of the problem, such as `unknown-model`; nil if the response has none. The server lists all
    /// names at `/problems`.
    public let problem: String?
    /// JSON pointer (RFC 6901) to the part of the request that the server refuses, if the response has one.
    public let pointer: String?
    /// Options with which the server may read data that it has refused; each is one way.
    public let remedies: [Remedy]
    /// Whether no connection could be opened.
    public let isUnreachable: Bool

    /// An option, and its value.
    public struct Remedy: Decodable, Sendable {
        /// The name of the option in openapi.yaml.
        public let option: String
        /// The value.
        public let value: String
    }

    init(
        _ description: String, status: Int? = nil, problem: String? = nil, pointer: String? = nil,
        remedies: [Remedy] = [], isUnreachable: Bool = false
    ) {
        self.description = description
        self.status = status
        self.problem = problem
        self.pointer = pointer
        self.remedies = remedies
        self.isUnreachable = isUnreachable
    }
}
