import Glibc
import Logging
import Synchronization

extension ModelRegistry {
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
                try adopt(name) { () throws(FileError) in
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
        guard try versions(name) != nil else { return false }
        return try change(name) { () throws(FileError) in
            try repository.delete(name, version.map { [$0] }) > 0
        }
    }

    /// Points an alias to a version; false if there is no such version.
    public func setAlias(_ alias: String, of name: String, to version: Int) throws(FileError) -> Bool {
        guard try versions(name) != nil else { return false }
        return try change(name) { () throws(FileError) in
            try repository.setAlias(alias, of: name, to: version)
        }
    }

    /// Forgets an alias; false if there is none.
    public func removeAlias(_ alias: String, of name: String) throws(FileError) -> Bool {
        guard try versions(name) != nil else { return false }
        return try change(name) { () throws(FileError) in try repository.deleteAlias(alias, of: name) }
    }
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
