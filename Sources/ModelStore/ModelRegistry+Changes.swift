import Glibc
import Logging
import ModelFiles
import Synchronization

extension ModelRegistry {
    /// Publishes a new version, which is the latest from then on, and is on the disk when this returns; unless it is marked
    /// with a request that another server has done meanwhile. Then there is that one.
    /// - Parameter isWanted: asked in the last moment in which nothing has happened yet.
    /// - Returns: the version that there is now.
    /// - Throws: ``RegistryError``.
    public func publish(
        _ name: String, _ trained: TrainedModel, if isWanted: () -> Bool = { true }
    ) throws(RegistryError) -> Description {
        guard state.withLock({ $0.versionCount }) < limits.modelVersions else {
            throw .full(limits.modelVersions)
        }
        let bytes = ModelFile.bytes(of: trained)
        var twin: Description?
        do throws(FileError) {
            let version = try repository.write(name, bytes) { (give) throws(FileError) in
                try adopt(name) { () throws(FileError) in
                    guard isWanted() else { throw FileError(call: "rename", path: name, code: ECANCELED) }
                    if let request = trained.description.origin.request {
                        twin = find(request, in: name, try repository.listing(name)?.versions ?? [])
                    }
                    guard twin == nil else { throw FileError(call: "rename", path: name, code: EEXIST) }
                    return try give()
                }
            }
            defer { retain(name) }
            return keep(Entry(name: name, version: version, trained: trained)).description
        } catch {
            if let twin { return twin }
            throw error.code == ECANCELED ? .unwanted : .disk(error)
        }
    }

    /// The version that a request has made, on whichever server.
    /// - Parameter request: its mark.
    /// - Returns: nil if none of the newest is marked so.
    public func version(of name: String, madeFor request: String) throws(FileError) -> Description? {
        find(request, in: name, try versions(name)?.numbers ?? [])
    }

    /// Among the newest: a request is sent again soon or never, and each of them costs a look into its file.
    private func find(_ request: String, in name: String, _ numbers: [Int]) -> Description? {
        for number in numbers.suffix(Self.markedVersions).reversed() {
            if let model = try? repository.description(name, number), model.origin.request == request {
                return Description(name: name, version: number, model: model)
            }
        }
        return nil
    }

    private static let markedVersions = 32

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
