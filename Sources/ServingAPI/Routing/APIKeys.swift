import Crypto
import HTTP1
import JSON
import Logging
import ModelStore
import Synchronization
import Training

/// What a key may be used for.
public enum Scope: String, CaseIterable, Sendable {
    /// Look at models, summaries and the description of the API.
    case read
    /// Reconstruct and encode.
    case infer
    /// Train.
    case train
    /// Delete.
    case admin
}

/// The keys that open a server, as a file lists them: a line each, with a name, scopes and the SHA-256 of the key.
///
/// ```
/// # name   scopes       SHA-256 of the key, in hexadecimal
/// grafana  read,infer   9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
/// ```
///
/// The file is looked at again when it may have changed; one that can't be read or understood then changes nothing.
public final class APIKeys: Sendable {
    struct Key: Sendable {
        let name: String
        let scopes: Set<Scope>
        let digest: [UInt8]
    }

    private struct State {
        var keys: [Key]
        var stamp: FileStamp?
        var lookedAt: Int
    }

    private let path: String
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the file. Throws ``APIKeyError`` when there is none or a line isn't right.
    public init(path: String, logger: Logger) throws(APIKeyError) {
        self.path = path
        self.logger = logger
        let stamp = FileStamp(path)
        state = Mutex(State(keys: try Self.read(path), stamp: stamp, lookedAt: FileStamp.now()))
    }

    /// The field in which clients of Azure's services send their key, without a scheme.
    private static let subscriptionKey = "Ocp-Apim-Subscription-Key"

    /// Whether the request brings a key with that scope, or with any if it is nil (RFC 6750, 2.1 and 3).
    /// - Returns: the key's name.
    @discardableResult
    func check(_ fields: HeaderFields, for scope: Scope?) throws(Problem) -> String {
        guard let key = find(try secret(fields)) else { throw .unknownKey() }
        if let scope, !key.scopes.contains(scope) { throw .missingScope(scope, of: key.name) }
        return key.name
    }

    /// The key that a request brings, which says it once.
    private func secret(_ fields: HeaderFields) throws(Problem) -> String {
        let values = fields.values(of: "Authorization")
        let bare = fields.values(of: Self.subscriptionKey)
        guard values.count + bare.count == 1 else { throw .noKey() }
        if let key = bare.first { return key }
        let parts = values[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .noKey() }
        return String(parts[1])
    }

    /// Every digest is compared, and all of its bytes: how long that takes says nothing of how near a guess is.
    private func find(_ secret: String) -> Key? {
        let digest = SHA256.hash(data: Array(secret.utf8))
        var found: Key?
        for key in current() where digest == key.digest { found = key }
        return found
    }

    private func current() -> [Key] {
        let now = FileStamp.now()
        return state.withLock { state in
            guard now != state.lookedAt else { return state.keys }
            state.lookedAt = now
            let stamp = FileStamp(path)
            guard stamp != state.stamp else { return state.keys }
            state.stamp = stamp
            do throws(APIKeyError) {
                state.keys = try Self.read(path)
                logger.info("read the API keys", metadata: ["keys": "\(state.keys.count)"])
            } catch {
                logger.error("the API keys stay as they were", metadata: ["reason": "\(error)"])
            }
            return state.keys
        }
    }

    // MARK: The file

    private static func read(_ path: String) throws(APIKeyError) -> [Key] {
        guard let text = FileStamp.text(of: path) else {
            throw APIKeyError("can't read the API keys in \(path)")
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
            func wrong(_ what: String) -> APIKeyError {
                APIKeyError("line \(index + 1) of the API keys: \(what)")
            }
            guard parts.count == 3 else {
                throw wrong("a line is a name, scopes and a SHA-256, with blanks between them")
            }
            guard ModelName.isValid(parts[0]) else { throw wrong("a name is \(ModelName.rule)") }
            guard !keys.contains(where: { $0.name == parts[0] }) else {
                throw wrong("a name that was there before")
            }
            let scopes = parts[1].split(separator: ",").compactMap { Scope(rawValue: String($0)) }
            guard !scopes.isEmpty, scopes.map(\.rawValue).joined(separator: ",") == parts[1] else {
                throw wrong(
                    "scopes are \(Scope.allCases.map(\.rawValue).joined(separator: ", ")), with commas")
            }
            guard let digest = bytes(parts[2]), digest.count == SHA256.byteCount else {
                throw wrong("a SHA-256 has 64 hexadecimal digits")
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

    /// A new key of 256 random bits, and the line that lets it in. The key itself is kept nowhere.
    ///
    /// Throws ``APIKeyError`` for a name that can't be one.
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

/// What is wrong with a file of keys.
public struct APIKeyError: Error, CustomStringConvertible, Sendable {
    /// With the line, where there is one. No secret is in it.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension Problem {
    private static let challenge = "Bearer realm=\"reprise\""

    static func noKey() -> Problem {
        .unauthorized("this server asks for a key: send Authorization: Bearer KEY", challenge)
    }

    static func unknownKey() -> Problem {
        .unauthorized(
            "this server does not know the key that was sent", challenge + ", error=\"invalid_token\"")
    }

    static func missingScope(_ scope: Scope, of name: String) -> Problem {
        .forbidden(
            "the key \(Quote.text(name)) lacks the scope \(scope.rawValue)",
            challenge + ", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\"")
    }
}
