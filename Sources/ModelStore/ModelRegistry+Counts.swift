import Synchronization

extension ModelRegistry {
    /// The sizes of a registry at one moment, as far as they are known.
    public struct Counts: Sendable {
        /// Models with at least one version.
        public let models: Int
        /// Versions of all models.
        public let versions: Int
        /// Versions in memory.
        public let loaded: Int
        /// Bytes of the versions in memory.
        public let loadedBytes: Int
    }

    /// The sizes of the registry, without access to the disk.
    public var counts: Counts {
        state.withLock { state in
            Counts(
                models: state.models.count { !$0.value.listing.versions.isEmpty },
                versions: state.versionCount, loaded: state.cache.count, loadedBytes: state.cachedBytes)
        }
    }

    /// Whether a version is known, without access to the disk.
    public func contains(_ name: String, version: Int) -> Bool {
        state.withLock { $0.models[name]?.listing.versions.contains(version) ?? false }
    }
}
