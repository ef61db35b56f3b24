import ModelFiles

/// What a registry knows and holds in memory.
struct RegistryState {
    struct Known {
        var listing: ModelRepository.Listing
        /// In milliseconds, when the folder was looked at, or somebody set out to.
        var lookedAt: UInt64
        /// When it had been seen to have this stamp, for the first time.
        let stampedAt: UInt64
        /// When the listing was begun.
        let listedAt: UInt64

        /// Two changes within so many milliseconds may get the same timestamp.
        private static let granularity: UInt64 = 50

        /// Whether the listing is what the stamp stands for. Stamps are held against each other only, and not against the
        /// time of day: that of a file server may be another one.
        var isSettled: Bool { listedAt > stampedAt + Self.granularity && !listing.isUnfinished }
    }

    struct Key: Hashable {
        let name: String
        let version: Int
    }

    struct Loaded {
        let entry: ModelRegistry.Entry
        /// By `uses`, when it was last asked for.
        var lastUse: UInt64
    }

    var known: [String: Known] = [:]
    var versionCount = 0
    var loaded: [Key: Loaded] = [:]
    var loadedBytes = 0
    var uses: UInt64 = 0
    /// Versions that were found damaged and are still there, and how their files looked then.
    var spoiled: [Key: FileStamp] = [:]

    /// Takes over how a model's folder looks; nil if there is none any more. Versions that have gone leave the memory.
    /// - Parameters:
    ///   - start: when it was set out to look, in milliseconds.
    ///   - now: when that was done.
    mutating func take(
        _ listing: ModelRepository.Listing?, for name: String, since start: UInt64, at now: UInt64
    ) {
        let before = known[name]
        let (old, new) = (before?.listing.versions ?? [], listing?.versions ?? [])
        if old != new {
            for version in Set(old).subtracting(new) { unload(Key(name: name, version: version)) }
        }
        versionCount += new.count - old.count
        known[name] = listing.map { listing in
            let isSame = before?.listing.stamp == listing.stamp
            return Known(
                listing: listing, lookedAt: start, stampedAt: isSame ? before?.stampedAt ?? now : now,
                listedAt: start)
        }
    }

    /// Whether there is no version of that name, as far as is known.
    func isEmpty(_ name: String) -> Bool { known[name]?.listing.versions.isEmpty ?? true }

    /// A version in memory, which is the last one used from now on.
    mutating func use(_ key: Key) -> ModelRegistry.Entry? {
        uses += 1
        loaded[key]?.lastUse = uses
        return loaded[key]?.entry
    }

    /// Keeps a version in memory, and forgets those not used for the longest time where there are too many.
    mutating func keep(_ entry: ModelRegistry.Entry, limit: Int) {
        let key = Key(name: entry.name, version: entry.version)
        unload(key)
        uses += 1
        loaded[key] = Loaded(entry: entry, lastUse: uses)
        loadedBytes += entry.trained.byteCount
        while loadedBytes > limit, loaded.count > 1,
            let oldest = loaded.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
        { unload(oldest) }
    }

    mutating func unload(_ key: Key) {
        guard let gone = loaded.removeValue(forKey: key) else { return }
        loadedBytes -= gone.entry.trained.byteCount
    }
}

extension ModelRepository.Listing {
    /// The number of the version that is meant; nil if there is none.
    func number(_ reference: VersionReference) -> Int? {
        switch reference {
        case .latest: versions.last
        case .number(let number): versions.contains(number) ? number : nil
        case .alias(let name): aliases[name]
        }
    }
}
