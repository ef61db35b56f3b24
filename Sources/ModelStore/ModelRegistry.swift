import Dispatch
import Glibc
import Logging
import ModelFiles
import NeuralNetwork
import Synchronization

/// The models of a server: a repository on disk, and a cache of the versions in use.
///
/// Readers get immutable values; no lock is held while a model computes or is read from the disk. Changes
/// that other servers make to the folder are noticed when a model is requested, at most 250 ms late.
public final class ModelRegistry: Sendable {
    /// One version with its name and number.
    public struct Entry: Sendable {
        /// The model's name.
        public let name: String
        /// The number: counted from 1 for each model and never reused. The highest is the latest version.
        public let version: Int
        /// The model.
        public let trained: TrainedModel

        /// The version without its weights.
        public var description: Description {
            Description(name: name, version: version, model: trained.description)
        }
    }

    /// One version without its weights.
    public struct Description: Sendable {
        /// The model's name.
        public let name: String
        /// The number.
        public let version: Int
        /// The description from the model's file.
        public let model: ModelDescription
    }

    /// The versions and aliases of one model.
    public struct Versions: Sendable, Equatable {
        /// The numbers of the versions, ascending and not empty.
        public let numbers: [Int]
        /// The numbers that aliases point to, by alias.
        public let aliases: [String: Int]
    }

    /// Milliseconds after which a model's folder is checked again.
    static let rescanInterval: UInt64 = 250

    let repository: ModelRepository
    package let limits: RuntimeLimits
    let logger: Logger
    let state = Mutex(RegistryState())
    let uploadSpace: UploadSpace
    /// Held while this server changes or lists a model's folder, so that a listing is never older than a
    /// change.
    let folderAccess = Mutex(())

    /// Opens the registry of a folder. Creates the folder if there is none, and removes what dead processes
    /// have left there.
    /// - Parameter isReadOnly: whether the folder is never changed: nothing can be published or deleted then.
    /// - Throws: ``FileError`` if the folder cannot be used.
    public init(
        folder: String, limits: RuntimeLimits = .init(), isReadOnly: Bool = false, logger: Logger
    ) throws(FileError) {
        self.limits = limits
        self.logger = logger
        uploadSpace = UploadSpace(limits.maxUploadBytes)
        repository = try ModelRepository(folder, isReadOnly: isReadOnly, logger: logger)
        let start = Self.now()
        for (name, listing) in try repository.scan() {
            state.withLock { $0.update(listing, of: name, since: start, at: Self.now()) }
        }
    }

    // MARK: Reading

    /// Returns a version from the cache, without access to the disk.
    /// - Returns: nil if the version is not in the cache or its model's folder is due for a check.
    public func loaded(_ name: String, _ reference: VersionReference) -> Entry? {
        let now = Self.now()
        return state.withLock { state in
            guard let known = state.models[name], let version = known.listing.number(reference) else {
                return nil
            }
            guard now < known.checkedAt + Self.rescanInterval else {
                // One request checks the folder; others use the cache meanwhile.
                state.models[name]?.checkedAt = now
                return nil
            }
            return state.cachedEntry(RegistryState.Key(name: name, version: version))
        }
    }

    /// Returns a version, which is read from the disk if it is not in the cache.
    /// - Returns: nil if there is no such version.
    /// - Throws: ``FileError`` if the disk fails.
    public func entry(_ name: String, _ reference: VersionReference = .latest) throws(FileError) -> Entry? {
        while let version = try number(name, reference) {
            if let entry = state.withLock({ $0.cachedEntry(RegistryState.Key(name: name, version: version)) })
            {
                return entry
            }
            let trained = try quarantiningDamage(name, version) { () throws(ModelRepository.ReadError) in
                try repository.model(name, version)
            }
            if let trained { return cached(Entry(name: name, version: version, trained: trained)) }
        }
        return nil
    }

    /// Returns a version without its weights.
    /// - Returns: nil if there is no such version.
    /// - Throws: ``FileError`` if the disk fails.
    public func description(
        _ name: String, _ reference: VersionReference = .latest
    ) throws(FileError) -> Description? {
        while let version = try number(name, reference) {
            let entry = state.withLock { $0.cache[RegistryState.Key(name: name, version: version)]?.entry }
            if let entry { return entry.description }
            let model = try quarantiningDamage(name, version) { () throws(ModelRepository.ReadError) in
                try repository.description(name, version)
            }
            if let model { return Description(name: name, version: version, model: model) }
        }
        return nil
    }

    /// Returns all versions and aliases of a model; nil if it has no versions.
    /// - Throws: ``FileError`` if the disk fails.
    public func versions(_ name: String) throws(FileError) -> Versions? {
        try refresh(name)
        return state.withLock { state in
            guard let listing = state.models[name]?.listing, !listing.versions.isEmpty else { return nil }
            return Versions(numbers: listing.versions, aliases: listing.aliases)
        }
    }

    /// Returns the models whose names follow `name` in the order of their UTF-8, and whether these are the
    /// last.
    /// - Parameter limit: the maximum number of names.
    /// - Throws: ``FileError`` if the disk fails.
    public func names(after name: String?, limit: Int) throws(FileError) -> (names: [String], isLast: Bool) {
        // Models with known versions are checked when a version is requested.
        try scanForNewModels()
        let all = state.withLock { state in
            state.models.filter { !$0.value.listing.versions.isEmpty }.keys.filter { $0 > name ?? "" }
        }.sorted()
        return (Array(all.prefix(limit)), all.count <= limit)
    }

    /// Opens the file of a version for download, after a check of its checksums; nil if there is none.
    /// - Throws: ``FileError`` if the disk fails.
    public func download(_ name: String, _ reference: VersionReference) throws(FileError) -> ModelDownload? {
        while let version = try number(name, reference) {
            let download = try quarantiningDamage(name, version) { () throws(ModelRepository.ReadError) in
                try repository.download(name, version)
            }
            if let download { return download }
        }
        return nil
    }

    private func number(_ name: String, _ reference: VersionReference) throws(FileError) -> Int? {
        try refresh(name)
        return state.withLock { $0.models[name]?.listing.number(reference) }
    }

    /// Whether the registry rejects all changes.
    public var isReadOnly: Bool { repository.isReadOnly }

    /// The monotonic time in milliseconds.
    static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }
}
