/// Why a request can't be served: the status to answer with and what was wrong.
package struct ParseError: Error, Hashable, Sendable {
    package let status: Status
    /// A fixed text: nothing from the request is in it, so it is safe in logs and answers.
    package let detail: String

    package init(_ status: Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    static func bad(_ detail: String) -> ParseError { ParseError(.badRequest, detail) }
}
