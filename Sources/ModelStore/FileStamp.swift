import Glibc

/// The inode, size and modification time of a file or folder, which detect changes without reading it.
package struct FileStamp: Equatable, Sendable {
    private let device, inode: UInt
    private let size, seconds, nanoseconds: Int

    /// Stamps a file; nil if there is none. Symbolic links are followed: Kubernetes updates mounted files by
    /// replacing a link.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Stamps a folder; nil if there is none. The folder is opened for this: the attributes that an NFS
    /// client has cached may be a minute old unless the folder is opened (nfs(5), "Close-to-open cache
    /// consistency").
    package init?(folder path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // Without free descriptors, attributes that may be old are better than none.
            guard errno == EMFILE || errno == ENFILE else { return nil }
            self.init(path)
            return
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        (device, inode, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    /// Whether the file has no bytes.
    package var isEmpty: Bool { size == 0 }

    /// The monotonic time in seconds, to limit how often a file is checked.
    package static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec
    }

    /// Reads a text file; nil if it cannot be read, is not UTF-8, or has 1 MiB or more.
    package static func text(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0, count < bytes.count else { return nil }
        return String(validating: bytes[..<count], as: UTF8.self)
    }
}
