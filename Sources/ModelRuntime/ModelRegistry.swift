import Dispatch
import Glibc
import Logging
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
    private static let freshness: UInt64 = 250

    private let repository: ModelRepository
    private let limits: RuntimeLimits
    private let logger: Logger
    let state = Mutex(RegistryState())
    /// Held by who changes a model's folder or takes over how it looks: what is taken over is never older than a change.
    private let folders = Mutex(())

    /// The models of a folder, which is made if there is none. Clears away what a process that died has left there.
    /// - Throws: ``FileError`` when the folder can't be used.
    public init(folder: String, limits: RuntimeLimits = .init(), logger: Logger) throws(FileError) {
        self.limits = limits
        self.logger = logger
        repository = try ModelRepository(folder, logger: logger)
        let now = Self.now()
        for (name, listing) in try repository.scan() {
            state.withLock { $0.take(listing, for: name, at: now) }
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
            do throws(ModelRepository.ReadError) {
                return keep(Entry(name: name, version: version, trained: try repository.model(name, version)))
            } catch {
                try lose(name, version, error)
            }
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
            do throws(ModelRepository.ReadError) {
                let model =
                    if let entry { entry.trained.description } else {
                        try repository.description(name, version)
                    }
                return Description(name: name, version: version, model: model)
            } catch {
                try lose(name, version, error)
            }
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
        for name in try repository.names() where state.withLock({ $0.isEmpty(name) }) {
            do throws(FileError) {
                try refresh(name)
            } catch {
                logger.error("a model can't be looked at", metadata: ["reason": "\(error)"])
            }
        }
        let all = state.withLock { state in
            state.known.filter { !$0.value.listing.versions.isEmpty }.keys.filter { $0 > name ?? "" }
        }.sorted()
        return (Array(all.prefix(limit)), all.count <= limit)
    }

    /// The file of a version, to take away; nil when there is none.
    public func download(_ name: String, _ reference: VersionReference) throws(FileError) -> ModelDownload? {
        while let version = try number(name, reference) {
            do throws(ModelRepository.ReadError) {
                return try repository.download(name, version)
            } catch {
                try lose(name, version, error)
            }
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

    // MARK: Changes

    /// Publishes a new version, which is the latest from then on, and is on the disk when this returns.
    /// - Parameter isWanted: asked in the last moment in which nothing has happened yet.
    /// - Throws: ``RegistryError``.
    public func publish(
        _ name: String, _ trained: TrainedModel, if isWanted: () -> Bool = { true }
    ) throws(RegistryError) -> Entry {
        guard state.withLock({ $0.versionCount }) < limits.modelVersions else {
            throw .full(limits.modelVersions)
        }
        let bytes = ModelFile.bytes(of: trained)
        do throws(FileError) {
            let version = try repository.write(name, bytes) { (give) throws(FileError) in
                try change(name) { () throws(FileError) in
                    guard isWanted() else { throw FileError(call: "rename", path: name, code: ECANCELED) }
                    return try give()
                }
            }
            defer { retain(name) }
            return keep(Entry(name: name, version: version, trained: trained))
        } catch {
            throw error.code == ECANCELED ? .unwanted : .disk(error)
        }
    }

    /// Deletes versions beyond those that are to be kept, oldest first. The new one is published, whatever becomes of that.
    private func retain(_ name: String) {
        guard let kept = limits.keptVersions else { return }
        do throws(FileError) {
            let old = Array(try versions(name)?.numbers.dropLast(kept) ?? [])
            if !old.isEmpty {
                _ = try change(name) { () throws(FileError) in try repository.delete(name, old) }
            }
        } catch {
            logger.error("old versions can't be deleted", metadata: ["reason": "\(error)"])
        }
    }

    /// Deletes a version that no alias points to, or the whole model with its aliases. Requests that use it finish.
    /// - Returns: whether there was one.
    /// - Throws: ``FileError`` when the disk fails.
    public func remove(_ name: String, version: Int? = nil) throws(FileError) -> Bool {
        try change(name) { () throws(FileError) in
            try repository.delete(name, version.map { [$0] }) > 0
        }
    }

    /// Points an alias to a version; false if there is no such version.
    public func setAlias(_ alias: String, of name: String, to version: Int) throws(FileError) -> Bool {
        try change(name) { () throws(FileError) in try repository.setAlias(alias, of: name, to: version) }
    }

    /// Forgets an alias; false if there is none.
    public func removeAlias(_ alias: String, of name: String) throws(FileError) -> Bool {
        try change(name) { () throws(FileError) in try repository.deleteAlias(alias, of: name) }
    }

    // MARK: Disk and memory

    /// Takes over how a model's folder looks, if it may have changed since the last look.
    private func refresh(_ name: String) throws(FileError) {
        let before = state.withLock { $0.known[name]?.listing.stamp }
        let now = Self.now()
        guard let stamp = repository.stamp(name), stamp == before else { return try takeOver(name, at: now) }
        state.withLock { $0.known[name]?.lookedAt = now }
    }

    private func takeOver(_ name: String, at now: UInt64) throws(FileError) {
        try locked { () throws(FileError) in
            let listing = try repository.listing(name)
            state.withLock { $0.take(listing, for: name, at: now) }
        }
    }

    /// Changes a model's folder, and takes over how it looks then.
    private func change<Value>(
        _ name: String, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try locked { () throws(FileError) in
            let value = try body()
            let listing = try repository.listing(name)
            state.withLock { $0.take(listing, for: name, at: Self.now()) }
            return value
        }
    }

    private func locked<Value>(_ body: () throws(FileError) -> Value) throws(FileError) -> Value {
        try folders.withLock { (_) throws(FileError) in try body() }
    }

    private func keep(_ entry: Entry) -> Entry {
        state.withLock { $0.keep(entry, limit: limits.loadedBytes) }
        return entry
    }

    /// A version could not be read. Returns if it is worth while to look for another.
    private func lose(_ name: String, _ version: Int, _ error: ModelRepository.ReadError) throws(FileError) {
        switch error {
        case .system(let error): throw error
        case .gone: break
        case .damaged(let reason): repository.setAside(name, version, reason)
        }
        try takeOver(name, at: Self.now())
        // One that can't be taken out of the way is not served either.
        state.withLock { $0.forget(version, of: name) }
    }

    private static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }
}

/// Why a version could not be published.
public enum RegistryError: Error, Equatable, Sendable {
    /// There are as many as there may be.
    case full(Int)
    /// Nobody wants it any more.
    case unwanted
    /// The disk has failed, or is full.
    case disk(FileError)
}
