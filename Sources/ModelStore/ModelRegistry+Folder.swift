import Glibc
import Logging
import ModelFiles
import Synchronization

/// How a registry follows the changes of its folder.
extension ModelRegistry {
    /// The maximum number of known models that one rescan checks.
    private static let maxRescannedModels = 1000

    /// Updates the listings without a request for a model: finds new models, and checks the known ones, those
    /// first whose last check is oldest. Does nothing while the folder has a fault that prevents reading.
    public func rescan() {
        guard folder.isReadable else { return }
        do throws(FileError) { try scanForNewModels() } catch { logScanError(error) }
        let known = state.withLock { $0.models.mapValues(\.checkedAt) }.sorted { $0.value < $1.value }
        let now = Self.now()
        for (name, checkedAt) in known.prefix(Self.maxRescannedModels)
        where now >= checkedAt + Self.rescanInterval && folder.isReadable {
            do throws(FileError) { try refresh(name) } catch { logScanError(error) }
        }
    }

    /// Checks the folders of models that have no known versions.
    func scanForNewModels() throws(FileError) {
        for name in try repository.names() where state.withLock({ $0.isEmpty(name) }) {
            do throws(FileError) { try refresh(name) } catch { logScanError(error) }
        }
    }

    /// Logs an error, unless the fault of the folder explains it, which is logged once.
    private func logScanError(_ error: FileError) {
        if folder.isReadable { folder.check() }
        guard folder.isReadable else { return }
        logger.error("cannot read a model's folder", metadata: ["reason": "\(error)"])
    }

    /// Lists a model's folder again if it may have changed since the last check.
    func refresh(_ name: String) throws(FileError) {
        let known = state.withLock { $0.models[name] }
        let now = Self.now()
        guard let known, known.isSettled, known.listing.stamp == repository.stamp(name) else {
            return try reload(name)
        }
        state.withLock { $0.models[name]?.checkedAt = now }
    }

    func reload(_ name: String) throws(FileError) {
        try folderAccess.withLock { (_) throws(FileError) in try updateListing(name) }
    }

    /// Changes a model's folder while it is locked for all servers, and updates the listing.
    func change<Value>(
        _ name: String, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        // The lock of all servers comes first: waiting for it must not block other threads that only read a
        // listing.
        try repository.withLock(on: name) { () throws(FileError) in try changeLocked(name, body) }
    }

    /// Changes the folder of a model whose lock is held already, and updates the listing.
    func changeLocked<Value>(
        _ name: String, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try folderAccess.withLock { (_) throws(FileError) in
            let value = try body()
            try updateListing(name)
            return value
        }
    }

    /// Lists a model's folder. Damaged versions are left out, and those that are not understood are marked,
    /// until their files change. The caller holds `folderAccess`.
    func updateListing(_ name: String) throws(FileError) {
        let start = Self.now()
        var listing = try repository.listing(name)
        if listing?.versions.isEmpty ?? true, !state.withLock({ $0.isEmpty(name) }) {
            // If the folder of all models is gone, this model is not deleted, and stays in memory.
            folder.check()
            guard folder.isReadable else {
                throw FileError(call: "opendir", path: repository.path(name), code: ENOENT)
            }
        }
        for (key, stamp) in state.withLock({ $0.unlisted }) where key.name == name {
            if repository.stamp(name, key.version) == stamp {
                listing?.versions.removeAll { $0 == key.version }
                // Another process may still be copying the file.
                listing?.hasIncompleteVersion = true
            } else {
                state.withLock { $0.unlisted[key] = nil }
            }
        }
        for (key, fault) in state.withLock({ $0.unreadable }) where key.name == name {
            if let stamp = fault.stamp, repository.stamp(name, key.version) == stamp {
                listing?.unreadable[key.version] = fault.version
            } else {
                state.withLock { $0.unreadable[key] = nil }
            }
        }
        // Another folder of this name, such as a restored one, may have other versions of the same numbers.
        for (version, stamp) in state.withLock({ $0.cachedStamps(name, listing?.versions ?? []) })
        where repository.stamp(name, version) != stamp {
            state.withLock { $0.removeFromCache(RegistryState.Key(name: name, version: version)) }
        }
        state.withLock { $0.update(listing, of: name, since: start, at: Self.now()) }
    }

    /// Adds a version to the cache and returns it.
    /// - Parameter stamp: of the version's file, taken before it was read.
    func cached(_ entry: Entry, _ stamp: FileStamp?) -> Entry {
        state.withLock { $0.addToCache(entry, stamp, maxBytes: limits.maxLoadedBytes) }
        return entry
    }
}
