import Glibc

/// A call to the system about a file that failed.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The call, such as `open`.
    public let call: String
    /// What it was about.
    public let path: String
    /// The system's number for the reason.
    public let code: Int32

    /// Whether the disk is full, or the quota used up.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether somebody else has been changing the same for too long.
    public var isBusy: Bool { code == EWOULDBLOCK }

    /// One line for a log.
    public var description: String { "\(call) \(path): \(String(cString: strerror(code)))" }
}

/// All calls about files go through here: one place for interrupted calls, closing, and errors that name the call.
package enum Files {
    /// What `open` takes, and closes again.
    static func withDescriptor<Value>(
        _ path: String, _ flags: Int32, _ body: (Int32) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        let descriptor = try repeated("open", path) { open(path, flags | O_CLOEXEC, 0o644) }
        defer { close(descriptor) }
        return try body(descriptor)
    }

    /// The first bytes of a file, all of them without a count, and how many it has.
    static func read(_ path: String, first count: Int? = nil) throws(FileError) -> (bytes: [UInt8], size: Int)
    {
        let file = try OpenFile(path)
        let size = try file.size()
        return (try file.read(from: 0, count: min(count ?? size, size)), size)
    }

    /// Bytes of an open file from a position on; fewer at the end.
    static func read(
        _ descriptor: Int32, _ path: String, from start: Int, count: Int
    ) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            do throws(FileError) {
                while filled < count {
                    let read = try repeated("read", path) {
                        pread(descriptor, base + filled, count - filled, start + filled)
                    }
                    guard read > 0 else { return }
                    filled += read
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Makes a new file that is on the disk, and not just with the system, when this returns.
    static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        try withNewFile(path, bytes) { (_) throws(FileError) in }
    }

    /// Makes a new file that is on the disk, and not just with the system, when `body` is called, and locked until that
    /// returns. Throws `ENOENT` where somebody has cleared it away before it was locked.
    static func withNewFile<Value>(
        _ path: String, _ bytes: [UInt8], _ body: (Int32) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try withDescriptor(path, O_RDWR | O_CREAT | O_EXCL) { (descriptor) throws(FileError) in
            guard try isLocked(descriptor, path), isOpen(descriptor, as: path) else {
                throw FileError(call: "flock", path: path, code: ENOENT)
            }
            var written = 0
            while written < bytes.count {
                written += try repeated("write", path) {
                    bytes.withUnsafeBytes { bytes in
                        Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                    }
                }
            }
            _ = try repeated("fsync", path) { fsync(descriptor) }
            return try body(descriptor)
        }
    }

    /// Has what a folder lists brought to the disk.
    static func synchronize(folder path: String) throws(FileError) {
        try withDescriptor(path, O_RDONLY | O_DIRECTORY) { (descriptor) throws(FileError) in
            _ = try repeated("fsync", path) { fsync(descriptor) }
        }
    }

    /// Makes a folder; false if there is something of that name already.
    @discardableResult
    static func makeFolder(_ path: String) throws(FileError) -> Bool {
        try succeeds("mkdir", path, unless: [EEXIST]) { mkdir(path, 0o755) }
    }

    /// The names in a folder; nil if there is no such folder.
    static func list(_ path: String) throws(FileError) -> [String]? {
        guard let folder = opendir(path) else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw FileError(call: "opendir", path: path, code: errno)
            }
            return nil
        }
        defer { closedir(folder) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileError(call: "readdir", path: path, code: errno) }
        return names
    }

    /// Whether there is something of that name.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Renames; false if a folder that isn't empty has the new name.
    static func rename(_ path: String, to new: String) throws(FileError) -> Bool {
        try succeeds("rename", new, unless: [EEXIST, ENOTEMPTY]) { Glibc.rename(path, new) }
    }

    /// Removes a file; false if there is none.
    @discardableResult
    static func remove(file path: String) throws(FileError) -> Bool {
        try succeeds("unlink", path, unless: [ENOENT, ENOTDIR]) { unlink(path) }
    }

    /// Removes an empty folder; false if there is none or it isn't empty.
    @discardableResult
    static func remove(folder path: String) throws(FileError) -> Bool {
        try succeeds("rmdir", path, unless: [ENOENT, ENOTDIR, EEXIST, ENOTEMPTY]) { rmdir(path) }
    }

    // MARK: Locks

    // Only files that are open for writing are locked, and never folders: NFS makes a byte-range lock of each, and that is
    // what it asks for (flock(2), "NFS details").

    /// Waits until nobody else has an open file locked (flock(2)), and locks it until it is closed.
    /// - Parameter patience: for how many seconds; then this throws `EWOULDBLOCK`. Who has it may be a machine that is gone,
    ///   which a file server finds out late.
    static func lock(_ descriptor: Int32, _ path: String, patience: Double) throws(FileError) {
        let end = ContinuousClock.now + .seconds(patience)
        var pause: UInt32 = 500
        while try !isLocked(descriptor, path) {
            guard ContinuousClock.now < end else {
                throw FileError(call: "flock", path: path, code: EWOULDBLOCK)
            }
            usleep(pause)
            pause = min(2 * pause, 16_000)
        }
    }

    /// Locks an open file; false if somebody else has it locked.
    private static func isLocked(_ descriptor: Int32, _ path: String) throws(FileError) -> Bool {
        try succeeds("flock", path, unless: [EWOULDBLOCK]) { flock(descriptor, LOCK_EX | LOCK_NB) }
    }

    /// Whether an open file is the one that has a name.
    static func isOpen(_ descriptor: Int32, as path: String) -> Bool {
        var (open, named) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && stat(path, &named) == 0
            && (open.st_dev, open.st_ino) == (named.st_dev, named.st_ino)
    }

    /// Does something with a file locked: until then, and as long as the process lives, nobody else gets the lock. False if
    /// somebody else has it, or there is no such file.
    package static func withLock(_ path: String, _ body: () throws(FileError) -> Void) throws(FileError)
        -> Bool
    {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard try isLocked(descriptor, path) else { return false }
        try body()
        return true
    }

    private static func succeeds(
        _ call: String, _ path: String, unless expected: [Int32], _ body: () -> Int32
    ) throws(FileError) -> Bool {
        do throws(FileError) {
            _ = try repeated(call, path, body)
            return true
        } catch {
            guard expected.contains(error.code) else { throw error }
            return false
        }
    }

    /// Calls again what a signal has interrupted.
    fileprivate static func repeated<Result: SignedInteger>(
        _ call: String, _ path: String, _ body: () -> Result
    ) throws(FileError) -> Result {
        while true {
            let result = body()
            if result >= 0 { return result }
            guard errno == EINTR else { throw FileError(call: call, path: path, code: errno) }
        }
    }
}

/// A file that is open for reading as long as somebody has this.
final class OpenFile: Sendable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws(FileError) {
        self.path = path
        // What is no regular file, such as a pipe, might keep whoever opens it waiting.
        descriptor = try Files.repeated("open", path) { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    }

    deinit { close(descriptor) }

    /// In bytes. Throws `EISDIR` for what is no regular file.
    func size() throws(FileError) -> Int {
        var status = stat()
        _ = try Files.repeated("fstat", path) { fstat(descriptor, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(call: "open", path: path, code: EISDIR)
        }
        return Int(status.st_size)
    }

    /// Bytes from a position on; fewer at the end.
    func read(from start: Int, count: Int) throws(FileError) -> [UInt8] {
        try Files.read(descriptor, path, from: start, count: count)
    }
}
