import Crypto
import DataFormats
import ModelFiles

/// An API key: its name, what it allows, and its limits. Of the key itself there is only the SHA-256 digest.
public struct APIKey: Sendable {
    /// The name, which messages use.
    public let name: String
    /// What the key allows.
    public let grants: [Grant]
    /// The SHA-256 digest of the key.
    let digest: [UInt8]
    /// The time from which the key is refused; nil for a key that does not expire.
    let expiry: UTCTime?
    /// The maximum number of requests per second; nil for no limit.
    public let maxRequestRate: Double?
    /// The maximum number of trainings that wait or run; nil for no limit but that of the server.
    public let maxTrainings: Int?

    init(
        name: String, grants: [Grant], digest: [UInt8], expiry: UTCTime?, maxRequestRate: Double?,
        maxTrainings: Int?
    ) {
        self.name = name
        self.grants = grants
        self.digest = digest
        self.expiry = expiry
        self.maxRequestRate = maxRequestRate
        self.maxTrainings = maxTrainings
    }

    /// The time from which the key is refused, in RFC 3339's format; nil for a key that does not expire.
    public var expires: String? { expiry?.description }

    /// The maximum rate as written in a file of keys, such as `50/s`; nil for no limit.
    public var rate: String? {
        maxRequestRate.map { $0 == $0.rounded() ? "\(Int($0))/s" : "\($0)/s" }
    }

    /// Whether the key has expired.
    public var isExpired: Bool { isExpired(at: AccessClock.system.now()) }

    func isExpired(at time: UTCTime) -> Bool { expiry.map { $0 <= time } ?? false }

    /// Whether the key has a scope, for at least some models.
    func has(_ scope: Scope) -> Bool { grants.contains { $0.scope == scope } }

    /// Whether the key has a scope for all models.
    func hasForAllModels(_ scope: Scope) -> Bool {
        grants.contains { $0.scope == scope && $0.isForAllModels }
    }

    /// Whether the key has a scope for a model.
    func allows(_ scope: Scope, model name: String) -> Bool {
        grants.contains { $0.scope == scope && $0.covers(model: name) }
    }

    /// Makes a key of 256 random bits, and the line for the file of keys. The key itself is not stored.
    /// - Parameters:
    ///   - expires: a date, which begins at 00:00 UTC, or a time in RFC 3339's format.
    ///   - rate: requests per second, such as `50/s`.
    ///   - trainings: the maximum number of trainings that wait or run.
    /// - Throws: ``APIKeyError`` for an argument that the file must not have, and for a time in the past.
    public static func make(
        name: String, grants: [Grant], expires: String? = nil, rate: String? = nil, trainings: String? = nil
    ) throws(APIKeyError) -> (key: String, line: String) {
        let key = "rk_" + SymmetricKey(size: .bits256).withUnsafeBytes(\.hexadecimal)
        let digest = SHA256.hash(data: Array(key.utf8)).hexadecimal
        let scopes = Scope.allCases.flatMap { scope in grants.filter { $0.scope == scope } }
        var words = [name, scopes.map(\.description).joined(separator: ","), digest]
        for (option, value) in [(Option.expires, expires), (.rate, rate), (.trainings, trainings)] {
            if let value { words.append("\(option.rawValue)=\(value)") }
        }
        // The line must be read back as it is meant, whatever the arguments are.
        guard words.allSatisfy({ !$0.contains { $0.isWhitespace || $0 == "#" } }) else {
            throw APIKeyError("a name, scope or limit must not contain blanks or #")
        }
        guard try !APIKey(words).isExpired else { throw APIKeyError("expires is in the past") }
        return (key, words.joined(separator: " "))
    }
}
