import Glibc

/// The system calls on a repository's files: the one place that retries interrupted calls, closes
/// descriptors, and makes errors that name the call. ``DataFolder`` and ``FileStamp`` make their own calls.
package enum Files {
    /// Calls `body` with an open descriptor, which is closed afterwards.
    /// - Parameter flags: of open(2); `O_CLOEXEC` is added.
    static func withDescriptor<Value>(
        _ path: String, _ flags: Int32, _ body: (Int32) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        let descriptor = try retryingInterrupted("open", path) { open(path, flags | O_CLOEXEC, 0o644) }
        defer { close(descriptor) }
        return try body(descriptor)
    }

    /// Reads the beginning of a file, or all of it without a count, and returns it with the file's size.
    static func read(_ path: String, first count: Int? = nil) throws(FileError) -> (bytes: [UInt8], size: Int)
    {
        let file = try OpenFile(path)
        let size = try file.size()
        return (try file.read(from: 0, count: min(count ?? size, size)), size)
    }

    /// Reads `count` bytes of an open file from a position, or fewer at the end of the file.
    static func read(
        _ descriptor: Int32, _ path: String, from start: Int, count: Int
    ) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            do throws(FileError) {
                while filled < count {
                    let read = try retryingInterrupted("read", path) {
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

    /// Creates a file and syncs it.
    /// - Throws: ``FileError``, with `EEXIST` if the name is taken.
    static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        try withNewFile(path, [FileContent(bytes)]) { (_) throws(FileError) in }
    }

    /// Creates and syncs a file, and calls `body` with its descriptor. The file is locked until `body`
    /// returns.
    /// - Parameter parts: the content, one part after the other.
    /// - Throws: ``FileError``, with `ENOENT` if another server has removed the file before it was locked.
    static func withNewFile<Value>(
        _ path: String, _ parts: [FileContent], _ body: (Int32) throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try withDescriptor(path, O_RDWR | O_CREAT | O_EXCL) { (descriptor) throws(FileError) in
            try lockNew(descriptor, path)
            for part in parts { try append(part, to: descriptor, path) }
            _ = try retryingInterrupted("fsync", path) { fsync(descriptor) }
            return try body(descriptor)
        }
    }

    /// Locks a file that has just been created until it is closed.
    /// - Throws: ``FileError``, with `ENOENT` if another server has removed the file before it was locked.
    static func lockNew(_ descriptor: Int32, _ path: String) throws(FileError) {
        guard try tryLock(descriptor, path), isOpen(descriptor, as: path) else {
            throw FileError(call: "flock", path: path, code: ENOENT)
        }
    }

    /// Writes bytes behind those that were written before.
    static func append(_ content: FileContent, to descriptor: Int32, _ path: String) throws(FileError) {
        var written = 0
        while written < content.count {
            written += try retryingInterrupted("write", path) {
                content.withUnsafeBytes { bytes in
                    Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
                }
            }
        }
    }

    /// Syncs the entries of a folder.
    package static func synchronize(folder path: String) throws(FileError) {
        try withDescriptor(path, O_RDONLY | O_DIRECTORY) { (descriptor) throws(FileError) in
            _ = try retryingInterrupted("fsync", path) { fsync(descriptor) }
        }
    }

    /// Creates a folder; returns false if the name is taken.
    @discardableResult
    static func makeFolder(_ path: String) throws(FileError) -> Bool {
        try succeeds("mkdir", path, ignoring: [EEXIST]) { mkdir(path, 0o755) }
    }

    /// Returns the names in a folder, in no particular order; nil if there is no such folder.
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

    /// Whether there is a file or folder at a path.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Renames a file or folder; returns false if the new name is that of a folder that is not empty.
    static func rename(_ path: String, to new: String) throws(FileError) -> Bool {
        try succeeds("rename", new, ignoring: [EEXIST, ENOTEMPTY]) { Glibc.rename(path, new) }
    }

    /// Removes a file; returns false if there is none.
    @discardableResult
    static func remove(file path: String) throws(FileError) -> Bool {
        try succeeds("unlink", path, ignoring: [ENOENT, ENOTDIR]) { unlink(path) }
    }

    /// Removes an empty folder; returns false if there is none or it is not empty.
    @discardableResult
    static func remove(folder path: String) throws(FileError) -> Bool {
        try succeeds("rmdir", path, ignoring: [ENOENT, ENOTDIR, EEXIST, ENOTEMPTY]) { rmdir(path) }
    }

    /// Makes a call; returns false if it fails with one of the expected codes.
    static func succeeds(
        _ call: String, _ path: String, ignoring expected: [Int32], _ body: () -> Int32
    ) throws(FileError) -> Bool {
        do throws(FileError) {
            _ = try retryingInterrupted(call, path, body)
            return true
        } catch {
            guard expected.contains(error.code) else { throw error }
            return false
        }
    }

    /// Makes a call, and again as long as signals interrupt it (EINTR).
    static func retryingInterrupted<Result: SignedInteger>(
        _ call: String, _ path: String, _ body: () -> Result
    ) throws(FileError) -> Result {
        while true {
            let result = body()
            if result >= 0 { return result }
            guard errno == EINTR else { throw FileError(call: call, path: path, code: errno) }
        }
    }
}
