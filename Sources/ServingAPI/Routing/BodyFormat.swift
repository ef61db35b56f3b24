import HTTP1
import JSON

/// The format of a request's body, from its Content-Type (RFC 9110, 8.3).
enum BodyFormat: Sendable {
    /// JSON, or no Content-Type.
    case json
    /// Declared a form, which is curl's default media type. The body is read as JSON all the same; one that
    /// is not JSON is refused when it is read.
    case form
    /// A table of numbers, with the options in the query, in the character encoding that `charset` names.
    case csv(charset: String?)
    /// An array in NumPy's format, with the options in the query.
    case npy
    /// A file, or an inference request with binary tensors.
    case file

    private static let formEssence = "application/x-www-form-urlencoded"

    /// The format of a body that a route accepts.
    /// - Throws: 415 for another media type.
    init(_ fields: HeaderFields, _ content: Route.Content) throws(Problem) {
        let essence = fields["Content-Type"].map {
            String($0.prefix { $0 != ";" && $0 != " " && $0 != "\t" }).lowercased()
        }
        guard let essence else {
            self = .json
            return
        }
        let acceptsJSON = content != .file
        switch essence {
        case Self.formEssence: self = .form
        case _ where acceptsJSON && Self.isJSON(essence): self = .json
        case String(MediaType.csv.essence) where content == .data:
            self = .csv(
                charset: fields["Content-Type"].flatMap { WeightedMember($0[...])?.parameter("charset") }
                    .map(String.init))
        case MediaType.npy.rawValue where content == .data: self = .npy
        case MediaType.file.rawValue where content == .file || content == .inference: self = .file
        default:
            let accepted = content.mediaTypes
            throw .unsupportedMediaType(
                "the body has the media type \(Quote.text(essence)); send "
                    + "\(accepted.joined(separator: " or "))",
                accepted: accepted)
        }
    }

    private static func isJSON(_ essence: String) -> Bool {
        essence == MediaType.json.rawValue
            || (essence.hasPrefix("application/") && essence.hasSuffix("+json"))
    }

    /// Whether the body has nothing but data. The query then has the options that would be members of a JSON
    /// body.
    var hasOptionsInQuery: Bool {
        switch self {
        case .csv, .npy: true
        case .json, .form, .file: false
        }
    }
}
