import Glibc
import Logging

extension ModelRepository {
    /// How often what somebody else has cleared away in the meantime is made again.
    private static let attempts = 5

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
                    var number = try highest(name) + 1
                    while try !Files.rename(new, to: path(name, number)) { number += 1 }
                    try Files.synchronize(folder: path(name))
                    return number
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

    /// Deletes a version for good; false if there is none.
    func delete(_ name: String, _ version: Int) throws(FileError) -> Bool {
        guard Files.exists(file(name, version)) else { return false }
        let isHighest = try version == highest(name)
        if isHighest { try keepNumber(name, version) }
        let isRemoved = try Files.remove(file: file(name, version))
        if isHighest { try Files.synchronize(folder: path(name, version)) }
        try removeEmptyNumbers(name)
        try changed(name)
        return isRemoved
    }

    /// Removes the folders of versions that are gone, but for the highest number. None is made without a version in it.
    private func removeEmptyNumbers(_ name: String) throws(FileError) {
        let numbers = (try Files.list(path(name)) ?? []).compactMap { Int($0) }.sorted()
        for number in numbers.dropLast() where !Files.exists(file(name, number)) {
            try Files.remove(file: "\(path(name, number))/\(Self.deleted)")
            try Files.remove(folder: path(name, number))
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
            try keepNumber(name, version)
            _ = try Files.rename(file(name, version), to: place)
            try changed(name)
        } catch {
            logger.error("can't set it aside", metadata: ["reason": "\(error)"])
        }
    }

    /// Points an alias to a version.
    func setAlias(_ alias: String, of name: String, to version: Int) throws(FileError) {
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
        try changed(name)
        return true
    }

    /// Leaves something in a version's folder, so that its number is not given again.
    private func keepNumber(_ name: String, _ version: Int) throws(FileError) {
        do throws(FileError) {
            try Files.write([], to: "\(path(name, version))/\(Self.deleted)")
        } catch  where error.code == EEXIST {}
        try Files.synchronize(folder: path(name, version))
    }

    /// The highest number that was ever given, as far as this folder tells.
    private func highest(_ name: String) throws(FileError) -> Int {
        (try Files.list(path(name)) ?? []).compactMap { Int($0) }.max() ?? 0
    }

    private func changed(_ name: String) throws(FileError) {
        try Files.touch(path(name))
        try Files.synchronize(folder: path(name))
    }

    private static func temporaryName() -> String { ".new-\(random())" }
    private static func random() -> String { String(UInt64.random(in: 0 ... .max), radix: 16) }
}
