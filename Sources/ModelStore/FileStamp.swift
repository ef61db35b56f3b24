import Glibc

/// The inode, size and modification time of a file or folder, which detect changes without reading it, and
/// the change time of a file, which detects changed permissions as well.
package struct FileStamp: Equatable, Sendable {
    private let device, inode: UInt
    private let size, modified, modifiedNanoseconds, changed, changedNanoseconds: Int

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

    /// - Parameter status: what fstat(2) returns for an open file.
    package init(_ status: stat) {
        (device, inode, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
        (modified, modifiedNanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        // What a folder lists depends on its modification time only.
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        (changed, changedNanoseconds) = isFolder ? (0, 0) : (status.st_ctim.tv_sec, status.st_ctim.tv_nsec)
    }

    /// Whether the file has no bytes.
    package var isEmpty: Bool { size == 0 }
}
