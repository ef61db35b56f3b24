import JSON
import ModelFormats

/// Reads the metadata of a model's file, and collects what this release does not know of them.
///
/// A file says in `requires` what its readers must understand. So a file with `requires` may have entries and
/// members with unknown names, which are ignored and kept. A file without `requires` was not written by a
/// server: there an unknown member is an error, because it is most likely misspelt.
struct MetadataReader {
    /// The names that `requires` may have: the properties of files that this release understands.
    /// docs/operations.md lists the releases that read each of them.
    static let features: Set<String> = [
        "baseline", "difference", "level_spread", "resampling", "robust", "subtracted",
    ]

    /// What this release does not know, as far as the metadata have been read.
    private(set) var unknown: UnknownMetadata
    private let header: SafeTensorsHeader
    private let ignoresUnknownMembers: Bool

    /// - Throws: ``ModelFileError`` if the file requires something that this release does not know, or
    ///   `requires` is not an array of strings.
    init(_ header: SafeTensorsHeader) throws(ModelFileError) {
        self.header = header
        ignoresUnknownMembers = header["requires"] != nil
        unknown = UnknownMetadata(entries: header.metadata.filter { !ModelMetadata.names.contains($0.name) })
        for name in try required() where !Self.features.contains(name) {
            throw ModelFileError(
                "metadata /requires: the file requires \(Quote.text(name)), which \(Software.name) does not "
                    + "know",
                isNewer: true)
        }
    }

    private func required() throws(ModelFileError) -> [String] {
        guard let text = header["requires"] else { return [] }
        let wanted = "it must be a JSON array of strings"
        let value: JSONValue
        do throws(JSONError) { value = try JSONReader.parse(Array(text.utf8)) } catch {
            throw ModelFileError("metadata /requires: \(error.detail)")
        }
        guard case .array(let elements) = value else {
            throw ModelFileError("metadata /requires: the value is \(value.kindName); \(wanted)")
        }
        var names: [String] = []
        for element in elements {
            guard case .string(let name) = element else {
                throw ModelFileError("metadata /requires: an element is \(element.kindName); \(wanted)")
            }
            names.append(name)
        }
        return names
    }

    /// The entry with a name; nil if there is none.
    subscript(name: String) -> String? { header[name] }

    /// Reads an entry that is a JSON object.
    /// - Returns: nil if the metadata have no such entry.
    /// - Throws: ``ModelFileError`` if `read` throws, or if the document has members that `read` does not ask
    ///   for and that may not be ignored.
    mutating func document<Value>(
        _ name: String, tensors: Set<String> = [], _ read: (inout FieldReader) throws(JSONError) -> Value
    ) throws(ModelFileError) -> Value? {
        guard let text = header[name] else { return nil }
        do throws(JSONError) {
            let document = try JSONReader.parse(Array(text.utf8), tensors: tensors)
            do throws(JSONError) {
                return try Self.value(of: document, name, ignoringUnknown: false, read)
            } catch {
                guard ignoresUnknownMembers else { throw error }
                // If reading succeeds now, only unknown members were wrong.
                let value = try Self.value(of: document, name, ignoringUnknown: true, read)
                unknown.documents[name] = text
                return value
            }
        } catch {
            let place = error.pointer.flatMap { $0.isEmpty ? nil : $0 } ?? "/\(name)"
            throw ModelFileError("metadata \(place): \(error.detail)")
        }
    }

    private static func value<Value>(
        of document: JSONValue, _ name: String, ignoringUnknown: Bool,
        _ read: (inout FieldReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        var json = try FieldReader(document, at: "/\(name)", ignoringUnknown: ignoringUnknown)
        let value = try read(&json)
        try json.rejectUnknown()
        return value
    }
}
