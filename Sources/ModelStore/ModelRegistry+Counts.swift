import Synchronization

extension ModelRegistry {
    /// What there is, as far as is known, at one moment.
    public struct Counts: Sendable {
        /// Names with at least one version.
        public let models: Int
        /// Versions of all of them.
        public let versions: Int
        /// Versions whose weights are in memory.
        public let loaded: Int
        /// Bytes that these take.
        public let loadedBytes: Int
    }

    /// How much there is, without a look at the disk.
    public var counts: Counts {
        state.withLock { state in
            Counts(
                models: state.known.count { !$0.value.listing.versions.isEmpty },
                versions: state.versionCount, loaded: state.loaded.count, loadedBytes: state.loadedBytes)
        }
    }

    /// Whether there is such a version as far as is known, without a look at the disk.
    public func knows(_ name: String, version: Int) -> Bool {
        state.withLock { $0.known[name]?.listing.versions.contains(version) ?? false }
    }
}
