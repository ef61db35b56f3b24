/// An error in a file of API keys.
public struct APIKeyError: Error, CustomStringConvertible, Sendable {
    /// The error, with the line number if there is one. It contains no secret.
    public let description: String

    init(_ description: String) { self.description = description }
}
