import Logging
import ModelStore

/// The registry as routes use it: a missing model becomes 404; a disk error is logged and becomes a problem.
package struct ModelLookup: Sendable {
    /// The models.
    package let registry: ModelRegistry
    let logger: Logger

    /// Uses the registry in a way that may access the disk. Must not be called on a connection's loop.
    /// - Throws: 503 at once if the models' folder is known to be unreadable; a problem for a disk error,
    ///   which is logged.
    package func onDisk<Value>(
        _ body: (ModelRegistry) throws(FileError) -> Value
    ) throws(Problem) -> Value {
        try refuseKnownFault()
        return try registry.folder.access { () throws(Problem) in
            do throws(FileError) { return try body(registry) } catch { throw problem(of: error) }
        }
    }

    /// Finds a version on the disk.
    /// - Throws: 409 if this release does not understand the version, 503 if there is none because the
    ///   models' folder has a fault.
    private func find<Value>(
        _ body: (ModelRegistry) throws(VersionError) -> Value?
    ) throws(Problem) -> Value? {
        try refuseKnownFault()
        return try registry.folder.access { () throws(Problem) in
            do throws(VersionError) {
                if let value = try body(registry) { return value }
            } catch {
                switch error {
                case .unreadable(let version): throw Problem(version)
                case .disk(let error): throw problem(of: error)
                }
            }
            try requireReadableFolder()
            return nil
        }
    }

    /// A folder that is gone must not look like an empty one. A known fault needs no check, which may block.
    /// - Throws: 503 if the models' folder cannot be read.
    private func requireReadableFolder() throws(Problem) {
        try refuseKnownFault()
        registry.folder.check()
        try refuseKnownFault()
    }

    /// Does not access the disk.
    /// - Throws: 503 if the models' folder could not be read at its last check.
    private func refuseKnownFault() throws(Problem) {
        if let fault = registry.folder.status.fault, fault.preventsReading { throw .folderUnavailable(fault) }
    }

    /// The problem of a disk error, which is logged, unless the folder's fault is known and logged already.
    private func problem(of error: FileError, _ message: Logger.Message = "disk error") -> Problem {
        do throws(Problem) { try requireReadableFolder() } catch { return error }
        let problem = Problem(error)
        logger.error(message, metadata: ["reason": "\(error)"])
        return problem
    }

    /// Receives or reads an uploaded file. Must not be called on a connection's loop.
    /// - Throws: a problem for an error, which is logged if the disk has failed.
    func uploading<Value>(
        _ body: (ModelRegistry) throws(UploadError) -> Value
    ) throws(Problem) -> Value {
        do throws(UploadError) {
            return try body(registry)
        } catch {
            switch error {
            case .tooLarge: throw .fileTooLarge(registry.limits)
            case .busy: throw .tooManyUploads()
            case .invalid(let error): throw Problem(error)
            case .disk(let error): throw problem(of: error, "cannot store an uploaded file")
            }
        }
    }

    /// A version with its weights, if it is in memory. Does not access the disk.
    func loaded(
        _ reference: (model: PermittedModel, version: VersionReference)
    ) -> ModelRegistry.Entry? {
        registry.loaded(reference.model.name, reference.version)
    }

    /// A version with its weights. While the models' folder cannot be read, the versions in memory are
    /// served.
    /// - Throws: 404 if it does not exist.
    package func entry(
        _ model: PermittedModel, _ version: VersionReference
    ) throws(Problem) -> ModelRegistry.Entry {
        let entry: ModelRegistry.Entry?
        do throws(Problem) {
            entry = try find { (registry) throws(VersionError) in try registry.entry(model.name, version) }
        } catch {
            guard !registry.folder.isReadable, let entry = loaded((model, version)) else { throw error }
            return entry
        }
        guard let entry else { throw .unknownModel(model.name, version) }
        return entry
    }

    /// The file of a version.
    /// - Throws: 404 if it does not exist.
    func download(_ model: PermittedModel, _ version: VersionReference) throws(Problem) -> ModelDownload {
        let download = try find { (registry) throws(VersionError) in
            try registry.download(model.name, version)
        }
        guard let download else { throw .unknownModel(model.name, version) }
        return download
    }

    /// A version without its weights.
    /// - Throws: 404 if it does not exist.
    package func description(
        _ model: PermittedModel, _ version: VersionReference
    ) throws(Problem) -> ModelRegistry.Description {
        guard let description = try descriptionIfAny(model.name, version) else {
            throw .unknownModel(model.name, version)
        }
        return description
    }

    /// A version without its weights; nil if it does not exist. The caller checks that the request may use
    /// the model.
    package func descriptionIfAny(
        _ name: String, _ version: VersionReference = .latest
    ) throws(Problem) -> ModelRegistry.Description? {
        try find { (registry) throws(VersionError) in try registry.description(name, version) }
    }

    /// The versions of a model.
    /// - Throws: 404 if the model does not exist.
    package func versions(_ model: PermittedModel) throws(Problem) -> ModelRegistry.Versions {
        let versions = try onDisk { (registry) throws(FileError) in try registry.versions(model.name) }
        guard let versions else { throw .unknownModel(model.name) }
        return versions
    }

    /// The versions of a model, each of which has been read.
    /// - Throws: 404 if the model does not exist.
    func examinedVersions(_ model: PermittedModel) throws(Problem) -> ModelRegistry.Versions {
        let versions = try onDisk { (registry) throws(FileError) in
            try registry.examinedVersions(model.name)
        }
        guard let versions else { throw .unknownModel(model.name) }
        return versions
    }
}
