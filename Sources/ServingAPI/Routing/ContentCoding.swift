import CZlib
import HTTP1

/// A compression of request and response content (RFC 9110, 8.4.1).
package enum ContentCoding: String, CaseIterable {
    case gzip
    /// The zlib format (RFC 1950) around a deflate stream (RFC 1951), as RFC 9110, 8.4.1.2 defines it.
    case deflate

    var format: Int32 { self == .gzip ? Int32(czlib_gzip) : 0 }

    /// The names of all codings, for header fields.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The coding of a request's body; nil for none. `x-gzip` is another name of gzip (RFC 9110, 8.4.1.3).
    /// - Throws: 415 for an unknown coding, and for several.
    static func ofBody(_ fields: HeaderFields) throws(Problem) -> ContentCoding? {
        let values = fields.values(of: "Content-Encoding")
        guard let name = values.first?.lowercased(), !name.isEmpty, name != "identity" else { return nil }
        guard values.count == 1, let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name) else {
            throw .unsupportedContentCoding()
        }
        return coding
    }

    /// Whether Accept-Encoding names gzip or `*` with a weight above 0 (RFC 9110, 12.5.3). Without the field,
    /// the response is sent without a coding.
    static func acceptsGzip(_ fields: HeaderFields) -> Bool {
        var gzipQuality: Double?
        var wildcardQuality: Double?
        for member in fields.values(of: "Accept-Encoding").flatMap({ $0.split(separator: ",") }) {
            guard let member = WeightedMember(member) else { continue }
            switch member.value.lowercased() {
            case "gzip", "x-gzip": gzipQuality = member.quality
            case "*": wildcardQuality = member.quality
            default: break
            }
        }
        return (gzipQuality ?? wildcardQuality ?? 0) > 0
    }

    // MARK: Compression

    /// How much time compression may take.
    package enum Effort {
        /// For content that is sent once: zlib's fastest level, which halves numbers as text.
        case least
        /// For content that is compressed once and sent often.
        case most

        fileprivate var level: Int32 { self == .least ? Z_BEST_SPEED : Z_BEST_COMPRESSION }
    }

    /// The minimum number of bytes that are worth compressing: shorter content fits into about one packet.
    static var minCompressedSize: Int { 1400 }

    /// Compresses bytes. Returns nil if they are too few or do not become fewer, or if memory runs out.
    package func compressIfWorthwhile(_ bytes: [UInt8], _ effort: Effort) -> [UInt8]? {
        guard bytes.count >= Self.minCompressedSize, let compressed = compress(bytes, effort),
            compressed.count < bytes.count
        else { return nil }
        return compressed
    }

    /// Compresses bytes. Returns nil if memory runs out.
    package func compress(_ bytes: [UInt8], _ effort: Effort = .least) -> [UInt8]? {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard czlib_start_deflating(stream, effort.level, format) == Z_OK else { return nil }
        defer { deflateEnd(stream) }
        let maxCount = Int(deflateBound(stream, UInt(bytes.count)))
        var result = Z_OK
        let compressed = [UInt8](unsafeUninitializedCapacity: maxCount) { target, count in
            Self.withInput(bytes, stream) {
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(clamping: maxCount)
                result = CZlib.deflate(stream, Z_FINISH)
            }
            count = result == Z_STREAM_END ? Int(stream.pointee.total_out) : 0
        }
        return result == Z_STREAM_END ? compressed : nil
    }

    /// Decompresses bytes.
    /// - Parameter limit: the maximum number of decompressed bytes. At most one buffer more is held in
    ///   memory.
    /// - Throws: 400 for bytes that do not have this coding, 413 beyond the limit, 503 without memory.
    package func decompress(_ bytes: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
        let decompressor = try Decompressor(self)
        var decompressed: [UInt8] = []
        try decompressor.append(bytes) { (piece) throws(Problem) in
            decompressed += piece
            guard decompressed.count <= limit else { throw .contentTooLarge(limit: limit) }
        }
        try decompressor.finish()
        return decompressed
    }

    /// Sets the input of a stream. zlib takes at most 4 GiB at once: longer input is cut, and the missing end
    /// of the stream is reported as an error.
    static func withInput(
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
    /// The bytes that `compressed` would compress; nil for content that has a coding already, is too short,
    /// or has a strong ETag, which identifies the uncompressed bytes (RFC 9110, 8.8.3.3).
    var compressibleBytes: [UInt8]? {
        guard case .bytes(let bytes) = body, bytes.count >= ContentCoding.minCompressedSize,
            !fields.contains(where: {
                $0.name == "Content-Encoding" || $0.name == "ETag" && !$0.value.hasPrefix("W/")
            })
        else { return nil }
        return bytes
    }

    /// The response in gzip, if its content becomes smaller.
    func compressed() -> Response {
        guard let bytes = compressibleBytes,
            let compressed = ContentCoding.gzip.compressIfWorthwhile(bytes, .least)
        else { return self }
        var response = self
        response.fields.append((name: "Content-Encoding", value: ContentCoding.gzip.rawValue))
        response.body = .bytes(compressed)
        return response
    }

    /// Names the request fields that select the representation in Vary, for caches (RFC 9110, 12.5.5): Accept
    /// if the route offers several media types, Accept-Encoding if the content is or could have been
    /// compressed. Content that is the same for every client, such as a short document of a route with one
    /// media type, does not vary, nor does a refusal that precedes the choice.
    /// - Parameter isNegotiated: whether the route offers several media types.
    mutating func addVary(isNegotiated: Bool) {
        let index = fields.firstIndex { $0.name == "Vary" }
        let present = index.map { fields[$0].value }
        let isCompressed = fields.contains { $0.name == "Content-Encoding" }
        let coding = present ?? (isCompressed || compressibleBytes != nil ? "Accept-Encoding" : nil)
        let value: String
        switch (isNegotiated, coding) {
        case (false, nil): return
        case (true, nil): value = "Accept"
        case (false, let coding?): value = coding
        case (true, let coding?): value = "Accept, \(coding)"
        }
        if let index { fields[index].value = value } else { fields.append((name: "Vary", value: value)) }
    }
}
