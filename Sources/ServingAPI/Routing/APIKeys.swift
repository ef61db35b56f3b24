import Crypto
import HTTP1
import JSON
import Logging
import ModelStore
import Synchronization
import Training

/// The API keys of a server, read from a file with one key a line: a name, scopes, and the SHA-256 of the
/// key.
///
/// ```
/// # name   scopes       SHA-256 of the key, in hexadecimal
/// grafana  read,infer   9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
/// ```
///
/// The file is checked for changes at most once a second. If a changed file cannot be read or parsed, the
/// previous keys stay in force.
public final class APIKeys: Sendable {
    struct Key: Sendable {
        let name: String
        let scopes: Set<Scope>
        let digest: [UInt8]
    }

    private struct State {
        var keys: [Key]
        var stamp: FileStamp?
        var checkedAt: Int
    }

    private let path: String
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the file. Throws ``APIKeyError`` if the file cannot be read or a line is malformed.
    public init(path: String, logger: Logger) throws(APIKeyError) {
        self.path = path
        self.logger = logger
        let stamp = FileStamp(path)
        state = Mutex(State(keys: try Self.read(path), stamp: stamp, checkedAt: FileStamp.now()))
    }

    /// The header field that carries the key of clients of Azure's services, without a scheme.
    private static let subscriptionKeyField = "Ocp-Apim-Subscription-Key"

    /// Checks the request's key (RFC 6750, 2.1 and 3).
    /// - Parameter scope: the scope that the key must have; nil accepts every known key.
    /// - Returns: the key's name.
    /// - Throws: 401 for a missing or unknown key, 403 for a key without the scope.
    @discardableResult
    func check(_ fields: HeaderFields, for scope: Scope?) throws(Problem) -> String {
        guard let key = find(try secret(fields)) else { throw .unknownKey() }
        if let scope, !key.scopes.contains(scope) { throw .missingScope(scope, of: key.name) }
        return key.name
    }

    /// The key of a request, which must have exactly one.
    private func secret(_ fields: HeaderFields) throws(Problem) -> String {
        let values = fields.values(of: "Authorization")
        let bare = fields.values(of: Self.subscriptionKeyField)
        guard values.count + bare.count == 1 else { throw .noKey() }
        if let key = bare.first { return key }
        // auth-scheme 1*SP token68 (RFC 9110, 11.4)
        let parts = values[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .noKey() }
        return String(parts[1].drop { $0 == " " })
    }

    /// Compares all bytes of all digests, so that the time it takes reveals nothing about the keys.
    private func find(_ secret: String) -> Key? {
        let digest = SHA256.hash(data: Array(secret.utf8))
        var found: Key?
        for key in current() where digest == key.digest { found = key }
        return found
    }

    private func current() -> [Key] {
        let now = FileStamp.now()
        return state.withLock { state in
            guard now != state.checkedAt else { return state.keys }
            state.checkedAt = now
            let stamp = FileStamp(path)
            guard stamp != state.stamp else { return state.keys }
            state.stamp = stamp
            do throws(APIKeyError) {
                state.keys = try Self.read(path)
                logger.info("reloaded the API keys", metadata: ["keys": "\(state.keys.count)"])
            } catch {
                logger.error(
                    "cannot reload the API keys; the previous ones stay in force",
                    metadata: ["reason": "\(error)"])
            }
            return state.keys
        }
    }

    // MARK: The file

    private static func read(_ path: String) throws(APIKeyError) -> [Key] {
        guard let text = FileStamp.text(of: path) else {
            throw APIKeyError("cannot read the file of API keys \(path)")
        }
        return try parse(text)
    }

    static func parse(_ text: String) throws(APIKeyError) -> [Key] {
        var keys: [Key] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let parts = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            guard !parts.isEmpty else { continue }
            func malformed(_ what: String) -> APIKeyError {
                APIKeyError("line \(index + 1) of the API keys: \(what)")
            }
            guard parts.count == 3 else {
                throw malformed("it must be a name, scopes and a SHA-256, separated by blanks")
            }
            guard ModelName.isValid(parts[0]) else { throw malformed("a name is \(ModelName.rule)") }
            guard !keys.contains(where: { $0.name == parts[0] }) else {
                throw malformed("the name occurs twice in the file")
            }
            let scopes = parts[1].split(separator: ",").compactMap { Scope(rawValue: String($0)) }
            guard !scopes.isEmpty, scopes.map(\.rawValue).joined(separator: ",") == parts[1] else {
                throw malformed(
                    "scopes are \(Scope.allCases.map(\.rawValue).joined(separator: ", ")), separated "
                        + "by commas"
                )
            }
            guard let digest = bytes(parts[2]), digest.count == SHA256.byteCount else {
                throw malformed("a SHA-256 has 64 hexadecimal digits")
            }
            keys.append(Key(name: parts[0], scopes: Set(scopes), digest: digest))
        }
        return keys
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, text.utf8.count == text.count, digits.count.isMultiple(of: 2) else {
            return nil
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// Makes a key of 256 random bits, and the line for the file of keys. The key itself is not stored.
    ///
    /// Throws ``APIKeyError`` for an invalid name.
    public static func make(name: String, scopes: [Scope]) throws(APIKeyError) -> (key: String, line: String)
    {
        guard ModelName.isValid(name) else { throw APIKeyError("a name is \(ModelName.rule)") }
        let key = "rk_" + SymmetricKey(size: .bits256).withUnsafeBytes(hexadecimal)
        let digest = hexadecimal(SHA256.hash(data: Array(key.utf8)))
        let all = Scope.allCases.filter(scopes.contains).map(\.rawValue).joined(separator: ",")
        return (key, "\(name) \(all) \(digest)")
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Problem {
    private static let challenge = "Bearer realm=\"reprise\""

    static func noKey() -> Problem {
        .unauthorized("this server requires an API key: send one as Authorization: Bearer KEY", challenge)
    }

    static func unknownKey() -> Problem {
        .unauthorized(
            "the API key is unknown", challenge + ", error=\"invalid_token\"")
    }

    static func missingScope(_ scope: Scope, of name: String) -> Problem {
        .forbidden(
            "the API key \(Quote.text(name)) lacks the scope \(scope.rawValue)",
            challenge + ", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\"")
    }
}
