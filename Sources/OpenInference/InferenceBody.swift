import HTTP1
import JSON
import ServingAPI

/// The body of an inference request: JSON, optionally followed by tensors as bytes (the binary tensor data
/// extension).
struct InferenceBody {
    /// The members of the JSON.
    var members: FieldReader
    /// The bytes after the JSON.
    let tensors: ArraySlice<UInt8>

    /// The header field with the length of the JSON in bytes, without any content coding.
    static let lengthField = "Inference-Header-Content-Length"

    /// Splits the body of a request and parses the JSON.
    /// - Throws: 400 or 422 for malformed JSON and for an invalid length.
    init(_ request: Request) throws(Problem) {
        let lengths = request.fields.values(of: Self.lengthField)
        let body = request.body
        do throws(JSONError) {
            guard let text = lengths.first else {
                members = try FieldReader(JSONReader.parse(body, tensors: ["inputs/*/data"]))
                tensors = []
                return
            }
            guard lengths.count == 1, let length = Int(text), text.utf8.first != UInt8(ascii: "+"),
                (0...body.count).contains(length)
            else {
                throw JSONError(
                    .malformed,
                    "\(Self.lengthField) is \(Quote.text(lengths.joined(separator: ", "))); it must be "
                        + "the length of the JSON in bytes, at most the \(body.count) bytes of the body")
            }
            members = try FieldReader(JSONReader.parse(Array(body[..<length]), tensors: ["inputs/*/data"]))
            tensors = body[length...]
        } catch {
            throw Problem(error)
        }
    }
}
