import Crypto
import Dispatch
import HTTP1
import Logging
import ModelStore
import Synchronization

/// The API keys of a server, from a file that is looked at once a second, on a queue of its own.
///
/// Requests use the keys of the last look and never touch the disk. A file that cannot be read, or has a
/// malformed line, leaves the previous keys in force. A file that is deleted or emptied revokes all keys.
public final class APIKeys: Sendable {
    /// Seconds between two looks at the file.
    private static let interval = 1.0
    /// Seconds for which a file must be missing or empty before it revokes all keys: a file that is being
    /// replaced or rewritten may be so for a moment.
    private static let revocationDelay = 0.5

    /// The last look at the file.
    private struct Look {
        /// The state of the file that the keys are from; nil if there is none.
        var stamp: FileStamp?
        /// The last error that was logged, so that it is logged once; nil if there was none.
        var error: String?
        /// The time since when the file has had no keys although the server has some.
        var isWithoutKeysSince: Double?
    }

    private let path: String
    private let logger: Logger
    private let clock: AccessClock
    private let rates = RequestRates()
    private let keys: Mutex<[APIKey]>
    /// Locked while the file is read; requests do not use it.
    private let look: Mutex<Look>
    private let queue = DispatchQueue(label: "reprise.keys")

    /// Reads the file.
    /// - Throws: ``APIKeyError`` if the file cannot be read or a line is malformed.
    public convenience init(path: String, logger: Logger) throws(APIKeyError) {
        try self.init(path: path, logger: logger, clock: .system)
    }

    package init(path: String, logger: Logger, clock: AccessClock) throws(APIKeyError) {
        let file = try KeyFile(path)
        let keys = try APIKey.all(in: file.text())
        self.path = path
        self.logger = logger
        self.clock = clock
        self.keys = Mutex(keys)
        look = Mutex(Look(stamp: file.stamp))
        warn(of: file, keys)
    }

    // MARK: Requests

    /// The key of a request (RFC 6750, 2.1 and 3).
    /// - Throws: 401 for a missing, unknown or expired key, 429 beyond the key's rate.
    func key(of fields: HeaderFields) throws(Problem) -> APIKey {
        let digest = SHA256.hash(data: Array(try secret(fields).utf8))
        var found: APIKey?
        // Compares all bytes of all digests, so that the time it takes reveals nothing about the keys.
        for key in keys.withLock({ $0 }) where digest == key.digest { found = key }
        guard let found else { throw .unknownKey() }
        guard !found.isExpired(at: clock.now()) else { throw .expiredKey(found) }
        if let seconds = rates.take(found, at: clock.uptime()) { throw .tooManyRequests(found, seconds) }
        return found
    }

    /// A key as the file has it now; nil if it has been revoked or has expired. Its name and what it allows
    /// may have changed.
    func current(_ key: APIKey) -> APIKey? {
        let found = keys.withLock { $0 }.first { $0.digest == key.digest }
        return found.flatMap { $0.isExpired(at: clock.now()) ? nil : $0 }
    }

    /// The header field that carries the key of clients of Azure's services, without a scheme.
    static let subscriptionKeyField = "Ocp-Apim-Subscription-Key"

    /// The secret of a request, which must have exactly one, and not an empty one.
    private func secret(_ fields: HeaderFields) throws(Problem) -> String {
        let values = fields.values(of: "Authorization")
        let bare = fields.values(of: Self.subscriptionKeyField)
        let count = values.count + bare.count
        guard count <= 1 else { throw .severalKeys(count) }
        var secret = bare.first
        if let value = values.first {
            let scheme = value.prefix { $0 != " " }
            guard scheme.lowercased() == "bearer" else { throw .noKey() }
            secret = String(value.dropFirst(scheme.count).drop { $0 == " " })
        }
        guard let secret, !secret.isEmpty else { throw .noKey() }
        return secret
    }

    // MARK: The file

    /// Looks at the file once a second from now on, until this object is released.
    public func startWatching() {
        queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in
            guard let self else { return }
            check()
            startWatching()
        }
    }

    /// Reads the file at once, even if it has not changed; one that is missing or has no keys revokes all
    /// keys without delay. Returns without waiting for it.
    public func reload() { queue.async { self.check(isForced: true) } }

    /// Looks at the file, and reads it if it has changed.
    /// - Parameter isForced: whether to read it in any case, to revoke the keys of a missing or empty file
    ///   without delay, and to log each error.
    package func check(isForced: Bool = false) {
        look.withLock { look in
            do throws(APIKeyError) {
                let file = try KeyFile(path)
                guard isForced || file.stamp != look.stamp else {
                    look = Look(stamp: look.stamp)
                    return
                }
                let keys = try APIKey.all(in: file.text())
                if keys.isEmpty, !isForced, !isRevoking(&look) { return }
                look = Look(stamp: file.stamp)
                replace(with: keys)
                logger.info("reloaded the API keys", metadata: ["keys": "\(keys.count)"])
                warn(of: file, keys)
            } catch {
                if error.kind == .missing {
                    guard isForced || isRevoking(&look) else { return }
                    look.stamp = nil
                    replace(with: [])
                } else {
                    look.isWithoutKeysSince = nil
                }
                guard isForced || look.error != error.description else { return }
                look.error = error.description
                logger.error(
                    error.kind == .missing
                        ? "the file of API keys was deleted; all keys are revoked"
                        : "cannot reload the API keys; the previous ones stay in force",
                    metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Whether a file without keys revokes those that the server has: not at the first look.
    private func isRevoking(_ look: inout Look) -> Bool {
        guard !keys.withLock(\.isEmpty) else { return true }
        let now = clock.uptime()
        guard let since = look.isWithoutKeysSince else {
            look.isWithoutKeysSince = now
            return false
        }
        return now - since >= Self.revocationDelay
    }

    private func replace(with keys: [APIKey]) {
        self.keys.withLock { $0 = keys }
        rates.keep(Set(keys.map(\.name)))
    }

    private func warn(of file: KeyFile, _ keys: [APIKey]) {
        if keys.isEmpty {
            logger.warning(
                "the file of API keys has no keys; every request that needs one gets 401",
                metadata: ["file": "\(path)"])
        }
        if file.isWritableByOthers {
            logger.warning(
                "users other than its owner can write the file of API keys; run chmod go-w",
                metadata: ["file": "\(path)"])
        }
    }
}
