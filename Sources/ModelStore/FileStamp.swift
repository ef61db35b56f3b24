import Glibc

/// What tells one state of a file from another without reading it.
package struct FileStamp: Equatable, Sendable {
    private let device, inode: UInt
    private let size, seconds, nanoseconds: Int

    /// nil when there is no such file. Symbolic links are followed: Kubernetes changes a mounted file through one.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// nil when there is no such folder. It is opened for this: what an NFS client believes of a folder may be a minute old
    /// unless somebody opens it (nfs(5), "Close-to-open cache consistency").
    package init?(folder path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            // A look that may be late is better than none.
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

    /// Whether there is nothing in the file.
    package var isEmpty: Bool { size == 0 }

    /// Seconds of a clock that never goes back: how often it is worth looking.
    package static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec
    }

    /// A small text file's content, nil if it can't be read whole.
    package static func text(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0, count < bytes.count else { return nil }
        return String(validating: bytes[..<count], as: UTF8.self)
    }
}
