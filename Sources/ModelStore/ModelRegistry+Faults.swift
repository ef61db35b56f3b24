import Logging
import ModelFiles
import Synchronization

/// Versions that cannot be read. Damaged ones are moved to the quarantine folder; those that only a newer
/// release understands stay where they are. Neither is served.
extension ModelRegistry {
    /// Reads the file of a version, and takes the version out of service if that fails.
    /// - Returns: nil if the version cannot be read or is deleted. The listing has been updated, so that the
    ///   caller can try again.
    func readable<Value>(
        _ name: String, _ version: Int, _ read: () throws(ModelRepository.ReadError) -> Value
    ) throws(FileError) -> Value? {
        let key = RegistryState.Key(name: name, version: version)
        // The stamp is taken before reading, so that a file that replaces the faulty one meanwhile has
        // another stamp.
        let stamp = repository.stamp(name, version)
        do throws(ModelRepository.ReadError) {
            let value = try read()
            state.withLock { _ = $0.models[name]?.understood.insert(version) }
            return value
        } catch {
            switch error {
            case .system(let error): throw error
            case .notUnderstood(let reason, let software):
                leaveOut(UnreadableVersion(key, reason, software: software), stamp)
            case .missing, .damaged:
                // The version is not served again while its file is the same, even if the file cannot be
                // moved.
                state.withLock { $0.unlisted[key] = stamp }
                if case .damaged(let reason) = error { quarantine(name, version, reason) }
            }
        }
        try reload(name)
        return nil
    }

    /// Takes a version out of service whose file this release does not understand, and logs it once for each
    /// file.
    private func leaveOut(_ version: UnreadableVersion, _ stamp: FileStamp?) {
        let key = RegistryState.Key(name: version.name, version: version.number)
        let isNew = state.withLock { state in
            defer { state.unreadable[key] = (version, stamp) }
            return state.unreadable[key]?.stamp != stamp
        }
        guard isNew else { return }
        logger.warning(
            "a version is not understood and not served; upgrade this server",
            metadata: [
                "model": "\(version.name)", "version": "\(version.number)", "reason": "\(version.reason)",
                "software": "\(version.software ?? "unknown")",
            ])
    }

    /// Moves a damaged version to the quarantine folder, unless the registry is read-only.
    private func quarantine(_ name: String, _ version: Int, _ reason: ModelFileError) {
        var metadata: Logger.Metadata = ["model": "\(name)", "version": "\(version)", "reason": "\(reason)"]
        guard !repository.isReadOnly else {
            return logger.error("a version is damaged and not served", metadata: metadata)
        }
        let path = repository.quarantinePath(for: name, version)
        metadata["path"] = "\(path)"
        logger.error("a damaged version is quarantined", metadata: metadata)
        do throws(FileError) {
            try change(name) { () throws(FileError) in try repository.quarantine(name, version, to: path) }
        } catch {
            logger.error("cannot quarantine a damaged version", metadata: ["reason": "\(error)"])
        }
    }
}
