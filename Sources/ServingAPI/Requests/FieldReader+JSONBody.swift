import DataFormats
import HTTP1
import JSON

extension FieldReader {
    /// The members whose values are parsed into arrays of numbers.
    static let tensors: Set<String> = ["windows", "series", "recordings/*", "labels", "exclude"]

    /// Reads a JSON body, and the query beside it.
    /// - Parameter content: the content that the route accepts, for the error of another media type.
    /// - Throws: 400 for malformed JSON, 415 for a body that is declared a form and is not JSON either, 422
    ///   for a parameter that is a member of the body, too.
    package init(json call: Call, accepting content: Route.Content = .json) throws(Problem) {
        let body = call.request.body
        do throws(JSONError) {
            try self.init(
                JSONReader.parse(body, tensors: Self.tensors), query: call.request.target.queryItems)
        } catch {
            let space = " \t\r\n".utf8
            let first = body.first { !space.contains($0) }
            let looksLikeJSON = first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            if error.kind == .malformed, case .form = call.bodyFormat, !looksLikeJSON {
                let accepted = content.mediaTypes.map(\.rawValue)
                throw .unsupportedMediaType(
                    "the Content-Type declares a form, which is curl's default, and the body is not "
                        + "JSON: \(error.detail); send Content-Type: \(accepted.joined(separator: " or "))",
                    accepted: accepted)
            }
            guard case .data = content else { throw Problem(error) }
            if error.kind == .malformed, !looksLikeJSON || first == nil,
                let hint = MistakenFormat.hint(insteadOfJSON: body)
            {
                throw Problem(JSONError(.malformed, at: error.pointer, "\(error.detail); \(hint)"))
            }
            if error.kind == .invalid, first == UInt8(ascii: "[") {
                throw Problem(
                    JSONError(
                        .invalid, at: error.pointer,
                        "\(error.detail) with the rows, {\"series\": [[1.5, 20], [1.6, 21]]}"))
            }
            throw Problem(error)
        }
    }

    /// Reads members, and converts their errors to problems.
    package mutating func read<Value>(
        _ members: (inout FieldReader) throws(JSONError) -> Value
    ) throws(Problem) -> Value {
        do throws(JSONError) {
            return try members(&self)
        } catch {
            throw Problem(error)
        }
    }
}
