import Glibc
import Logging
import ModelFiles

/// The models on disk: `<folder>/<model>/<version>/model.safetensors`, and `<folder>/<model>/@<alias>` with a version's
/// number in it.
///
/// Several servers may use one folder at the same time, on one machine or over NFS. What they rely on is `rename(2)`, and
/// that numbers are given and taken away, and aliases set, by one server at a time: by who has the model's `.lock` locked.
/// - A version is made whole in a folder of a name that starts with a dot, brought to the disk, and then renamed to its
///   number. So what has a number is whole.
/// - To delete a version is to rename its file to `<version>.deleted`, which is then emptied. The highest of these stays:
///   a number that once meant a version never means another.
/// - Both change the model's folder, in the same moment; by its time of change the others notice.
///
/// A process that dies leaves a folder with a dot behind. Who makes one has the file in it locked, and what isn't locked is
/// removed at the next start.
struct ModelRepository: Sendable {
    /// Versions and aliases of one model.
    struct Listing: Sendable, Equatable {
        /// Ascending.
        var versions: [Int] = []
        var aliases: [String: Int] = [:]
        /// How the folder looked before it was read.
        var stamp: FileStamp?
        /// A number's folder has no file yet: somebody may be copying it there, which the model's folder won't show.
        var isUnfinished = false
    }

    static let file = "model.safetensors"
    static let deleted = ".deleted"
    static let setAside = ".damaged"
    static let new = ".new-"

    let folder: String
    /// Whether nothing there is ever changed, not even to clear it up.
    let isReadOnly: Bool
    let logger: Logger

    /// Uses a folder, and makes it if there is none, unless it is only read.
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
    /// Where a version's file is.
    func file(_ name: String, _ version: Int) -> String { "\(path(name, version))/\(Self.file)" }

    // MARK: Looking

    /// The names of what may be models.
    func names() throws(FileError) -> [String] { try (Files.list(folder) ?? []).filter(ModelName.isValid) }

    /// Every model, and what others have left behind is cleared away. What is no model's folder is left alone.
    func scan() throws(FileError) -> [String: Listing] {
        var models: [String: Listing] = [:]
        for name in try Files.list(folder) ?? [] where name != Self.setAside {
            do throws(FileError) {
                guard ModelName.isValid(name), let names = try Files.list(path(name)) else {
                    logger.notice("not a model", metadata: ["path": "\(path(name))"])
                    continue
                }
                if !isReadOnly { for entry in names { clear(entry, of: name) } }
                models[name] = try listing(name)
            } catch {
                logger.error("a model can't be looked at", metadata: ["reason": "\(error)"])
            }
        }
        return models
    }

    /// Removes what a server that died has left of making or deleting a version.
    private func clear(_ entry: String, of name: String) {
        if entry.hasPrefix(Self.new) { clear("\(path(name))/\(entry)") }
        if entry.hasSuffix(Self.deleted), Self.number(entry) != nil { emptyDeleted(entry, of: name) }
    }

    /// The number that an entry of a model's folder stands for, a version's or a deleted one's; nil for others.
    static func number(_ entry: String) -> Int? {
        let digits = entry.hasSuffix(deleted) ? entry.dropLast(deleted.count) : entry[...]
        guard let number = Int(digits), (1...highestNumber).contains(number), digits == String(number) else {
            return nil
        }
        return number
    }

    /// Nobody gets there by counting.
    private static let highestNumber = 1 << 53

    /// Removes what nobody works at any more: a file, or a folder with one in it.
    func clear(_ path: String) {
        for file in ["\(path)/\(Self.file)", path] {
            _ = try? Files.withLock(file) { () throws(FileError) in try Files.remove(file: file) }
        }
        _ = try? Files.remove(folder: path)
    }

    /// What tells one state of a model's folder from another; nil if there is none.
    func stamp(_ name: String) -> FileStamp? { FileStamp(folder: path(name)) }

    /// The same of a version's file.
    func stamp(_ name: String, _ version: Int) -> FileStamp? { FileStamp(file(name, version)) }

    /// The versions and aliases of a model; nil if it has no folder.
    func listing(_ name: String) throws(FileError) -> Listing? {
        let stamp = stamp(name)
        guard let names = try Files.list(path(name)) else { return nil }
        var listing = Listing()
        listing.stamp = stamp
        for entry in names {
            if let number = Self.number(entry) {
                guard !entry.hasSuffix(Self.deleted) else { continue }
                if Files.exists(file(name, number)) {
                    listing.versions.append(number)
                } else {
                    listing.isUnfinished = true
                }
            } else if entry.hasPrefix("@") {
                listing.aliases[String(entry.dropFirst())] = alias("\(path(name))/\(entry)")
            }
        }
        listing.versions.sort()
        listing.aliases = listing.aliases.filter { listing.versions.contains($0.value) }
        return listing
    }

    private func alias(_ path: String) -> Int? {
        (try? Files.read(path, first: 32)).flatMap {
            Int(String(decoding: $0.bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        }
    }

    // MARK: Reading

    /// What is known of a version beside its weights.
    func description(_ name: String, _ version: Int) throws(ReadError) -> ModelDescription {
        let file = try open(name, version)
        return try checked { () throws(ModelFileError) in
            try ModelFile.description(file.header, size: file.size)
        }
    }

    /// A version, whole and checked.
    func model(_ name: String, _ version: Int) throws(ReadError) -> TrainedModel {
        let file = try open(name, version)
        let bytes = try Self.read(file.file, count: file.size)
        return try checked { () throws(ModelFileError) in try ModelFile.model(bytes, from: .repository) }
    }

    /// A version's file, whole and checked, to be read piece by piece.
    func download(_ name: String, _ version: Int) throws(ReadError) -> ModelDownload {
        let file = try open(name, version)
        let bytes = try Self.read(file.file, count: file.size)
        let digest = try checked { () throws(ModelFileError) in try ModelFile.verify(bytes) }
        return ModelDownload(version: version, digest: digest, file: file.file)
    }

    /// Opens a version's file and reads its header, which says how large it is: nothing is allocated for what only claims
    /// to be a large file.
    private func open(
        _ name: String, _ version: Int
    ) throws(ReadError) -> (file: OpenFile, header: [UInt8], size: Int) {
        let file: OpenFile
        let size: Int
        do throws(FileError) {
            file = try OpenFile(self.file(name, version))
            size = try file.size()
        } catch {
            throw ReadError(error)
        }
        // Most headers are shorter than this.
        var header = try Self.read(file, count: min(size, 1 << 16))
        let wanted = try checked { () throws(ModelFileError) in try ModelFile.headerSize(header) }
        if wanted > header.count { header = try Self.read(file, count: min(size, wanted)) }
        _ = try checked { () throws(ModelFileError) in try ModelFile.description(header, size: size) }
        return (file, header, size)
    }

    private static func read(_ file: OpenFile, count: Int) throws(ReadError) -> [UInt8] {
        do throws(FileError) { return try file.read(from: 0, count: count) } catch { throw ReadError(error) }
    }

    private func checked<Value>(_ body: () throws(ModelFileError) -> Value) throws(ReadError) -> Value {
        do throws(ModelFileError) { return try body() } catch { throw .damaged(error) }
    }

    /// Why a version can't be read.
    enum ReadError: Error {
        /// It has been deleted.
        case gone
        /// It is not what was written: it is never to be served.
        case damaged(ModelFileError)
        /// The system fails; later it may not.
        case system(FileError)

        init(_ error: FileError) {
            self =
                switch error.code {
                // An NFS client hears of the last while it reads.
                case ENOENT, ENOTDIR, ESTALE: .gone
                case EISDIR, ELOOP: .damaged(ModelFileError("it is no regular file"))
                default: .system(error)
                }
        }
    }
}
