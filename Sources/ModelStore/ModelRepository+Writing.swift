import Glibc
import Logging

extension ModelRepository {
    /// How often what somebody else has cleared away in the meantime is made again.
    private static let attempts = 5

    private static let lock = ".lock"
    /// Seconds to wait for another server that changes a model: whoever asked for the change is waiting.
    static let patience = 5.0
    /// The same when a training's result would be lost: a file server gives a machine that is gone 90 s to come back (NFSv4).
    private static let patienceToPublish = 120.0

    /// Gives a version its number, while the model is locked.
    typealias Naming = (_ give: () throws(FileError) -> Int) throws(FileError) -> Int

    /// Writes a version under the next number. When this returns it is on the disk.
    /// - Parameters:
    ///   - bytes: of its file.
    ///   - naming: what gives the number has to go through this.
    /// - Returns: the number.
    func write(_ name: String, _ bytes: [UInt8], naming: Naming) throws(FileError) -> Int {
        for _ in 1..<Self.attempts {
            if let number = try attempt(name, bytes, naming) { return number }
        }
        throw FileError(call: "rename", path: path(name), code: EBUSY)
    }

    private func attempt(_ name: String, _ bytes: [UInt8], _ naming: Naming) throws(FileError) -> Int? {
        try requireWriting()
        if try Files.makeFolder(path(name)) { try Files.synchronize(folder: folder) }
        let new = "\(path(name))/\(Self.temporaryName())"
        do throws(FileError) {
            try Files.makeFolder(new)
            return try Files.withNewFile("\(new)/\(Self.file)", bytes) { (file) throws(FileError) in
                try Files.synchronize(folder: new)
                return try locked(name, patience: Self.patienceToPublish) { () throws(FileError) in
                    try naming { () throws(FileError) in try give(new, file, its: name) }
                }
            }
        } catch {
            clear(new)
            _ = try? Files.remove(folder: path(name))
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    /// Renames what is new to the next number.
    /// - Parameter open: its file.
    private func give(_ new: String, _ open: Int32, its name: String) throws(FileError) -> Int {
        let number = try highest(name) + 1
        do throws(FileError) {
            guard try Files.rename(new, to: path(name, number)) else {
                throw FileError(call: "rename", path: path(name, number), code: EEXIST)
            }
        } catch  where error.code == ENOENT && Files.isOpen(open, as: file(name, number)) {
            // A file server that is asked twice, because its answer was lost, has done it the first time.
        }
        try Files.synchronize(folder: path(name))
        return number
    }

    /// Deletes versions for good, but for those that an alias points to. The model is locked by who calls.
    /// - Parameter versions: nil for all of them, and the aliases too.
    /// - Returns: how many there were.
    func delete(_ name: String, _ versions: [Int]?) throws(FileError) -> Int {
        guard let listing = try listing(name) else { return 0 }
        if versions == nil {
            for alias in listing.aliases.keys { try Files.remove(file: "\(path(name))/@\(alias)") }
        }
        let named = versions == nil ? [] : Set(listing.aliases.values)
        var count = 0
        for version in versions ?? listing.versions where !named.contains(version) {
            if try take(version, of: name, to: deleted(name, version)) { count += 1 }
        }
        try forgetNumbers(name)
        try Files.synchronize(folder: path(name))
        return count
    }

    /// Takes a version that is damaged out of the way, for somebody to look at. The model is locked by who calls.
    func setAside(_ name: String, _ version: Int, to place: String) throws(FileError) {
        try Files.makeFolder(path(Self.setAside))
        // The number first: it is not given again.
        _ = try? Files.write([], to: deleted(name, version))
        _ = try take(version, of: name, to: place)
        try Files.synchronize(folder: path(name))
    }

    /// Where a damaged version may be put.
    func shelf(for name: String, _ version: Int) -> String {
        "\(path(Self.setAside))/\(name)-\(version)-\(Self.random()).safetensors"
    }

    /// Takes a version's file away; false if there is none. One call does all: the version is gone, its number is kept by
    /// the file's new name, and the model's folder has changed, which others notice. It needs no room on the disk.
    private func take(_ version: Int, of name: String, to place: String) throws(FileError) -> Bool {
        do throws(FileError) {
            _ = try Files.rename(file(name, version), to: place)
        } catch  where error.code == ENOENT || error.code == ENOTDIR {
            return false
        }
        try Files.remove(folder: path(name, version))
        return true
    }

    /// Puts an empty file in the place of a deleted version's, which goes when nobody has it open any more. Where there is
    /// no room even for that, it stays until the next time.
    func emptyDeleted(_ entry: String, of name: String) {
        let (place, new) = ("\(path(name))/\(entry)", "\(path(name))/\(Self.temporaryName())")
        guard FileStamp(place)?.isEmpty == false, (try? Files.write([], to: new)) != nil else { return }
        _ = try? Files.rename(new, to: place)
    }

    /// Forgets numbers of deleted versions, but for the highest number of all: nothing below it is given again.
    private func forgetNumbers(_ name: String) throws(FileError) {
        let highest = try highest(name)
        for entry in try Files.list(path(name)) ?? [] {
            guard entry.hasSuffix(Self.deleted), let number = Self.number(entry) else { continue }
            if number < highest {
                try Files.remove(file: "\(path(name))/\(entry)")
            } else {
                emptyDeleted(entry, of: name)
            }
        }
    }

    private func deleted(_ name: String, _ version: Int) -> String { path(name, version) + Self.deleted }

    /// Points an alias to a version; false if there is no such version. The model is locked by who calls.
    func setAlias(_ alias: String, of name: String, to version: Int) throws(FileError) -> Bool {
        guard Files.exists(file(name, version)) else { return false }
        for _ in 1..<Self.attempts {
            if try isWritten(alias, of: name, to: version) {
                try Files.synchronize(folder: path(name))
                return true
            }
        }
        throw FileError(call: "rename", path: path(name), code: EBUSY)
    }

    /// False if somebody has cleared the new file away.
    private func isWritten(_ alias: String, of name: String, to version: Int) throws(FileError) -> Bool {
        let new = "\(path(name))/\(Self.temporaryName())"
        do throws(FileError) {
            return try Files.withNewFile(new, Array("\(version)\n".utf8)) { (_) throws(FileError) in
                try Files.rename(new, to: "\(path(name))/@\(alias)")
            }
        } catch  where error.code == ENOENT {
            return false
        }
    }

    /// Forgets an alias; false if there is none. The model is locked by who calls.
    func deleteAlias(_ alias: String, of name: String) throws(FileError) -> Bool {
        guard try Files.remove(file: "\(path(name))/@\(alias)") else { return false }
        try Files.synchronize(folder: path(name))
        return true
    }

    /// The highest number that was ever given.
    private func highest(_ name: String) throws(FileError) -> Int {
        (try Files.list(path(name)) ?? []).compactMap(Self.number).max() ?? 0
    }

    /// Numbers are given and taken away, and aliases set, by one server at a time.
    /// - Parameter patience: for how many seconds to wait for another one.
    func locked<Value>(
        _ name: String, patience: Double = Self.patience, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try requireWriting()
        let path = "\(path(name))/\(Self.lock)"
        return try Files.withDescriptor(path, O_RDWR | O_CREAT) { (descriptor) throws(FileError) in
            try Files.lock(descriptor, path, patience: patience)
            return try body()
        }
    }

    private func requireWriting() throws(FileError) {
        guard !isReadOnly else { throw FileError(call: "open", path: folder, code: EROFS) }
    }

    private static func temporaryName() -> String { new + random() }
    private static func random() -> String { String(UInt64.random(in: 0 ... .max), radix: 16) }
}
