import Crypto
import ModelFiles

/// Identifies a request that a client may send more than once and that must be done once (the Idempotency-Key
/// header field).
public struct IdempotencyKey: Sendable {
    /// The client's key, with the client's name in front of it.
    public let value: String
    /// SHA-256 of the request, in hexadecimal.
    public let requestDigest: String

    /// Identifies a request.
    public init(value: String, requestDigest: String) {
        self.value = value
        self.requestDigest = requestDigest
    }

    /// SHA-256 of key and request, in hexadecimal: the `request` in the metadata of the version that the
    /// request makes. It reveals neither key nor request.
    public var fingerprint: String {
        SHA256.hash(data: Array("\(value)\n\(requestDigest)".utf8)).hexadecimal
    }
}
