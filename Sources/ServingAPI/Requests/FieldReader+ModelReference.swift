import JSON
import ModelStore

extension FieldReader {
    /// Reads `model`, a name that is valid in paths, file names and logs.
    mutating func modelName() throws(JSONError) -> String {
        let name = try requiredString("model")
        guard ModelName.isValid(name) else {
            throw error("model", "is \(Quote.text(name)); a name is \(ModelName.rule)")
        }
        return name
    }

    /// Reads `model` and `version`; without `version`, the latest.
    mutating func modelReference() throws(Problem) -> (name: String, version: VersionReference) {
        try read { (body) throws(JSONError) in (try body.modelName(), try body.version() ?? .latest) }
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
