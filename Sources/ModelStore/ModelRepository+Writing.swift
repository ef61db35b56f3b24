import Glibc
import Logging

extension ModelRepository {
    /// The number of attempts if another server removes temporary files meanwhile.
    static let maxAttempts = 4

    private static let lockName = ".lock"
    /// The maximum wait for the lock in seconds, while a client waits for the response.
    static let lockTimeout = 5.0
    /// The maximum wait for the lock in seconds if a training's result would be lost: an NFSv4 server gives a
    /// machine that has crashed 90 s to come back.
    private static let publishLockTimeout = 120.0

    /// Called while the model is locked; has to call its argument, which assigns the number.
    typealias NumberAssignment = (_ assign: () throws(FileError) -> Int) throws(FileError) -> Int

    /// Writes a version under the next number. It is on the disk when this returns.
    /// - Parameters:
    ///   - content: the content of its file, one part after the other.
    ///   - assignment: wraps the assignment of the number, and cancels it by throwing.
    /// - Returns: the number.
    func write(
        _ name: String, _ content: [FileContent], assignment: NumberAssignment
    ) throws(FileError) -> Int {
        for _ in 0..<Self.maxAttempts {
            if let number = try attempt(name, content, assignment) { return number }
        }
        throw FileError(call: "rename", path: path(name), code: EBUSY)
    }

    /// Returns nil if another server has removed the temporary folder, so that another attempt is needed.
    private func attempt(
        _ name: String, _ content: [FileContent], _ assignment: NumberAssignment
    ) throws(FileError) -> Int? {
        try requireWritable()
        if try Files.makeFolder(path(name)) { try Files.synchronize(folder: folder) }
        let new = "\(path(name))/\(Self.temporaryName())"
        do throws(FileError) {
            try Files.makeFolder(new)
            return try Files.withNewFile("\(new)/\(Self.fileName)", content) { (file) throws(FileError) in
                try Files.synchronize(folder: new)
                return try withLock(on: name, timeout: Self.publishLockTimeout) { () throws(FileError) in
                    try assignment { () throws(FileError) in
                        try assignNumber(to: new, file: file, of: name)
                    }
                }
            }
        } catch {
            removeUnlocked(new)
            _ = try? Files.remove(folder: path(name))
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    /// Renames the temporary folder of a version to the next number.
    /// - Parameter file: the descriptor of the version's file.
    private func assignNumber(to new: String, file: Int32, of name: String) throws(FileError) -> Int {
        let number = try highestNumber(name) + 1
        do throws(FileError) {
            guard try Files.rename(new, to: path(name, number)) else {
                throw FileError(call: "rename", path: path(name, number), code: EEXIST)
            }
        } catch  where error.code == ENOENT && Files.isOpen(file, as: filePath(name, number)) {
            // An NFS client repeats a request whose response was lost; the server renamed the folder the
            // first time.
        }
        try Files.synchronize(folder: path(name))
        return number
    }

    /// Deletes versions, except those that an alias points to. The caller has locked the model.
    /// - Parameter versions: the numbers; nil deletes all versions and aliases.
    /// - Returns: the number of versions that were deleted.
    func delete(_ name: String, _ versions: [Int]?) throws(FileError) -> Int {
        guard let listing = try listing(name) else { return 0 }
        if versions == nil {
            for entry in try Files.list(path(name)) ?? [] where Self.alias(entry) != nil {
                try Files.remove(file: "\(path(name))/\(entry)")
            }
        }
        let aliased = versions == nil ? [] : Set(listing.aliases.values)
        var count = 0
        for version in versions ?? listing.versions where !aliased.contains(version) {
            if try moveFile(of: name, version, to: deletedPath(name, version)) { count += 1 }
        }
        try removeDeletedNumbers(of: name)
        try Files.synchronize(folder: path(name))
        return count
    }

    /// Moves a damaged version to the quarantine folder, for an operator to examine. The caller has locked
    /// the model.
    func quarantine(_ name: String, _ version: Int, to path: String) throws(FileError) {
        try Files.makeFolder(self.path(Self.quarantineName))
        // The marker comes first, so that the number is never reused.
        _ = try? Files.write([], to: deletedPath(name, version))
        _ = try moveFile(of: name, version, to: path)
        try Files.synchronize(folder: self.path(name))
    }

    /// An unused path in the quarantine folder for a version's file.
    func quarantinePath(for name: String, _ version: Int) -> String {
        "\(path(Self.quarantineName))/\(name)-\(version)-\(Self.random()).safetensors"
    }

    /// Moves a version's file away; returns false if there is none. The one call deletes the version, keeps
    /// its number in the file's new name, and changes the model's folder, which other servers notice. It
    /// works on a full disk too.
    private func moveFile(of name: String, _ version: Int, to path: String) throws(FileError) -> Bool {
        do throws(FileError) {
            _ = try Files.rename(filePath(name, version), to: path)
        } catch  where error.code == ENOENT || error.code == ENOTDIR {
            return false
        }
        try Files.remove(folder: self.path(name, version))
        return true
    }

    /// Replaces the file of a deleted version by an empty one. The system frees the old file when no process
    /// has it open. If the disk has no room for an empty file, the old one stays until a later call.
    func emptyDeleted(_ entry: String, of name: String) {
        let (path, new) = ("\(self.path(name))/\(entry)", "\(self.path(name))/\(Self.temporaryName())")
        guard FileStamp(path)?.isEmpty == false, (try? Files.write([], to: new)) != nil else { return }
        _ = try? Files.rename(new, to: path)
    }

    /// Removes the `.deleted` files below the highest number, which are not needed to keep numbers from being
    /// reused.
    private func removeDeletedNumbers(of name: String) throws(FileError) {
        let highest = try highestNumber(name)
        for entry in try Files.list(path(name)) ?? [] {
            guard entry.hasSuffix(Self.deletedSuffix), let number = Self.number(entry) else { continue }
            if number < highest {
                try Files.remove(file: "\(path(name))/\(entry)")
            } else {
                emptyDeleted(entry, of: name)
            }
        }
    }

    private func deletedPath(_ name: String, _ version: Int) -> String {
        path(name, version) + Self.deletedSuffix
    }

    /// The highest number that was ever assigned, as far as the folder shows. An alias counts too: the copy
    /// of a folder may lack the version that it points to, and the alias must not point to another one later.
    private func highestNumber(_ name: String) throws(FileError) -> Int {
        (try Files.list(path(name)) ?? []).compactMap { entry in
            Self.alias(entry).map { aliasTarget($0, of: name) } ?? Self.number(entry)
        }.max() ?? 0
    }

    /// Calls `body` while no other server changes a model.
    /// - Parameter timeout: the maximum wait for the lock, in seconds.
    func withLock<Value>(
        on name: String, timeout: Double = Self.lockTimeout, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try requireWritable()
        let path = "\(path(name))/\(Self.lockName)"
        return try Files.withDescriptor(path, O_RDWR | O_CREAT) { (descriptor) throws(FileError) in
            try Files.lock(descriptor, path, timeout: timeout)
            return try body()
        }
    }

    func requireWritable() throws(FileError) {
        guard !isReadOnly else { throw FileError(call: "open", path: folder, code: EROFS) }
    }

    static func temporaryName() -> String { temporaryPrefix + random() }
    private static func random() -> String { String(UInt64.random(in: 0 ... .max), radix: 16) }
}
