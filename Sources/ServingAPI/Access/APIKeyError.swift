/// An error in a file of API keys.
public struct APIKeyError: Error, CustomStringConvertible, Sendable {
    /// The consequence for a server whose file has changed.
    enum Kind: Sendable {
        /// There is no file: all keys are revoked.
        case missing
        /// The file cannot be read or understood: the previous keys stay in force.
        case unusable
    }

    let kind: Kind
    /// The error, with the line number if there is one. It contains no secret.
    public let description: String

    init(_ description: String, _ kind: Kind = .unusable) {
        self.kind = kind
        self.description = description
    }
}
