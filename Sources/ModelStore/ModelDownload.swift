/// A version's file on its way to somebody else, read piece by piece, so that a slow client costs a descriptor and not the
/// memory of a model. It stays whole if the version is deleted meanwhile.
public final class ModelDownload: Sendable {
    private static let piece = 1 << 18

    /// The version.
    public let version: Int
    /// What tells this file from any other, in hexadecimal.
    public let digest: String
    private let file: OpenFile

    init(version: Int, digest: String, file: OpenFile) {
        self.version = version
        self.digest = digest
        self.file = file
    }

    /// Bytes from a position on; none at the end.
    public func read(from position: Int) throws(FileError) -> [UInt8] {
        try file.read(from: position, count: Self.piece)
    }
}
