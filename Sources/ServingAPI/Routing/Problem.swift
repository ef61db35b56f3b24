import DataFormats
import HTTP1
import JSON
import ModelFiles
import ModelStore
import TimeSeries

/// An error response in the format of RFC 9457, `application/problem+json`.
///
/// Besides the members of the RFC the document has `error`, a copy of `detail` for clients of the Open
/// Inference Protocol.
package struct Problem: Error, Sendable {
    /// The stable type.
    package let type: ProblemType
    /// The status of the response: that of the type, unless another protocol requires a different one.
    package private(set) var status: Status
    /// What was wrong, where, and what would be right.
    package let detail: String
    /// A JSON pointer (RFC 6901) to the error in the request's body; nil for an error elsewhere.
    package private(set) var pointer: String?
    /// The place of the error in a body that is a table.
    let place: TablePlace
    /// The warnings that a strict request refuses; empty for other problems.
    let warnings: [Warning]
    /// Options with which the data may be read.
    package let remedies: [Remedy]
    /// Another protocol's code for the problem.
    package let code: String?
    /// Header fields that go with the status, such as Allow or Retry-After.
    package let fields: [(name: String, value: String)]

    package init(
        _ type: ProblemType, _ detail: String, status: Status? = nil, pointer: String? = nil,
        place: TablePlace = TablePlace(), warnings: [Warning] = [], remedies: [Remedy] = [],
        code: String? = nil, fields: [(name: String, value: String)] = []
    ) {
        self.type = type
        self.status = status ?? type.status
        self.detail = detail
        self.pointer = pointer
        self.place = place
        self.warnings = warnings
        self.remedies = remedies
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
        if let line = place.line { json.member("line", line) }
        if let row = place.row { json.member("row", row) }
        if let column = place.column { json.member("column", column) }
        if !warnings.isEmpty { json.member("warnings", warnings) }
        if !remedies.isEmpty {
            json.array("remedies", of: remedies) { json, remedy in
                json.object { json in
                    json.member("option", remedy.option.rawValue)
                    json.member("value", remedy.value)
                }
            }
        }
        json.member("error", detail)
    }

    /// The problem with 400 in place of 422, which the Open Inference Protocol does not have.
    package var asBadRequest: Problem {
        var problem = self
        if status == .unprocessableContent { problem.status = .badRequest }
        return problem
    }

    /// The problem without its pointer.
    var withoutPointer: Problem {
        var problem = self
        problem.pointer = nil
        return problem
    }

    /// The response in the form of RFC 9457.
    package var response: Response {
        var json = JSONWriter()
        json.object(write)
        return Response(
            status: status, fields: [(name: "Content-Type", value: "application/problem+json")] + fields,
            body: .bytes(json.line))
    }
}

/// A place in a body that is a table: CSV or an array.
package struct TablePlace: Sendable {
    /// The line of a CSV document, counted from 1; nil for an array.
    var line: Int?
    /// The row of an array, counted from 0; nil for CSV.
    var row: Int?
    /// The name of the column.
    var column: String?
}
