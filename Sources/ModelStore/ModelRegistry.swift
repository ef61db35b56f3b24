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
        /// Whether there is a version of this number, whether or not this release understands it.
        public func contains(_ number: Int) -> Bool {
            numbers.contains(number) || unreadable.contains { $0.number == number }
        }

        /// The numbers of the versions that this release understands, as far as it has read them, ascending.
        public let numbers: [Int]
        /// The versions that this release does not understand, as far as it has read them, ascending.
        public let unreadable: [UnreadableVersion]
        /// The numbers that aliases point to, by alias.
        public let aliases: [String: Int]
    }

    /// Milliseconds after which a model's folder is checked again.
    static let rescanInterval: UInt64 = 250

    /// The state of the models' folder.
    public let folder: FolderWatch
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
    /// - Parameters:
    ///   - isReadOnly: whether the folder is never changed: nothing can be published or deleted then.
    ///   - probe: examines the folder; by default ``FolderStatus/of(_:isReadOnly:minFreeBytes:)``.
    /// - Throws: ``FileError`` if the folder cannot be used.
    public init(
        folder: String, limits: RuntimeLimits = .init(), isReadOnly: Bool = false, logger: Logger,
        probe: FolderWatch.Probe? = nil
    ) throws(FileError) {
        self.limits = limits
        self.logger = logger
        uploadSpace = UploadSpace(limits.maxUploadBytes)
        repository = try ModelRepository(folder, isReadOnly: isReadOnly, logger: logger)
        let minFreeBytes = limits.minFreeBytes
        self.folder = FolderWatch(
            folder, logger: logger,
            probe: probe ?? { .of(folder, isReadOnly: isReadOnly, minFreeBytes: minFreeBytes) })
        let start = Self.now()
        for (name, listing) in try repository.scan() {
            state.withLock { $0.update(listing, of: name, since: start, at: Self.now()) }
        }
    }

    // MARK: Reading

    /// Returns a version from the cache, without access to the disk.
    /// - Returns: nil if the version is not in the cache, or its model's folder is due for a check and can be
    ///   read.
    public func loaded(_ name: String, _ reference: VersionReference) -> Entry? {
        let now = Self.now()
        let isReadable = folder.isReadable
        return state.withLock { state in
            guard let known = state.models[name], let version = try? known.listing.number(reference) else {
                return nil
            }
            guard !isReadable || now < known.checkedAt + Self.rescanInterval else {
                // One request checks the folder; others use the cache meanwhile.
                state.models[name]?.checkedAt = now
                return nil
            }
            return state.cachedEntry(RegistryState.Key(name: name, version: version))
        }
    }

    /// Returns a version, which is read from the disk if it is not in the cache.
    /// - Returns: nil if there is no such version.
    /// - Throws: ``VersionError``.
    public func entry(
        _ name: String, _ reference: VersionReference = .latest
    ) throws(VersionError) -> Entry? {
        while let version = try number(name, reference) {
            if let entry = state.withLock({ $0.cachedEntry(RegistryState.Key(name: name, version: version)) })
            {
                return entry
            }
            let stamp = repository.stamp(name, version)
            let trained = try read(name, version) { () throws(ModelRepository.ReadError) in
                try repository.model(name, version)
            }
            if let trained { return cached(Entry(name: name, version: version, trained: trained), stamp) }
        }
        return nil
    }

    /// Returns a version without its weights.
    /// - Returns: nil if there is no such version.
    /// - Throws: ``VersionError``.
    public func description(
        _ name: String, _ reference: VersionReference = .latest
    ) throws(VersionError) -> Description? {
        while let version = try number(name, reference) {
            let entry = state.withLock { $0.cache[RegistryState.Key(name: name, version: version)]?.entry }
            if let entry { return entry.description }
            let model = try read(name, version) { () throws(ModelRepository.ReadError) in
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
            return Versions(
                numbers: listing.versions.filter { listing.unreadable[$0] == nil },
                unreadable: listing.versions.compactMap { listing.unreadable[$0] },
                aliases: listing.aliases)
        }
    }

    /// Returns all versions and aliases of a model, as ``versions(_:)`` does, after reading the headers of
    /// the newest versions that have not been read before.
    /// - Throws: ``FileError`` if the disk fails.
    public func examinedVersions(_ name: String) throws(FileError) -> Versions? {
        guard let versions = try versions(name) else { return nil }
        let understood = state.withLock { $0.models[name]?.understood ?? [] }
        let unread = versions.numbers.suffix(Self.maxExaminedVersions).filter { !understood.contains($0) }
        for number in unread {
            _ = try readable(name, number) { () throws(ModelRepository.ReadError) in
                try repository.description(name, number)
            }
        }
        return unread.isEmpty ? versions : try self.versions(name)
    }

    /// The maximum number of a model's versions that ``examinedVersions(_:)`` reads.
    private static let maxExaminedVersions = 1000

    /// Returns the models whose names follow `name` in the order of their UTF-8, and whether these are the
    /// last.
    /// - Parameter limit: the maximum number of names.
    /// - Throws: ``FileError`` if the disk fails.
    public func names(
        after name: String?, limit: Int, where isIncluded: (String) -> Bool = { _ in true }
    ) throws(FileError) -> (names: [String], isLast: Bool) {
        // Models with known versions are checked when a version is requested.
        try scanForNewModels()
        let all = state.withLock { state in
            state.models.filter { !$0.value.listing.versions.isEmpty }.keys.filter { $0 > name ?? "" }
        }.filter(isIncluded).sorted()
        return (Array(all.prefix(limit)), all.count <= limit)
    }

    /// Opens the file of a version for download, after a check of its checksums; nil if there is none.
    /// - Throws: ``VersionError``.
    public func download(
        _ name: String, _ reference: VersionReference
    ) throws(VersionError) -> ModelDownload? {
        while let version = try number(name, reference) {
            let download = try read(name, version) { () throws(ModelRepository.ReadError) in
                try repository.download(name, version)
            }
            if let download { return download }
        }
        return nil
    }

    private func number(_ name: String, _ reference: VersionReference) throws(VersionError) -> Int? {
        do throws(FileError) { try refresh(name) } catch { throw .disk(error) }
        do throws(UnreadableVersion) {
            return try state.withLock { (state) throws(UnreadableVersion) in
                try state.models[name]?.listing.number(reference)
            }
        } catch {
            throw .unreadable(error)
        }
    }

    private func read<Value>(
        _ name: String, _ version: Int, _ body: () throws(ModelRepository.ReadError) -> Value
    ) throws(VersionError) -> Value? {
        do throws(FileError) { return try readable(name, version, body) } catch { throw .disk(error) }
    }

    /// Whether the registry rejects all changes.
    public var isReadOnly: Bool { repository.isReadOnly }

    /// The monotonic time in milliseconds.
    static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }
}
