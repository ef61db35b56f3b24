import HTTP1
import JSON
import ServingAPI

/// The body of an inference request: JSON, and what of tensors follows it as bytes (the binary tensor data extension).
struct InferenceBody {
    /// The members of the JSON.
    var members: FieldReader
    /// What stands behind it.
    let tensors: ArraySlice<UInt8>

    /// Says how long the JSON is, before any content coding.
    static let lengthField = "Inference-Header-Content-Length"

    /// Splits the body of a request, and reads the JSON.
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
                    "\(Self.lengthField) is \(Quote.text(lengths.joined(separator: ", "))); it must be the number of bytes that the "
                        + "JSON takes of the \(body.count) bytes of the body")
            }
            members = try FieldReader(JSONReader.parse(Array(body[..<length]), tensors: ["inputs/*/data"]))
            tensors = body[length...]
        } catch {
            throw Problem(error)
        }
    }
}
