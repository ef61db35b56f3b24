import Glibc
import Logging

/// The models on disk: `<folder>/<model>/<version>/model.safetensors`, and `<folder>/<model>/@<alias>` with a version's
/// number in it.
///
/// Several servers may use one folder at the same time. What they rely on is `rename(2)`:
/// - A version is made whole in a folder of a name that starts with a dot, brought to the disk, and then renamed to its
///   number. That fails if there is such a folder which isn't empty, so a number is given once, and what has a number is
///   whole.
/// - The highest number of a model stays when its version is deleted, with a file `deleted` in it: a number that once
///   meant a version never means another.
/// - Whatever changes, the time of change of the model's folder does so too; by that the others notice.
///
/// A process that dies leaves a folder with a dot behind. Who makes one has it locked, and what isn't locked is removed at
/// the next start.
struct ModelRepository: Sendable {
    /// Versions and aliases of one model.
    struct Listing: Sendable, Equatable {
        /// Ascending.
        var versions: [Int] = []
        var aliases: [String: Int] = [:]
        /// The highest number that was ever given; 0 if none was.
        var highest = 0
        /// nil where the folder may have changed while it was read: timestamps are coarse.
        var stamp: FileStamp?
    }

    static let file = "model.safetensors"
    static let deleted = "deleted"
    static let setAside = ".damaged"
    /// Two changes within this time may get the same timestamp.
    private static let settled = 50_000_000

    let folder: String
    let logger: Logger

    /// Uses a folder, and makes it if there is none.
    init(_ folder: String, logger: Logger) throws(FileError) {
        self.folder = folder
        self.logger = logger
        try Files.makeFolder(folder)
        guard try Files.list(folder) != nil else {
            throw FileError(call: "opendir", path: folder, code: ENOTDIR)
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
            guard ModelName.isValid(name), let names = try Files.list(path(name)) else {
                logger.notice("not a model", metadata: ["path": "\(path(name))"])
                continue
            }
            for abandoned in names where abandoned.hasPrefix(".") { clear("\(path(name))/\(abandoned)") }
            models[name] = try listing(name)
        }
        return models
    }

    /// Removes what nobody works at any more.
    func clear(_ path: String) {
        _ = try? Files.withLock(path) { () throws(FileError) in
            try Files.remove(file: "\(path)/\(Self.file)")
            if try !Files.remove(folder: path) { try Files.remove(file: path) }
        }
    }

    /// What tells one state of a model's folder from another; nil if there is none.
    func stamp(_ name: String) -> FileStamp? { FileStamp(path(name)) }

    /// The versions and aliases of a model; nil if it has no folder.
    func listing(_ name: String) throws(FileError) -> Listing? {
        let stamp = stamp(name)
        guard let names = try Files.list(path(name)) else { return nil }
        var listing = Listing()
        listing.stamp = stamp.flatMap { $0.isOlder(than: Self.settled) ? $0 : nil }
        for entry in names {
            if let number = Int(entry), number > 0, entry == String(number) {
                listing.highest = max(listing.highest, number)
                if Files.exists(file(name, number)) { listing.versions.append(number) }
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
        let path = file(name, version)
        // Most headers are shorter than this.
        var (bytes, size) = try Self.read(path, first: 1 << 16)
        do throws(ModelFileError) {
            let wanted = try ModelFile.headerSize(bytes)
            if wanted <= bytes.count { return try ModelFile.description(bytes, size: size) }
        } catch {
            throw .damaged(error)
        }
        (bytes, size) = try Self.read(path, first: nil)
        do throws(ModelFileError) { return try ModelFile.description(bytes, size: size) } catch {
            throw .damaged(error)
        }
    }

    /// A version, whole and checked.
    func model(_ name: String, _ version: Int) throws(ReadError) -> TrainedModel {
        let (bytes, _) = try Self.read(file(name, version), first: nil)
        do throws(ModelFileError) {
            return try ModelFile.model(bytes, from: .repository)
        } catch {
            throw .damaged(error)
        }
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
                case ENOENT, ENOTDIR: .gone
                case EISDIR: .damaged(ModelFileError("it is a folder"))
                default: .system(error)
                }
        }
    }

    private static func read(_ path: String, first count: Int?) throws(ReadError) -> (
        bytes: [UInt8], size: Int
    ) {
        do throws(FileError) {
            return try Files.read(path, first: count)
        } catch {
            throw ReadError(error)
        }
    }

}
