import CZlib
import HTTP1

/// How content is packed for the way (RFC 9110, 8.4.1).
package enum ContentCoding: String, CaseIterable {
    case gzip
    /// The format of zlib (RFC 1950), as the name has it; not a bare deflate stream (RFC 1951).
    case deflate

    private var format: Int32 { self == .gzip ? Int32(czlib_gzip) : 0 }

    /// What all of them are called, for fields.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The coding of a request's body; nil for one that is as it is. `x-gzip` is another name of gzip
    /// (RFC 9110, 8.4.1.3).
    static func ofBody(_ fields: HeaderFields) throws(Problem) -> ContentCoding? {
        let values = fields.values(of: "Content-Encoding")
        guard let name = values.first?.lowercased(), !name.isEmpty, name != "identity" else { return nil }
        guard values.count == 1, let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name) else {
            throw .unsupportedContentCoding()
        }
        return coding
    }

    /// Whether an answer may be sent with gzip, and not only because nothing was said (RFC 9110, 12.5.3).
    static func acceptsGzip(_ fields: HeaderFields) -> Bool {
        var accepted: Double?
        var others: Double?
        for member in fields.values(of: "Accept-Encoding").flatMap({ $0.split(separator: ",") }) {
            guard let member = WeightedMember(member) else { continue }
            switch member.value.lowercased() {
            case "gzip", "x-gzip": accepted = member.quality
            case "*": others = member.quality
            default: break
            }
        }
        return (accepted ?? others ?? 0) > 0
    }

    // MARK: Packing

    /// Room for what zlib gives at a time.
    private static let piece = 64 * 1024

    /// Packed bytes, quickly rather than tightly: numbers as text shrink to about half. nil if there is no memory.
    package func packed(_ bytes: [UInt8]) -> [UInt8]? {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard czlib_start_deflating(stream, Z_BEST_SPEED, format) == Z_OK else { return nil }
        defer { deflateEnd(stream) }
        let most = Int(deflateBound(stream, UInt(bytes.count)))
        var result = Z_OK
        let packed = [UInt8](unsafeUninitializedCapacity: most) { target, count in
            Self.withInput(bytes, stream) {
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(clamping: most)
                result = CZlib.deflate(stream, Z_FINISH)
            }
            count = result == Z_STREAM_END ? Int(stream.pointee.total_out) : 0
        }
        return result == Z_STREAM_END ? packed : nil
    }

    /// The bytes before they were packed: not more than `limit`, whatever those that came claim.
    ///
    /// Throws 400 for what isn't packed so, and 413 beyond the limit.
    package func unpacked(_ bytes: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard czlib_start_inflating(stream, format) == Z_OK else { throw .overloaded() }
        defer { inflateEnd(stream) }
        var unpacked: [UInt8] = []
        var result = Z_OK
        Self.withInput(bytes, stream) {
            while unpacked.count <= limit {
                // A gzip file may have several members (RFC 1952, 2.2), one after the other.
                if result == Z_STREAM_END {
                    guard self == .gzip, stream.pointee.avail_in > 0 else { return }
                    inflateReset(stream)
                }
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.piece) { piece in
                    stream.pointee.next_out = piece.baseAddress
                    stream.pointee.avail_out = UInt32(Self.piece)
                    result = inflate(stream, Z_NO_FLUSH)
                    unpacked += piece[..<(Self.piece - Int(stream.pointee.avail_out))]
                }
                guard result == Z_OK || result == Z_STREAM_END else { return }
            }
        }
        guard unpacked.count <= limit else { throw .contentTooLarge(limit: limit) }
        guard result == Z_STREAM_END, stream.pointee.avail_in == 0 else { throw .malformedCoding(self) }
        return unpacked
    }

    /// Bytes beyond 4 GiB, the most that zlib takes at once, are left out and missed at the end.
    private static func withInput(
        _ bytes: [UInt8], _ stream: UnsafeMutablePointer<z_stream>, _ body: () -> Void
    ) {
        bytes.withUnsafeBufferPointer { bytes in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            stream.pointee.avail_in = UInt32(clamping: bytes.count)
            body()
        }
    }
}

extension Response {
    /// Where packing begins to pay: below it all fits into one packet, or nearly.
    private static var worthPacking: Int { 1400 }

    /// The same response in gzip, if it has content that shrinks and no strong ETag, which stands for the bytes as they are
    /// (RFC 9110, 8.8.3.3).
    func packed() -> Response {
        guard case .bytes(let bytes) = body, bytes.count >= Self.worthPacking,
            !fields.contains(where: {
                $0.name == "Content-Encoding" || $0.name == "ETag" && !$0.value.hasPrefix("W/")
            }),
            let packed = ContentCoding.gzip.packed(bytes), packed.count < bytes.count
        else { return self }
        var response = self
        response.fields.append((name: "Content-Encoding", value: ContentCoding.gzip.rawValue))
        response.fields.append((name: "Vary", value: "Accept-Encoding"))
        response.body = .bytes(packed)
        return response
    }
}
