import Logging
import ModelFiles
import Synchronization

/// How a registry's folder gets into its memory.
extension ModelRegistry {
    /// Takes over what others have done, as it happens otherwise when somebody asks for a model: new models, and of those
    /// that are known the thousand that were not looked at for the longest time.
    public func lookAround() {
        do throws(FileError) { try lookForNew() } catch { complain(error) }
        let known = state.withLock { $0.known.mapValues(\.lookedAt) }.sorted { $0.value < $1.value }
        let now = Self.now()
        for (name, lookedAt) in known.prefix(1000) where now >= lookedAt + Self.freshness {
            do throws(FileError) { try refresh(name) } catch { complain(error) }
        }
    }

    /// Looks at models that were not there, or had no versions.
    func lookForNew() throws(FileError) {
        for name in try repository.names() where state.withLock({ $0.isEmpty(name) }) {
            do throws(FileError) { try refresh(name) } catch { complain(error) }
        }
    }

    private func complain(_ error: FileError) {
        logger.error("a model can't be looked at", metadata: ["reason": "\(error)"])
    }

    /// Takes over how a model's folder looks, if it may have changed since the last look.
    func refresh(_ name: String) throws(FileError) {
        let known = state.withLock { $0.known[name] }
        let now = Self.now()
        guard let known, known.isSettled, known.listing.stamp == repository.stamp(name) else {
            return try takeOver(name)
        }
        state.withLock { $0.known[name]?.lookedAt = now }
    }

    private func takeOver(_ name: String) throws(FileError) {
        try folders.withLock { (_) throws(FileError) in try look(name) }
    }

    /// Changes a model's folder, which no other server does meanwhile, and takes over how it looks then.
    func change<Value>(
        _ name: String, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        // The lock of all servers first: who waits for that keeps nobody here from looking.
        try repository.locked(name) { () throws(FileError) in try adopt(name, body) }
    }

    /// Changes the folder of a model that is locked, and takes over how it looks then.
    func adopt<Value>(
        _ name: String, _ body: () throws(FileError) -> Value
    ) throws(FileError) -> Value {
        try folders.withLock { (_) throws(FileError) in
            let value = try body()
            try look(name)
            return value
        }
    }

    /// Lists a model's folder, and knows of what is there, but for what was found damaged and has not changed since.
    private func look(_ name: String) throws(FileError) {
        let start = Self.now()
        var listing = try repository.listing(name)
        for (key, stamp) in state.withLock({ $0.spoiled }) where key.name == name {
            if repository.stamp(name, key.version) == stamp {
                listing?.versions.removeAll { $0 == key.version }
                // It may be one that somebody is copying there.
                listing?.isUnfinished = true
            } else {
                state.withLock { $0.spoiled[key] = nil }
            }
        }
        state.withLock { $0.take(listing, for: name, since: start, at: Self.now()) }
    }

    func keep(_ entry: Entry) -> Entry {
        state.withLock { $0.keep(entry, limit: limits.loadedBytes) }
        return entry
    }

    /// Does something with the file of a version.
    /// - Returns: nil if it can't be read, and it is worth while to look for another one.
    func reading<Value>(
        _ name: String, _ version: Int, _ body: () throws(ModelRepository.ReadError) -> Value
    ) throws(FileError) -> Value? {
        // Before, so that what has replaced it meanwhile isn't taken for it.
        let stamp = repository.stamp(name, version)
        do throws(ModelRepository.ReadError) { return try body() } catch {
            if case .system(let error) = error { throw error }
            // Whatever becomes of it, it is not served again as it is.
            state.withLock { $0.spoiled[RegistryState.Key(name: name, version: version)] = stamp }
            if case .damaged(let reason) = error { setAside(name, version, reason) }
        }
        try takeOver(name)
        return nil
    }

    /// Takes a version that is damaged out of the way, unless nothing may be changed.
    private func setAside(_ name: String, _ version: Int, _ reason: ModelFileError) {
        var metadata: Logger.Metadata = ["model": "\(name)", "version": "\(version)", "reason": "\(reason)"]
        guard !repository.isReadOnly else {
            return logger.error("a damaged version is not served", metadata: metadata)
        }
        let place = repository.shelf(for: name, version)
        metadata["path"] = "\(place)"
        logger.error("a damaged version is set aside", metadata: metadata)
        do throws(FileError) {
            try change(name) { () throws(FileError) in try repository.setAside(name, version, to: place) }
        } catch {
            logger.error("can't set it aside", metadata: ["reason": "\(error)"])
        }
    }
}
