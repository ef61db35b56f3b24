/// What the metadata of a model's file have that this release does not know, for example because a newer
/// release has written them. It is kept verbatim when the model is stored again.
public struct UnknownMetadata: Sendable {
    /// The maximum size of the unknown entries of an uploaded file, in bytes, so that the header of the
    /// stored file stays below its limit.
    static let maxEntryBytes = 1 << 20

    /// The entries with unknown names, in the order of the file.
    var entries: [(name: String, value: String)]
    /// The texts of the documents that have unknown members, by name.
    var documents: [String: String] = [:]

    init(entries: [(name: String, value: String)] = []) { self.entries = entries }

    /// Nothing.
    package static let none = UnknownMetadata()

    /// What a model that is trained further keeps: the entries, and the documents whose known members it
    /// inherits.
    package var inherited: UnknownMetadata {
        var inherited = self
        inherited.documents = documents.filter { ["architecture", "scaling"].contains($0.key) }
        return inherited
    }

    /// What a version keeps of which known members of some documents are replaced: all but these documents.
    package func replacing(_ names: [String]) -> UnknownMetadata {
        var kept = self
        for name in names { kept.documents[name] = nil }
        return kept
    }

    /// The size of the unknown entries, in bytes.
    var entryBytes: Int { entries.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } }

    /// The memory that it takes, in bytes.
    var byteCount: Int { documents.reduce(entryBytes) { $0 + $1.value.utf8.count } }

    /// The entries of a file with known metadata: documents with unknown members replace the known ones, and
    /// unknown entries follow.
    func merged(with known: [(name: String, value: String)]) -> [(name: String, value: String)] {
        known.map { ($0.name, documents[$0.name] ?? $0.value) } + entries
    }
}
