import Crypto
import HTTP1

/// A document that does not change while the server runs.
struct StaticFile: Sendable {
    private let bytes: [UInt8]
    private let type: MediaType
    /// A weak tag, because the document is sent with and without compression (RFC 9110, 8.8.1).
    private let tag: String

    init(_ bytes: [UInt8], _ type: MediaType) {
        self.bytes = bytes
        self.type = type
        let digest = SHA256.hash(data: bytes).prefix(8).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        tag = "W/\"\(digest.joined())\""
    }

    /// The document, or 304 if If-None-Match has its tag.
    func response(to fields: HeaderFields) -> Response {
        var response = Response(status: .ok, fields: [(name: "ETag", value: tag)])
        if matchesTag(fields.values(of: "If-None-Match")) {
            response.status = .notModified
        } else {
            response.fields.append((name: "Content-Type", value: type.rawValue))
            response.body = .bytes(bytes)
        }
        return response
    }

    /// Whether If-None-Match has the document's tag (RFC 9110, 13.1.2, with the weak comparison of 8.8.3.2).
    /// The tag contains no comma, so the list can be split at commas.
    private func matchesTag(_ values: [String]) -> Bool {
        values.contains { $0 == "*" }
            || values.flatMap { $0.split(separator: ",") }.contains { member in
                let candidate = member.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
                return candidate == tag || candidate == tag.dropFirst(2)
            }
    }
}
