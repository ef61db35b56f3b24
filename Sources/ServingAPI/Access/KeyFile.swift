import Glibc
import ModelStore

/// A file of API keys that is open. Opening and reading it never block on a pipe or a device.
final class KeyFile {
    /// The maximum size, in bytes.
    private static let maxSize = 1 << 20

    let path: String
    let descriptor: Int32
    let status: stat

    /// Opens a regular file.
    /// - Parameters:
    ///   - flags: of open(2), besides `O_CLOEXEC` and `O_NONBLOCK`.
    ///   - mode: the permissions of a file that is created.
    /// - Throws: ``APIKeyError``.
    init(_ path: String, _ flags: Int32 = O_RDONLY, mode: mode_t = 0) throws(APIKeyError) {
        self.path = path
        // Without O_NONBLOCK, opening a pipe would block until it has a writer.
        descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK, mode)
        var status = stat()
        // An open pipe without a reader, for writing, fails with ENXIO; a folder with EISDIR.
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let code = errno
            self.status = status
            throw code == ENXIO || code == EISDIR ? Self.notRegular(path) : Self.failure("read", path, code)
        }
        self.status = status
        guard status.st_mode & S_IFMT == S_IFREG else { throw Self.notRegular(path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    var stamp: FileStamp { FileStamp(status) }

    /// Whether users other than the owner can add keys.
    var isWritableByOthers: Bool { status.st_mode & (S_IWGRP | S_IWOTH) != 0 }

    /// Reads the whole file.
    /// - Throws: ``APIKeyError`` for a file of more than 1 MiB and for one that is not UTF-8.
    func text() throws(APIKeyError) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = pread(descriptor, &piece, piece.count, off_t(bytes.count))
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw Self.failure("read", path, errno)
            }
            bytes += piece[..<count]
            guard bytes.count <= Self.maxSize else {
                throw APIKeyError("the file of API keys \(path) has more than 1 MiB")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw APIKeyError("the file of API keys \(path) is not UTF-8")
        }
        return text
    }

    /// The error of a system call.
    static func failure(_ verb: String, _ path: String, _ code: Int32) -> APIKeyError {
        APIKeyError(
            "cannot \(verb) the file of API keys \(path): \(String(cString: strerror(code)))",
            code == ENOENT ? .missing : .unusable)
    }

    private static func notRegular(_ path: String) -> APIKeyError {
        APIKeyError("the file of API keys \(path) is not a regular file")
    }
}
