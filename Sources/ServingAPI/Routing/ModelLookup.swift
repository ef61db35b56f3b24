import Logging
import ModelStore

/// The registry as routes use it: what is not there becomes 404, and a failing disk a problem and a line in the log.
package struct ModelLookup: Sendable {
    /// The models.
    package let registry: ModelRegistry
    let logger: Logger

    /// Uses the registry in a way that may take the disk; not for a connection's loop.
    package func onDisk<Value>(
        _ body: (ModelRegistry) throws(FileError) -> Value
    ) throws(Problem) -> Value {
        do throws(FileError) {
            return try body(registry)
        } catch {
            logger.error("the disk fails", metadata: ["reason": "\(error)"])
            throw Problem(error)
        }
    }

    /// A version with its weights if it is in memory; never takes the disk.
    func loaded(_ model: (name: String, version: VersionReference)) -> ModelRegistry.Entry? {
        registry.loaded(model.name, model.version)
    }

    /// A version with its weights, or 404.
    package func entry(
        _ name: String, _ version: VersionReference
    ) throws(Problem) -> ModelRegistry.Entry {
        let entry = try onDisk { (registry) throws(FileError) in try registry.entry(name, version) }
        guard let entry else { throw .unknownModel(name, version) }
        return entry
    }

    /// A version without its weights, or 404.
    package func description(
        _ name: String, _ version: VersionReference
    ) throws(Problem) -> ModelRegistry.Description {
        let description = try onDisk { (registry) throws(FileError) in
            try registry.description(name, version)
        }
        guard let description else { throw .unknownModel(name, version) }
        return description
    }

    /// The versions of a model, or 404.
    package func versions(_ name: String) throws(Problem) -> ModelRegistry.Versions {
        let versions = try onDisk { (registry) throws(FileError) in try registry.versions(name) }
        guard let versions else { throw .unknownModel(name) }
        return versions
    }
}
