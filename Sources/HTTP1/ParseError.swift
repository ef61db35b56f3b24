/// Why a request cannot be served: the status of the response, and what was wrong.
package struct ParseError: Error, Hashable, Sendable {
    package let status: Status
    /// A text that contains nothing from the request, so that it is safe in logs and responses.
    package let detail: String

    package init(_ status: Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    /// An error with status 400.
    static func bad(_ detail: String) -> ParseError { ParseError(.badRequest, detail) }

    /// The error of a body that exceeds its limit.
    static let bodyTooLong = ParseError(
        .contentTooLarge, "the body is longer than this server accepts")
}
