/// A version's file on its way to somebody else: checked first, then read piece by piece, so that a slow client costs a
/// descriptor and not the memory of a model. A version that is deleted meanwhile is still there to the end.
public final class ModelDownload: Sendable {
    private static let piece = 1 << 18

    /// The version.
    public let version: Int
    /// What tells this file from any other, in hexadecimal.
    public let digest: String
    private let file: OpenFile

    /// Opens a file, and reads it once to see that it is what was written.
    init(version: Int, path: String) throws(ModelRepository.ReadError) {
        self.version = version
        let bytes: [UInt8]
        do throws(FileError) {
            file = try OpenFile(path)
            bytes = try file.read(from: 0, count: file.size())
        } catch {
            throw ModelRepository.ReadError(error)
        }
        do throws(ModelFileError) { digest = try ModelFile.verify(bytes) } catch { throw .damaged(error) }
    }

    /// Bytes from a position on; none at the end.
    public func read(from position: Int) throws(FileError) -> [UInt8] {
        try file.read(from: position, count: Self.piece)
    }
}
