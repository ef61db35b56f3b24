import ModelFiles

/// The part of a registry that is in memory: the listing of each model, and the versions in the cache.
struct RegistryState {
    /// What is known of one model's folder. Times are in milliseconds of a monotonic clock.
    struct KnownModel {
        var listing: ModelRepository.Listing
        /// When the folder was last checked, or a check was begun.
        var checkedAt: UInt64
        /// When the folder was first found to have the listing's stamp.
        let stampedAt: UInt64
        /// When the folder began to be listed.
        let listedAt: UInt64
        /// The versions whose headers have been read and understood.
        var understood: Set<Int> = []

        /// Two changes within this many milliseconds may get the same modification time.
        private static let stampGranularity: UInt64 = 50

        /// Whether an equal stamp proves that the listing is current. Stamps are only compared with each
        /// other and never with the local time, because a file server may have another time.
        var isSettled: Bool {
            listedAt > stampedAt + Self.stampGranularity && !listing.hasIncompleteVersion
        }
    }

    /// One version of one model.
    struct Key: Hashable {
        let name: String
        let version: Int
    }

    /// A version in the cache.
    struct CachedVersion {
        let entry: ModelRegistry.Entry
        /// The stamp of the version's file.
        let stamp: FileStamp?
        /// The value of `uses` when the version was last requested.
        var lastUse: UInt64
    }

    var models: [String: KnownModel] = [:]
    var versionCount = 0
    var cache: [Key: CachedVersion] = [:]
    var cachedBytes = 0
    /// Counts requests to the cache.
    var uses: UInt64 = 0
    /// Versions that were found damaged or missing, with the stamps of their files. They are not listed while
    /// the stamp is the same.
    var unlisted: [Key: FileStamp] = [:]
    /// Versions that this release does not understand, with the stamps of their files. They are listed and
    /// not served while the stamp is the same.
    var unreadable: [Key: (version: UnreadableVersion, stamp: FileStamp?)] = [:]

    /// Replaces the listing of a model, and removes deleted versions from the cache.
    /// - Parameters:
    ///   - listing: nil if the model has no folder any more.
    ///   - start: when listing was begun, in milliseconds.
    ///   - now: when listing ended, in milliseconds.
    mutating func update(
        _ listing: ModelRepository.Listing?, of name: String, since start: UInt64, at now: UInt64
    ) {
        let before = models[name]
        let (old, new) = (before?.listing.versions ?? [], listing?.versions ?? [])
        if old != new {
            for version in Set(old).subtracting(new) { removeFromCache(Key(name: name, version: version)) }
        }
        versionCount += new.count - old.count
        models[name] = listing.map { listing in
            let isSame = before?.listing.stamp == listing.stamp
            return KnownModel(
                listing: listing, checkedAt: start, stampedAt: isSame ? before?.stampedAt ?? now : now,
                listedAt: start,
                understood: before?.understood.intersection(new) ?? [])
        }
    }

    /// Whether no version of a model is known.
    func isEmpty(_ name: String) -> Bool { models[name]?.listing.versions.isEmpty ?? true }

    /// Returns a version if it is in the cache, and marks it as the most recently used.
    mutating func cachedEntry(_ key: Key) -> ModelRegistry.Entry? {
        uses += 1
        cache[key]?.lastUse = uses
        return cache[key]?.entry
    }

    /// The stamps of the files of a model's versions in the cache, by number.
    func cachedStamps(_ name: String, _ versions: [Int]) -> [Int: FileStamp?] {
        var stamps: [Int: FileStamp?] = [:]
        for version in versions {
            if let cached = cache[Key(name: name, version: version)] { stamps[version] = cached.stamp }
        }
        return stamps
    }

    /// Adds a version to the cache, and removes the least recently used versions beyond the limit.
    /// - Parameter maxBytes: the maximum size of all versions in the cache, unless there is only one.
    mutating func addToCache(_ entry: ModelRegistry.Entry, _ stamp: FileStamp?, maxBytes: Int) {
        let key = Key(name: entry.name, version: entry.version)
        removeFromCache(key)
        uses += 1
        cache[key] = CachedVersion(entry: entry, stamp: stamp, lastUse: uses)
        cachedBytes += entry.trained.byteCount
        while cachedBytes > maxBytes, cache.count > 1,
            let oldest = cache.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
        { removeFromCache(oldest) }
    }

    mutating func removeFromCache(_ key: Key) {
        guard let removed = cache.removeValue(forKey: key) else { return }
        cachedBytes -= removed.entry.trained.byteCount
    }
}

extension ModelRepository.Listing {
    /// The number of the latest version: the newest one that this release understands, or the newest one if
    /// it understands none; nil if there are no versions.
    var latest: Int? { versions.last { unreadable[$0] == nil } ?? versions.last }

    /// The number of the version that a reference means; nil if there is none.
    /// - Throws: ``UnreadableVersion`` if this release does not understand the version.
    func number(_ reference: VersionReference) throws(UnreadableVersion) -> Int? {
        let number =
            switch reference {
            case .latest: latest
            case .number(let number): versions.contains(number) ? number : nil
            case .alias(let name): aliases[name]
            }
        if let number, let fault = unreadable[number] { throw fault }
        return number
    }
}
