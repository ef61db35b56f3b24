import HTTP1
import JSON
import ModelStore

/// An error response in the format of RFC 9457, `application/problem+json`.
///
/// Besides the members of the RFC the document has `error`, a copy of `detail` for clients of the Open
/// Inference Protocol.
package struct Problem: Error, Sendable {
    /// The stable type.
    package let type: ProblemType
    /// The status of the response: that of the type, unless another protocol requires a different one.
    package let status: Status
    /// What was wrong, where, and what would be right.
    package let detail: String
    /// A JSON pointer (RFC 6901) to the error in the request's body; nil for an error elsewhere.
    package let pointer: String?
    /// Another protocol's code for the problem.
    package let code: String?
    /// Header fields that go with the status, such as Allow or Retry-After.
    package let fields: [(name: String, value: String)]

    package init(
        _ type: ProblemType, _ detail: String, status: Status? = nil, pointer: String? = nil,
        code: String? = nil, fields: [(name: String, value: String)] = []
    ) {
        self.type = type
        self.status = status ?? type.status
        self.detail = detail
        self.pointer = pointer
        self.code = code
        self.fields = fields
    }

    /// Writes the members of the document.
    func write(to json: inout JSONWriter) {
        json.member("type", "/problems/\(type.rawValue)")
        json.member("title", status.reasonPhrase)
        json.member("status", status.code)
        json.member("detail", detail)
        if let pointer { json.member("pointer", pointer) }
        json.member("error", detail)
    }

    /// The problem with 400 in place of 422, which the Open Inference Protocol does not have.
    package var asBadRequest: Problem {
        status == .unprocessableContent
            ? Problem(type, detail, status: .badRequest, pointer: pointer) : self
    }

    /// The problem without its pointer.
    var withoutPointer: Problem { Problem(type, detail, status: status, code: code, fields: fields) }

    /// The response in the form of RFC 9457.
    package var response: Response {
        var json = JSONWriter()
        json.object(write)
        return Response(
            status: status, fields: [(name: "Content-Type", value: "application/problem+json")] + fields,
            body: .bytes(json.bytes))
    }
}
