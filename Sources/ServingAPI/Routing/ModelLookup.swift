import Logging
import ModelStore

/// The registry as routes use it: a missing model becomes 404; a disk error is logged and becomes a problem.
package struct ModelLookup: Sendable {
    /// The models.
    package let registry: ModelRegistry
    let logger: Logger

    /// Uses the registry in a way that may access the disk. Must not be called on a connection's loop.
    /// - Throws: a problem for a disk error, which is logged.
    package func onDisk<Value>(
        _ body: (ModelRegistry) throws(FileError) -> Value
    ) throws(Problem) -> Value {
        do throws(FileError) {
            return try body(registry)
        } catch {
            logger.error("disk error", metadata: ["reason": "\(error)"])
            throw Problem(error)
        }
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
            case .invalid(let error): throw .invalidModelFile(error)
            case .disk(let error):
                logger.error("cannot store an uploaded file", metadata: ["reason": "\(error)"])
                throw Problem(error)
            }
        }
    }

    /// A version with its weights, if it is in memory. Does not access the disk.
    func loaded(_ model: (name: String, version: VersionReference)) -> ModelRegistry.Entry? {
        registry.loaded(model.name, model.version)
    }

    /// A version with its weights.
    /// - Throws: 404 if it does not exist.
    package func entry(
        _ name: String, _ version: VersionReference
    ) throws(Problem) -> ModelRegistry.Entry {
        let entry = try onDisk { (registry) throws(FileError) in try registry.entry(name, version) }
        guard let entry else { throw .unknownModel(name, version) }
        return entry
    }

    /// A version without its weights.
    /// - Throws: 404 if it does not exist.
    package func description(
        _ name: String, _ version: VersionReference
    ) throws(Problem) -> ModelRegistry.Description {
        let description = try onDisk { (registry) throws(FileError) in
            try registry.description(name, version)
        }
        guard let description else { throw .unknownModel(name, version) }
        return description
    }

    /// The versions of a model.
    /// - Throws: 404 if the model does not exist.
    package func versions(_ name: String) throws(Problem) -> ModelRegistry.Versions {
        let versions = try onDisk { (registry) throws(FileError) in try registry.versions(name) }
        guard let versions else { throw .unknownModel(name) }
        return versions
    }
}
