import Dispatch
import Glibc
import Logging
import ModelFiles
import NeuralNetwork
import Synchronization

/// The models that a server has: a repository on disk, and in memory what of it is in use.
///
/// Readers get immutable values; no lock is held while a model computes or is read from disk. What other servers do to the
/// repository is noticed when a model is asked for, a quarter of a second late at most.
public final class ModelRegistry: Sendable {
    /// One version in its place.
    public struct Entry: Sendable {
        /// The model's name.
        public let name: String
        /// Counted from 1 for each name, and never used twice; the highest is the one served.
        public let version: Int
        /// The version itself.
        public let trained: TrainedModel

        /// The same without weights.
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
        /// What is known of it.
        public let model: ModelDescription
    }

    /// What is there under a name.
    public struct Versions: Sendable, Equatable {
        /// Ascending, and not empty.
        public let numbers: [Int]
        /// The numbers that aliases point to.
        public let aliases: [String: Int]
    }

    /// For how many milliseconds a look at a model's folder is good.
    static let freshness: UInt64 = 250

    let repository: ModelRepository
    let limits: RuntimeLimits
    let logger: Logger
    let state = Mutex(RegistryState())
    /// Held by who changes a model's folder or takes over how it looks: what is taken over is never older than a change.
    let folders = Mutex(())

    /// The models of a folder, which is made if there is none. Clears away what a process that died has left there.
    /// - Parameter isReadOnly: whether to leave the folder as it is, always: nothing can be published or deleted then.
    /// - Throws: ``FileError`` when the folder can't be used.
    public init(
        folder: String, limits: RuntimeLimits = .init(), isReadOnly: Bool = false, logger: Logger
    ) throws(FileError) {
        self.limits = limits
        self.logger = logger
        repository = try ModelRepository(folder, isReadOnly: isReadOnly, logger: logger)
        let start = Self.now()
        for (name, listing) in try repository.scan() {
            state.withLock { $0.take(listing, for: name, since: start, at: Self.now()) }
        }
    }

    // MARK: Looking things up

    /// A version that is in memory, without a look at the disk: nil if that is needed.
    public func loaded(_ name: String, _ reference: VersionReference) -> Entry? {
        let now = Self.now()
        return state.withLock { state in
            guard let known = state.known[name], let version = known.listing.number(reference) else {
                return nil
            }
            guard now < known.lookedAt + Self.freshness else {
                // One goes and looks; the others need not wait for that.
                state.known[name]?.lookedAt = now
                return nil
            }
            return state.use(RegistryState.Key(name: name, version: version))
        }
    }

    /// A version, read from disk if it isn't in memory.
    /// - Returns: nil when there is none.
    /// - Throws: ``FileError`` when the disk fails.
    public func entry(_ name: String, _ reference: VersionReference = .latest) throws(FileError) -> Entry? {
        while let version = try number(name, reference) {
            if let entry = state.withLock({ $0.use(RegistryState.Key(name: name, version: version)) }) {
                return entry
            }
            let trained = try reading(name, version) { () throws(ModelRepository.ReadError) in
                try repository.model(name, version)
            }
            if let trained { return keep(Entry(name: name, version: version, trained: trained)) }
        }
        return nil
    }

    /// What is known of a version, without its weights.
    /// - Returns: nil when there is none.
    /// - Throws: ``FileError`` when the disk fails.
    public func description(
        _ name: String, _ reference: VersionReference = .latest
    ) throws(FileError) -> Description? {
        while let version = try number(name, reference) {
            let entry = state.withLock { $0.loaded[RegistryState.Key(name: name, version: version)]?.entry }
            if let entry { return entry.description }
            let model = try reading(name, version) { () throws(ModelRepository.ReadError) in
                try repository.description(name, version)
            }
            if let model { return Description(name: name, version: version, model: model) }
        }
        return nil
    }

    /// All versions of a model, and its aliases; nil when there are none.
    public func versions(_ name: String) throws(FileError) -> Versions? {
        try refresh(name)
        return state.withLock { state in
            guard let listing = state.known[name]?.listing, !listing.versions.isEmpty else { return nil }
            return Versions(numbers: listing.versions, aliases: listing.aliases)
        }
    }

    /// Names of models behind `name` in the order of their UTF-8, and whether there are more.
    /// - Parameter limit: how many at most.
    public func names(after name: String?, limit: Int) throws(FileError) -> (names: [String], isLast: Bool) {
        // Those that are known with versions are looked at by who asks for one.
        try lookForNew()
        let all = state.withLock { state in
            state.known.filter { !$0.value.listing.versions.isEmpty }.keys.filter { $0 > name ?? "" }
        }.sorted()
        return (Array(all.prefix(limit)), all.count <= limit)
    }

    /// The file of a version, to take away; nil when there is none.
    public func download(_ name: String, _ reference: VersionReference) throws(FileError) -> ModelDownload? {
        while let version = try number(name, reference) {
            let download = try reading(name, version) { () throws(ModelRepository.ReadError) in
                try repository.download(name, version)
            }
            if let download { return download }
        }
        return nil
    }

    /// A file that somebody brings in, as a model that is not published yet.
    /// - Throws: ``ModelFileError``, also for what is past the limits.
    public func read(_ file: [UInt8]) throws(ModelFileError) -> TrainedModel {
        let trained = try ModelFile.model(file, from: .upload)
        if let refusal = limits.refusal(of: trained.model.network) { throw ModelFileError(refusal) }
        return trained
    }

    private func number(_ name: String, _ reference: VersionReference) throws(FileError) -> Int? {
        try refresh(name)
        return state.withLock { $0.known[name]?.listing.number(reference) }
    }

    /// Whether nothing of this can be changed.
    public var isReadOnly: Bool { repository.isReadOnly }

    static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }
}
