import Glibc
import Logging
import ModelFiles
import NeuralNetwork
import Synchronization

extension ModelRegistry {
    /// Publishes a new version, which becomes the latest. The version is on the disk when this returns.
    ///
    /// If another server has meanwhile published a version for the same request
    /// (``ModelDescription/Origin/request``), that version is returned and no new one is made.
    /// - Parameters:
    ///   - mayReplace: called, unless nil, while the model is locked, with ``latestDigest(of:)``; false
    ///     cancels the publication.
    ///   - isWanted: called immediately before the version appears; false cancels the publication.
    /// - Returns: the version of the request.
    /// - Throws: ``RegistryError``.
    public func publish(
        _ name: String, _ trained: TrainedModel, replacing mayReplace: ((_ digest: String?) -> Bool)? = nil,
        isWanted: () -> Bool = { true }
    ) throws(RegistryError) -> Description {
        guard state.withLock({ $0.versionCount }) < limits.maxModelVersions else {
            throw .full(limits.maxModelVersions)
        }
        let content = [
            FileContent(ModelFile.header(of: trained)), FileContent(trained.model.weights.values),
        ]
        var twin: Description?
        do throws(FileError) {
            let version = try repository.write(name, content) { (assignNumber) throws(FileError) in
                try changeLocked(name) { () throws(FileError) in
                    let isAllowed = try mayReplace.map { (mayReplace) throws(FileError) in
                        mayReplace(try lockedDigest(of: name))
                    }
                    guard isAllowed ?? true, isWanted() else {
                        throw FileError(call: "rename", path: name, code: ECANCELED)
                    }
                    if let request = trained.description.origin.request {
                        let versions = try repository.listing(name)?.versions ?? []
                        twin = newestVersion(of: name, in: versions, fingerprint: request)
                    }
                    guard twin == nil else { throw FileError(call: "rename", path: name, code: EEXIST) }
                    return try assignNumber()
                }
            }
            defer { deleteOldVersions(of: name) }
            let entry = Entry(name: name, version: version, trained: trained)
            return cached(entry, repository.stamp(name, version)).description
        } catch {
            if let twin { return twin }
            throw error.code == ECANCELED ? .cancelled : .disk(error)
        }
    }

    /// Returns ``ModelDownload/digest`` of the latest version, whether or not this release understands the
    /// version; nil if there is none.
    /// - Throws: ``FileError`` if the disk fails.
    public func latestDigest(of name: String) throws(FileError) -> String? {
        do throws(VersionError) {
            // Finds out whether the newest version is damaged or not understood, and thus not the latest.
            _ = try description(name)
        } catch {
            if case .disk(let error) = error { throw error }
        }
        return try folderAccess.withLock { (_) throws(FileError) in try lockedDigest(of: name) }
    }

    /// Returns the digest of the latest version. The caller holds `folderAccess`.
    private func lockedDigest(of name: String) throws(FileError) -> String? {
        try updateListing(name)
        let version = state.withLock { $0.models[name]?.listing.latest }
        return try version.map { (version) throws(FileError) in try repository.digest(name, version) }
    }

    /// Returns the version that a request has made, on this server or another one.
    /// - Parameter request: the request's fingerprint.
    /// - Returns: nil if none of the newest versions has this fingerprint.
    /// - Throws: ``FileError`` if the disk fails.
    public func version(of name: String, fingerprint request: String) throws(FileError) -> Description? {
        newestVersion(of: name, in: try versions(name)?.numbers ?? [], fingerprint: request)
    }

    /// Only the newest versions are searched: clients retry soon, and each version costs a read of its file's
    /// header.
    private func newestVersion(
        of name: String, in numbers: [Int], fingerprint request: String
    ) -> Description? {
        for number in numbers.suffix(Self.maxSearchedVersions).reversed() {
            if let model = try? repository.description(name, number), model.origin.request == request {
                return Description(name: name, version: number, model: model)
            }
        }
        return nil
    }

    private static let maxSearchedVersions = 32

    /// Deletes the oldest versions beyond the limit. A failure is logged only, because the new version is
    /// published.
    private func deleteOldVersions(of name: String) {
        guard let kept = limits.maxVersionsPerModel else { return }
        do throws(FileError) {
            _ = try versions(name)
            let all = state.withLock { $0.models[name]?.listing.versions ?? [] }
            let old = Array(all.dropLast(kept))
            if !old.isEmpty {
                _ = try change(name) { () throws(FileError) in try repository.delete(name, old) }
            }
        } catch {
            logger.error("cannot delete old versions", metadata: ["reason": "\(error)"])
        }
    }

    /// Deletes a version, unless an alias points to it, or the whole model with its aliases. Requests that
    /// use it finish.
    /// - Returns: false if there was nothing to delete.
    /// - Throws: ``FileError`` if the disk fails.
    public func remove(_ name: String, version: Int? = nil) throws(FileError) -> Bool {
        guard try versions(name) != nil else { return false }
        return try change(name) { () throws(FileError) in
            try repository.delete(name, version.map { [$0] }) > 0
        }
    }

    /// Points an alias to a version.
    /// - Parameter isAllowed: called while the model is locked, with whether the alias exists; false leaves
    ///   everything as it is.
    /// - Returns: false if there is no such version, or the change is not allowed.
    /// - Throws: ``FileError`` if the disk fails.
    public func setAlias(
        _ alias: String, of name: String, to version: Int,
        if isAllowed: (_ isPresent: Bool) -> Bool = { _ in true }
    ) throws(FileError) -> Bool {
        guard try versions(name) != nil else { return false }
        return try change(name) { () throws(FileError) in
            guard isAllowed(try repository.listing(name)?.aliases[alias] != nil) else { return false }
            return try repository.setAlias(alias, of: name, to: version)
        }
    }

    /// Deletes an alias.
    /// - Returns: false if there is none.
    /// - Throws: ``FileError`` if the disk fails.
    public func removeAlias(_ alias: String, of name: String) throws(FileError) -> Bool {
        guard try versions(name) != nil else { return false }
        return try change(name) { () throws(FileError) in try repository.deleteAlias(alias, of: name) }
    }
}

/// The reason that a version could not be published.
public enum RegistryError: Error, Equatable, Sendable {
    /// The registry has the maximum number of versions, which is given.
    case full(Int)
    /// The publication was cancelled.
    case cancelled
    /// The models' folder cannot be used, or has no room.
    case folder(FolderStatus.Fault)
    /// The disk has failed or is full.
    case disk(FileError)
}

extension RegistryError: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .full(let limit): "the registry has the maximum of \(limit) versions"
        case .cancelled: "the publication was cancelled"
        case .folder(let fault): fault.description
        case .disk(let error): error.description
        }
    }
}
