import ModelFiles

/// A version whose file is intact and that this release does not understand: a newer release has written it.
public struct UnreadableVersion: Error, Equatable, Sendable {
    /// The model's name.
    public let name: String
    /// The number.
    public let number: Int
    /// What this release does not understand.
    public let reason: String
    /// The software that has written the file; nil if the file does not say.
    public let software: String?

    /// The maximum length of the software's name, in characters. It comes from the file.
    private static let maxSoftwareLength = 64

    init(_ key: RegistryState.Key, _ reason: ModelFileError, software: String?) {
        name = key.name
        number = key.version
        self.reason = reason.description
        self.software = software.map { String($0.prefix(Self.maxSoftwareLength)) }
    }
}

/// The reason that a version cannot be read.
public enum VersionError: Error, Equatable, Sendable {
    /// This release does not understand the version, or any version of the model.
    case unreadable(UnreadableVersion)
    /// The disk has failed.
    case disk(FileError)
}
