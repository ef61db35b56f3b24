import Logging
import ModelFiles
import Synchronization

/// Damaged versions are taken out of service and moved to the quarantine folder.
extension ModelRegistry {
    /// Reads the file of a version, and quarantines the version if the file is damaged.
    /// - Returns: nil if the version is damaged or deleted. The listing has been updated, so that the caller
    ///   can try another version.
    func quarantiningDamage<Value>(
        _ name: String, _ version: Int, _ read: () throws(ModelRepository.ReadError) -> Value
    ) throws(FileError) -> Value? {
        // The stamp is taken before reading, so that a file that replaces the damaged one meanwhile has
        // another stamp.
        let stamp = repository.stamp(name, version)
        do throws(ModelRepository.ReadError) { return try read() } catch {
            if case .system(let error) = error { throw error }
            // The version is not served again while its file is the same, even if the file cannot be moved.
            state.withLock { $0.quarantined[RegistryState.Key(name: name, version: version)] = stamp }
            if case .damaged(let reason) = error { quarantine(name, version, reason) }
        }
        try reload(name)
        return nil
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
