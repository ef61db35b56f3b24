import Glibc

/// A regular file that is open for reading, or for writing too if it is new. It is closed with the last
/// reference.
final class OpenFile: Sendable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws(FileError) {
        self.path = path
        // Without O_NONBLOCK, opening a pipe would block until it has a writer.
        descriptor = try Files.retryingInterrupted("open", path) {
            open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
    }

    /// Creates a file, which is locked until it is closed.
    /// - Throws: ``FileError``, with `ENOENT` if another server has removed the file before it was locked.
    init(creating path: String) throws(FileError) {
        self.path = path
        descriptor = try Files.retryingInterrupted("open", path) {
            open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        }
        try Files.lockNew(descriptor, path)
    }

    deinit { close(descriptor) }

    /// Returns the size in bytes.
    /// - Throws: ``FileError``, with `EISDIR` for anything but a regular file.
    func size() throws(FileError) -> Int {
        var status = stat()
        _ = try Files.retryingInterrupted("fstat", path) { fstat(descriptor, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(call: "open", path: path, code: EISDIR)
        }
        return Int(status.st_size)
    }

    /// Writes bytes behind those that were written before.
    func append(_ bytes: [UInt8]) throws(FileError) {
        try Files.append(FileContent(bytes), to: descriptor, path)
    }

    /// Reads `count` bytes from a position, or fewer at the end of the file.
    func read(from start: Int, count: Int) throws(FileError) -> [UInt8] {
        try Files.read(descriptor, path, from: start, count: count)
    }
}
