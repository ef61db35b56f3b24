import DataFormats
import HTTP1
import JSON

extension FieldReader {
    /// The members whose values are parsed into arrays of numbers.
    static let tensors: Set<String> = ["windows", "series", "recordings/*", "labels", "exclude"]

    /// Reads a JSON body, and the query beside it.
    /// - Parameter content: the content that the route accepts, for the error of another media type.
    /// - Throws: 400 for malformed JSON, 415 for a body in another format that is declared JSON or a form,
    ///   422 for a parameter that is a member of the body, too.
    package init(json call: Call, accepting content: Route.Content = .json) throws(Problem) {
        let body = call.request.body
        let isForm = if case .form = call.bodyFormat { true } else { false }
        do throws(JSONError) {
            try self.init(
                content == .data ? Self.data(body) : JSONReader.parse(body, tensors: Self.tensors),
                query: call.request.target.queryItems)
        } catch {
            guard error.kind == .malformed else { throw Problem(error) }
            if content == .data { try Self.checkFormat(of: body) }
            guard isForm, !Self.beginsLikeJSON(body) else { throw Problem(error) }
            let accepted = content.mediaTypes
            throw .unsupportedMediaType(
                "the Content-Type declares a form, which is curl's default, and the body is not "
                    + "JSON: \(error.detail); send Content-Type: \(accepted.joined(separator: " or "))",
                accepted: accepted)
        }
    }

    /// Reads a JSON body with data.
    /// - Parameter query: options by name, as a query has them.
    /// - Throws: as ``init(json:accepting:)``.
    init(data body: [UInt8], query: [(name: String, value: String)]) throws(Problem) {
        do throws(JSONError) {
            try self.init(Self.data(body), query: query)
        } catch {
            if error.kind == .malformed { try Self.checkFormat(of: body) }
            throw Problem(error)
        }
    }

    /// Parses a body with data.
    /// - Throws: an error that says where rows belong for an array in place of the object.
    private static func data(_ body: [UInt8]) throws(JSONError) -> JSONValue {
        let value = try JSONReader.parse(body, tensors: tensors)
        guard case .array(let elements) = value else { return value }
        var remedy = "put rows of numbers under 'series', as in {\"series\": [[1, 2], [3, 4]]}"
        if case .object = elements.first {
            remedy += ", and the names of their features under 'feature_names'"
        }
        throw JSONError(.invalid, at: "", "the body is an array; it must be an object: \(remedy)")
    }

    /// Throws the problem of a body in another format than JSON, if it is recognized.
    private static func checkFormat(of body: [UInt8]) throws(Problem) {
        do throws(TableError) {
            try FileSignature.checkDeclaredJSON(body)
        } catch {
            throw .unsupportedMediaType(
                error.detail, accepted: Route.Content.data.mediaTypes)
        }
    }

    private static func beginsLikeJSON(_ body: [UInt8]) -> Bool {
        let first = body.first { !" \t\r\n".utf8.contains($0) }
        return first == nil || first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
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
