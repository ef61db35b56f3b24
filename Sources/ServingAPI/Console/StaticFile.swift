import Crypto
import HTTP1

/// A document that does not change while the server runs.
struct StaticFile: Sendable {
    private let bytes: [UInt8]
    private let type: MediaType
    /// A weak tag, because the document is sent with and without compression (RFC 9110, 8.8.1).
    private let tag: EntityTag

    init(_ bytes: [UInt8], _ type: MediaType) {
        self.bytes = bytes
        self.type = type
        let digest = SHA256.hash(data: bytes).prefix(8).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        tag = EntityTag(digest.joined(), isWeak: true)
    }

    /// The document, or 304 if If-None-Match lists its tag.
    /// - Throws: 412 if If-Match does not list the tag.
    func response(to head: RequestHead) throws(Problem) -> Response {
        var response = Response(status: .ok, fields: [(name: "ETag", value: tag.text)])
        // A 304 has no content, from which the field would be derived.
        if Response.isWorthCompressing(bytes) {
            response.fields.append((name: "Vary", value: "Accept-Encoding"))
        }
        if case .notModified = try Selection(of: tag, for: head) {
            response.status = .notModified
        } else {
            response.fields.append((name: "Content-Type", value: type.rawValue))
            response.body = .bytes(bytes)
        }
        return response
    }
}
