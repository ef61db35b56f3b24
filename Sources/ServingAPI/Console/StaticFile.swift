import Crypto
import HTTP1

/// A document that does not change while the server runs. It is compressed once, and not for each response.
struct StaticFile: Sendable {
    private let bytes: [UInt8]
    /// The bytes in gzip; nil if they are not worth compressing.
    private let gzip: [UInt8]?
    private let type: MediaType
    /// A weak tag, because the document is sent with and without compression (RFC 9110, 8.8.1). One tag for
    /// both lets a client revalidate what it has, whatever it accepts now.
    private let tag: String

    init(_ bytes: [UInt8], _ type: MediaType) {
        self.bytes = bytes
        gzip = ContentCoding.gzip.compressIfWorthwhile(bytes, .most)
        self.type = type
        let digest = SHA256.hash(data: bytes).prefix(8).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        tag = "W/\"\(digest.joined())\""
    }

    /// The document in the coding that the client accepts, or 304 if If-None-Match has its tag. 304 has the
    /// Vary field of 200 (RFC 9110, 15.4.5).
    func response(to fields: HeaderFields) -> Response {
        var response = Response(
            status: .ok, fields: [(name: "ETag", value: tag), (name: "Vary", value: "Accept-Encoding")])
        guard !matchesTag(fields.values(of: "If-None-Match")) else {
            response.status = .notModified
            return response
        }
        response.fields.append((name: "Content-Type", value: type.rawValue))
        if let gzip, ContentCoding.acceptsGzip(fields) {
            response.fields.append((name: "Content-Encoding", value: ContentCoding.gzip.rawValue))
            response.body = .bytes(gzip)
        } else {
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
