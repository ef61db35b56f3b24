import JSON
import ModelStore

extension FieldReader {
    /// Reads `model`, a name that is valid in paths, file names and logs.
    /// - Throws: 422 for an invalid name, 403 if the key may not use the model.
    mutating func model(for call: Call) throws(Problem) -> PermittedModel {
        let name = try read { (body) throws(JSONError) in
            let name = try body.requiredString("model")
            guard ModelName.isValid(name) else {
                throw body.error("model", "is \(Quote.text(name)); a name is \(ModelName.rule)")
            }
            return name
        }
        return try call.permission.model(name)
    }

    /// Reads `model` and `version`; without `version`, the latest.
    /// - Throws: 422 for invalid members, 403 if the key may not use the model.
    mutating func modelReference(
        for call: Call
    ) throws(Problem) -> (model: PermittedModel, version: VersionReference) {
        let model = try model(for: call)
        return (model, try read { (body) throws(JSONError) in try body.version() ?? .latest })
    }

    /// Reads a version: a number, an alias, or `latest`.
    mutating func version(_ member: String = "version") throws(JSONError) -> VersionReference? {
        if case .string(let text) = value(member) {
            guard let reference = VersionReference(text) else {
                throw error(member, "is \(Quote.text(text)); it must be \(VersionReference.rule)")
            }
            return reference
        }
        return try int(member, in: 1...Int.max).map { .number($0) }
    }
}
