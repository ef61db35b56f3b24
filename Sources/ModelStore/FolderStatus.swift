import Glibc

/// The state of the models' folder at one moment.
public struct FolderStatus: Equatable, Sendable {
    /// The reason that the folder cannot be used as it should.
    public enum Fault: Equatable, Sendable {
        /// There is no folder at the path.
        case missing
        /// The folder cannot be read, for the reason of the system.
        case unreadable(String)
        /// The folder cannot be written to, for the reason of the system, and the server is not read-only.
        case unwritable(String)
        /// The file system has less space than it must have, both in bytes.
        case full(free: Int, minimum: Int)
        /// The file system has no room for another file, however small.
        case noInodes
        /// The system has not responded for this time, in seconds.
        case unresponsive(Int)
    }

    /// The reason that the folder cannot be used; nil if it can.
    public var fault: Fault?
    /// Bytes that the file system has left for this process; nil if they are not known.
    public var freeBytes: Int?

    /// A status from its parts.
    public init(fault: Fault? = nil, freeBytes: Int? = nil) {
        self.fault = fault
        self.freeBytes = freeBytes
    }

    /// Examines a folder. Needs no free file descriptor, and may take as long as a file server does.
    /// - Parameters:
    ///   - isReadOnly: whether the folder need not be writable and may be full.
    ///   - minFreeBytes: the space that the file system must have; 0 for none.
    public static func of(_ path: String, isReadOnly: Bool, minFreeBytes: Int) -> FolderStatus {
        var entry = stat()
        guard stat(path, &entry) == 0 else {
            return FolderStatus(
                fault: errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(FileError.reason(errno)))
        }
        guard entry.st_mode & S_IFMT == S_IFDIR else { return FolderStatus(fault: .missing) }
        // statvfs(3) asks a file server each time, while the results of the other calls may be cached.
        var system = statvfs()
        guard statvfs(path, &system) == 0, faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) == 0 else {
            return FolderStatus(fault: .unreadable(FileError.reason(errno)))
        }
        // Some file systems have no limit that they could report.
        let free = system.f_blocks > 0 ? Int(clamping: system.f_bavail * system.f_frsize) : nil
        var status = FolderStatus(freeBytes: free)
        guard !isReadOnly else { return status }
        if faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0 {
            status.fault = .unwritable(FileError.reason(errno))
        } else if minFreeBytes > 0, let free, free < minFreeBytes {
            status.fault = .full(free: free, minimum: minFreeBytes)
        } else if minFreeBytes > 0, system.f_files > 0, system.f_favail == 0 {
            status.fault = .noInodes
        }
        return status
    }
}

extension FolderStatus.Fault {
    /// Whether the fault may be gone before a training ends, so that the training is worth its time.
    public var isTransient: Bool { if case .unresponsive = self { true } else { false } }

    /// Whether versions in the folder cannot be read.
    public var preventsReading: Bool {
        switch self {
        case .missing, .unreadable, .unresponsive: true
        case .unwritable, .full, .noInodes: false
        }
    }

    /// Whether the folder can be read and written to, but has no room.
    public var isFull: Bool {
        switch self {
        case .full, .noInodes: true
        case .missing, .unreadable, .unwritable, .unresponsive: false
        }
    }
}

extension FolderStatus.Fault: CustomStringConvertible {
    /// One clause for a log or a response, without the path.
    public var description: String {
        switch self {
        case .missing: "the models' folder does not exist"
        case .unreadable(let reason): "the models' folder cannot be read: \(reason)"
        case .unwritable(let reason): "the models' folder cannot be written to: \(reason)"
        case .full(let free, let minimum):
            "the file system of the models' folder has \(free >> 20) MiB left; --min-free requires "
                + "\(minimum >> 20) MiB"
        case .noInodes: "the file system of the models' folder has no room for another file (no inodes)"
        case .unresponsive(let seconds):
            "the file system of the models' folder has not responded for \(seconds) s"
        }
    }
}
