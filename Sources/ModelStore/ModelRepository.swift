import Glibc
import Logging

/// The models on disk: `<folder>/<model>/<version>/model.safetensors`, and `<folder>/<model>/@<alias>`, which
/// holds the number of a version.
///
/// Several servers may use one folder at the same time, on one machine or over NFS. They rely on `rename(2)`,
/// and on the lock of the model's `.lock` file: only the server that holds it assigns numbers, deletes
/// versions and sets aliases.
/// - A version is written to a temporary folder `.new-…`, synced, and then renamed to its number. So a
///   version with a number is complete.
/// - A version is deleted by renaming its file to `<version>.deleted`, which is then emptied. The `.deleted`
///   file with the highest number stays, so that numbers are never reused.
/// - Both change the modification time of the model's folder at once, by which other servers notice.
///
/// A process that dies may leave temporary folders and files. A live server holds the lock of its temporary
/// files; those that are not locked are removed when a server starts.
struct ModelRepository: Sendable {
    /// Versions and aliases of one model.
    struct Listing: Sendable, Equatable {
        /// Ascending.
        var versions: [Int] = []
        var aliases: [String: Int] = [:]
        /// Versions that this release does not understand, by number, as far as they are known.
        var unreadable: [Int: UnreadableVersion] = [:]
        /// The stamp of the model's folder before it was read.
        var stamp: FileStamp?
        /// Whether a version's folder has no file yet. Another process may be copying it there, which does
        /// not change the stamp of the model's folder.
        var hasIncompleteVersion = false
    }

    static let fileName = "model.safetensors"
    static let deletedSuffix = ".deleted"
    static let quarantineName = ".damaged"
    static let temporaryPrefix = ".new-"

    let folder: String
    /// Whether the folder is never changed, not even to remove leftovers.
    let isReadOnly: Bool
    let logger: Logger

    /// Opens a folder, which is created if there is none, unless `isReadOnly`.
    init(_ folder: String, isReadOnly: Bool, logger: Logger) throws(FileError) {
        self.folder = folder
        self.isReadOnly = isReadOnly
        self.logger = logger
        if !isReadOnly { try Files.makeFolder(folder) }
        guard try Files.list(folder) != nil else {
            throw FileError(call: "opendir", path: folder, code: Files.exists(folder) ? ENOTDIR : ENOENT)
        }
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }
    func path(_ name: String, _ version: Int) -> String { "\(folder)/\(name)/\(version)" }
    /// The path of a version's file.
    func filePath(_ name: String, _ version: Int) -> String { "\(path(name, version))/\(Self.fileName)" }

    // MARK: Listing

    /// Returns the names in the folder that are valid for models.
    func names() throws(FileError) -> [String] {
        guard let names = try Files.list(folder) else {
            throw FileError(call: "opendir", path: folder, code: ENOENT)
        }
        return names.filter(ModelName.isValid)
    }

    /// Lists every model, and removes what dead processes have left. Entries that are not models are logged
    /// and ignored.
    func scan() throws(FileError) -> [String: Listing] {
        var models: [String: Listing] = [:]
        for name in try Files.list(folder) ?? [] where name != Self.quarantineName {
            do throws(FileError) {
                guard ModelName.isValid(name), let names = try Files.list(path(name)) else {
                    logger.notice("not a model", metadata: ["path": "\(path(name))"])
                    continue
                }
                if !isReadOnly { for entry in names { removeLeftover(entry, of: name) } }
                models[name] = try listing(name)
            } catch {
                logger.error("cannot read a model's folder", metadata: ["reason": "\(error)"])
            }
        }
        return models
    }

    /// Removes an entry that a dead process has left while it published or deleted a version.
    private func removeLeftover(_ entry: String, of name: String) {
        if entry.hasPrefix(Self.temporaryPrefix) { removeUnlocked("\(path(name))/\(entry)") }
        if entry.hasSuffix(Self.deletedSuffix), Self.number(entry) != nil { emptyDeleted(entry, of: name) }
    }

    /// The number of a version that an entry of a model's folder stands for, deleted or not; nil for other
    /// entries.
    static func number(_ entry: String) -> Int? {
        let digits = entry.hasSuffix(deletedSuffix) ? entry.dropLast(deletedSuffix.count) : entry[...]
        guard let number = Int(digits), (1...maxNumber).contains(number), digits == String(number) else {
            return nil
        }
        return number
    }

    /// Numbers above are ignored: counting never gets there.
    private static let maxNumber = 1 << 53

    /// Removes a temporary file, or a temporary folder with its file, unless another process has it locked.
    func removeUnlocked(_ path: String) {
        for file in ["\(path)/\(Self.fileName)", path] {
            _ = try? Files.withLock(file) { () throws(FileError) in try Files.remove(file: file) }
        }
        _ = try? Files.remove(folder: path)
    }

    /// The stamp of a model's folder; nil if there is none.
    func stamp(_ name: String) -> FileStamp? { FileStamp(folder: path(name)) }

    /// The stamp of a version's file; nil if there is none.
    func stamp(_ name: String, _ version: Int) -> FileStamp? { FileStamp(filePath(name, version)) }

    /// Lists the versions and aliases of a model; nil if it has no folder.
    func listing(_ name: String) throws(FileError) -> Listing? {
        let stamp = stamp(name)
        guard let names = try Files.list(path(name)) else { return nil }
        var listing = Listing()
        listing.stamp = stamp
        for entry in names {
            if let number = Self.number(entry) {
                guard !entry.hasSuffix(Self.deletedSuffix) else { continue }
                if Files.exists(filePath(name, number)) {
                    listing.versions.append(number)
                } else {
                    listing.hasIncompleteVersion = true
                }
            } else if let alias = Self.alias(entry) {
                listing.aliases[alias] = aliasTarget(alias, of: name)
            }
        }
        listing.versions.sort()
        listing.aliases = listing.aliases.filter { listing.versions.contains($0.value) }
        return listing
    }

    /// The alias that an entry of a model's folder stands for; nil for other entries.
    static func alias(_ entry: String) -> String? { entry.hasPrefix("@") ? String(entry.dropFirst()) : nil }

    /// The number that an alias points to, whether or not there is such a version; nil if the file holds
    /// none.
    func aliasTarget(_ alias: String, of name: String) -> Int? {
        let file = try? Files.read("\(path(name))/@\(alias)", first: 32)
        return file.flatMap {
            Self.number(String(decoding: $0.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        }
    }
}
