import NeuralNetwork
import Synchronization

/// The models that a server has, in memory.
///
/// Readers get immutable values; the lock is held for a look-up only, never while a model computes.
public final class ModelRegistry: Sendable {
    /// One version in its place.
    public struct Entry: Sendable {
        /// The model's name.
        public let name: String
        /// Counted from 1 for each name, and never used twice; the highest is the one served.
        public let version: Int
        /// The version itself.
        public let trained: TrainedModel
    }

    private struct State {
        var versions: [String: [Entry]] = [:]
        /// The highest version that each name ever had: a number that once meant a model never means another.
        var highest: [String: Int] = [:]
        var count = 0
        var bytes = 0
    }

    private let state = Mutex(State())
    private let limits: RuntimeLimits

    /// An empty registry.
    public init(limits: RuntimeLimits = .init()) { self.limits = limits }

    /// The latest version of a model, or the one asked for.
    public func entry(_ name: String, version: Int? = nil) -> Entry? {
        state.withLock { state in
            guard let entries = state.versions[name] else { return nil }
            guard let version else { return entries.last }
            return entries.first { $0.version == version }
        }
    }

    /// All versions of a model, oldest first; empty when there is none of this name.
    public func entries(_ name: String) -> [Entry] { state.withLock { $0.versions[name] ?? [] } }

    /// The latest version of each model, by name.
    public func latest() -> [Entry] {
        state.withLock { $0.versions.values.compactMap(\.last) }.sorted { $0.name < $1.name }
    }

    /// Publishes a new version, which is the latest from then on.
    /// - Returns: nil when the registry is full.
    public func publish(_ name: String, _ trained: TrainedModel) -> Entry? {
        state.withLock { state in
            let bytes = trained.model.byteCount
            guard state.count < limits.modelVersions, state.bytes + bytes <= limits.modelBytes else {
                return nil
            }
            let version = state.highest[name, default: 0] + 1
            let entry = Entry(name: name, version: version, trained: trained)
            state.versions[name, default: []].append(entry)
            state.highest[name] = version
            state.count += 1
            state.bytes += bytes
            return entry
        }
    }

    /// Forgets a version, or the whole model. Requests that use it finish.
    /// - Returns: whether there was one.
    public func remove(_ name: String, version: Int? = nil) -> Bool {
        state.withLock { state in
            guard let entries = state.versions[name] else { return false }
            let removed = version.map { version in entries.filter { $0.version == version } } ?? entries
            let kept = version.map { version in entries.filter { $0.version != version } } ?? []
            state.versions[name] = kept.isEmpty ? nil : kept
            state.count -= removed.count
            state.bytes -= removed.reduce(0) { $0 + $1.trained.model.byteCount }
            return !removed.isEmpty
        }
    }
}
