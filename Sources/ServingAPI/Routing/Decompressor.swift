import CZlib

/// Decompresses a body piece by piece. Used by one thread at a time.
final class Decompressor {
    /// The size of the buffer, in bytes.
    private static let chunkSize = 64 * 1024

    private let coding: ContentCoding
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var result = Z_OK

    /// - Throws: 503 without memory.
    init(_ coding: ContentCoding) throws(Problem) {
        self.coding = coding
        stream.initialize(to: z_stream())
        guard czlib_start_inflating(stream, coding.format) == Z_OK else { throw .overloaded() }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses the next bytes, and passes them on in pieces of at most 64 KiB.
    /// - Throws: 400 for bytes that do not have the coding, and what `receive` throws.
    func append(_ bytes: [UInt8], _ receive: ([UInt8]) throws(Problem) -> Void) throws(Problem) {
        var problem: Problem?
        ContentCoding.withInput(bytes, stream) {
            do throws(Problem) {
                while let piece = try next() { try receive(piece) }
            } catch {
                problem = error
            }
        }
        if let problem { throw problem }
    }

    /// Returns the next decompressed bytes; nil if more input is needed.
    private func next() throws(Problem) -> [UInt8]? {
        // A gzip file may have several members in sequence (RFC 1952, 2.2).
        if result == Z_STREAM_END {
            guard stream.pointee.avail_in > 0 else { return nil }
            guard coding == .gzip else { throw .malformedCoding(coding) }
            inflateReset(stream)
        }
        let piece = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(Self.chunkSize)
            result = inflate(stream, Z_NO_FLUSH)
            count = Self.chunkSize - Int(stream.pointee.avail_out)
        }
        switch result {
        case Z_OK, Z_STREAM_END: return piece
        // There is neither input nor pending output.
        case Z_BUF_ERROR where stream.pointee.avail_in == 0: return nil
        default: throw .malformedCoding(coding)
        }
    }

    /// Checks that the input has ended where the compressed data end.
    /// - Throws: 400 if it has not.
    func finish() throws(Problem) {
        guard result == Z_STREAM_END, stream.pointee.avail_in == 0 else { throw .malformedCoding(coding) }
    }
}
