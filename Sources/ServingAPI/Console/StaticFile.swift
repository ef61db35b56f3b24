import Crypto
import HTTP1
import ModelFiles

/// A document that does not change while the server runs. It is compressed once, and not for each response.
struct StaticFile: Sendable {
    private let bytes: [UInt8]
    /// The bytes in gzip; nil if they are not worth compressing.
    private let gzip: [UInt8]?
    private let type: MediaType
    /// A weak tag, because the document is sent with and without compression (RFC 9110, 8.8.1). One tag for
    /// both lets a client revalidate what it has, whatever it accepts now.
    private let tag: EntityTag

    init(_ bytes: [UInt8], _ type: MediaType) {
        self.bytes = bytes
        gzip = ContentCoding.gzip.compressIfWorthwhile(bytes, .most)
        self.type = type
        tag = EntityTag(SHA256.hash(data: bytes).prefix(8).hexadecimal, isWeak: true)
    }

    /// The document in the coding that the client accepts, or 304 if If-None-Match lists its tag. 304 has the
    /// Vary field of 200 (RFC 9110, 15.4.5).
    /// - Throws: 412 if If-Match does not list the tag.
    func response(to head: RequestHead) throws(Problem) -> Response {
        var response = Response(status: .ok, fields: [(name: "ETag", value: tag.text)])
        if gzip != nil { response.fields.append((name: "Vary", value: "Accept-Encoding")) }
        if case .notModified = try Selection(of: tag, for: head) {
            response.status = .notModified
            return response
        }
        response.fields.append((name: "Content-Type", value: type.rawValue))
        if let gzip, ContentCoding.acceptsGzip(head.fields) {
            response.fields.append((name: "Content-Encoding", value: ContentCoding.gzip.rawValue))
            response.body = .bytes(gzip)
        } else {
            response.body = .bytes(bytes)
        }
        return response
    }
}
