import Glibc

/// Locks with flock(2). Only files that are open for writing are locked, and never folders: NFS implements
/// flock as a byte-range lock, which requires this (flock(2), "NFS details").
extension Files {
    /// Locks an open file until it is closed. Waits as long as another process has it locked.
    /// - Parameter timeout: the maximum wait in seconds. The machine that has the lock may be gone, which an
    ///   NFS server notices late.
    /// - Throws: ``FileError``, with `EWOULDBLOCK` after the timeout.
    static func lock(_ descriptor: Int32, _ path: String, timeout: Double) throws(FileError) {
        let end = ContinuousClock.now + .seconds(timeout)
        var pause: UInt32 = 500
        while try !tryLock(descriptor, path) {
            guard ContinuousClock.now < end else {
                throw FileError(call: "flock", path: path, code: EWOULDBLOCK)
            }
            usleep(pause)
            pause = min(2 * pause, 16_000)
        }
    }

    /// Locks an open file until it is closed; returns false if another process or descriptor has it locked.
    static func tryLock(_ descriptor: Int32, _ path: String) throws(FileError) -> Bool {
        try succeeds("flock", path, ignoring: [EWOULDBLOCK]) { flock(descriptor, LOCK_EX | LOCK_NB) }
    }

    /// Whether the name of an open file still refers to that file.
    static func isOpen(_ descriptor: Int32, as path: String) -> Bool {
        var (open, named) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && stat(path, &named) == 0
            && (open.st_dev, open.st_ino) == (named.st_dev, named.st_ino)
    }

    /// Calls `body` with a file locked. The lock ends with `body` or with the process.
    /// - Returns: false if the file is locked already or cannot be opened; `body` is not called then.
    package static func withLock(
        _ path: String, _ body: () throws(FileError) -> Void
    ) throws(FileError) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard try tryLock(descriptor, path) else { return false }
        try body()
        return true
    }
}
