import Glibc
import Logging

extension ModelRepository {
    /// How often what somebody else has cleared away in the meantime is made again.
    private static let attempts = 5

    /// Gives a version its number.
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
        throw FileError(call: "flock", path: path(name), code: EBUSY)
    }

    private func attempt(_ name: String, _ bytes: [UInt8], _ naming: Naming) throws(FileError) -> Int? {
        if try Files.makeFolder(path(name)) { try Files.synchronize(folder: folder) }
        let new = "\(path(name))/\(Self.temporaryName())"
        var number = 0
        do throws(FileError) {
            try Files.makeFolder(new)
            let isLocked = try Files.withLock(new) { () throws(FileError) in
                try Files.write(bytes, to: "\(new)/\(Self.file)")
                try Files.synchronize(folder: new)
                number = try naming { () throws(FileError) in
                    try locked(name) { () throws(FileError) in
                        let number = try highest(name) + 1
                        guard try Files.rename(new, to: path(name, number)) else {
                            throw FileError(call: "rename", path: path(name, number), code: EEXIST)
                        }
                        try Files.synchronize(folder: path(name))
                        return number
                    }
                }
            }
            return isLocked ? number : nil
        } catch {
            clear(new)
            _ = try? Files.remove(folder: path(name))
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    /// Deletes versions for good, but for those that an alias points to.
    /// - Parameter versions: nil for all of them, and the aliases too.
    /// - Returns: how many there were.
    func delete(_ name: String, _ versions: [Int]?) throws(FileError) -> Int {
        guard Files.exists(path(name)) else { return 0 }
        return try locked(name) { () throws(FileError) in
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
    }

    /// Takes a version that is damaged out of the way, for somebody to look at.
    func setAside(_ name: String, _ version: Int, _ reason: ModelFileError) {
        let shelf = path(Self.setAside)
        let place = "\(shelf)/\(name)-\(version)-\(Self.random()).safetensors"
        logger.error(
            "a damaged version is set aside",
            metadata: [
                "model": "\(name)", "version": "\(version)", "reason": "\(reason)", "path": "\(place)",
            ])
        do throws(FileError) {
            try Files.makeFolder(shelf)
            try locked(name) { () throws(FileError) in
                // The number first: it is not given again.
                _ = try? Files.write([], to: deleted(name, version))
                _ = try take(version, of: name, to: place)
                try Files.synchronize(folder: path(name))
            }
        } catch {
            logger.error("can't set it aside", metadata: ["reason": "\(error)"])
        }
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

    /// Points an alias to a version; false if there is no such version.
    func setAlias(_ alias: String, of name: String, to version: Int) throws(FileError) -> Bool {
        guard Files.exists(path(name)) else { return false }
        return try locked(name) { () throws(FileError) in
            guard Files.exists(file(name, version)) else { return false }
            try writeAlias(alias, of: name, to: version)
            return true
        }
    }

    private func writeAlias(_ alias: String, of name: String, to version: Int) throws(FileError) {
        let new = "\(path(name))/\(Self.temporaryName())"
        for _ in 1..<Self.attempts {
            try Files.write(Array("\(version)\n".utf8), to: new)
            let isLocked = try Files.withLock(new) { () throws(FileError) in
                _ = try Files.rename(new, to: "\(path(name))/@\(alias)")
            }
            if isLocked { return try Files.synchronize(folder: path(name)) }
        }
        throw FileError(call: "flock", path: path(name), code: EBUSY)
    }

    /// Forgets an alias; false if there is none.
    func deleteAlias(_ alias: String, of name: String) throws(FileError) -> Bool {
        guard try Files.remove(file: "\(path(name))/@\(alias)") else { return false }
        try Files.synchronize(folder: path(name))
        return true
    }

    /// The highest number that was ever given.
    private func highest(_ name: String) throws(FileError) -> Int {
        (try Files.list(path(name)) ?? []).compactMap(Self.number).max() ?? 0
    }

    /// Numbers are given, and taken away, by one server at a time.
    private func locked<Value>(
        _ name: String, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try Files.withDescriptor(path(name), O_RDONLY | O_DIRECTORY) { (descriptor) throws(FileError) in
            try Files.lock(descriptor, path(name))
            return try body()
        }
    }

    private static func temporaryName() -> String { ".new-\(random())" }
    private static func random() -> String { String(UInt64.random(in: 0 ... .max), radix: 16) }
}
