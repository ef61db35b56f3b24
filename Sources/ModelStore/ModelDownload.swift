/// The file of a version, read in chunks, so that a slow client takes a file descriptor and not the memory of
/// a model. The content does not change if the version is deleted meanwhile.
public final class ModelDownload: Sendable {
    /// Bytes.
    private static let chunkSize = 1 << 18

    /// The number of the version.
    public let version: Int
    /// The checksum of the file's header in hexadecimal, which no other file has.
    public let digest: String
    /// The length of the file in bytes.
    public let length: Int
    private let file: OpenFile

    init(version: Int, digest: String, length: Int, file: OpenFile) {
        self.version = version
        self.digest = digest
        self.length = length
        self.file = file
    }

    /// Reads the first chunk of a range of bytes; it is empty at the end of the file.
    public func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
        try file.read(from: range.lowerBound, count: min(range.count, Self.chunkSize))
    }
}
