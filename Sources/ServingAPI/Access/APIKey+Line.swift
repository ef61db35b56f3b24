import Crypto
import DataFormats
import ModelStore

/// The grammar of a file of API keys: a key a line, with comments from `#` to the end of a line.
///
/// ```
/// # name   scopes              SHA-256 of the key, in hexadecimal       optional limits
/// grafana  read                9f86d081884c7d659a2feaa0c55ad015…        rate=50/s
/// line-3   infer,train:pump-*  3a6eb0790f39ac87c94f3856b2dd2c5d…        expires=2027-01-31 trainings=2
/// ```
extension APIKey {
    /// An option after the digest.
    enum Option: String, CaseIterable {
        case expires, rate, trainings

        /// The form of the option's value, for messages.
        var rule: String {
            switch self {
            case .expires: "expires=2027-01-31 (from 00:00 UTC) or expires=2027-01-31T12:00:00Z"
            case .rate: "rate=50/s, a number of requests per second from 0.001 to 1000000"
            case .trainings: "trainings=2, a number from 0 to 1000000"
            }
        }
    }

    /// Reads the text of a file.
    /// - Throws: ``APIKeyError`` with the number of the first line that is malformed.
    static func all(in text: String) throws(APIKeyError) -> [APIKey] {
        var keys: [APIKey] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = words(of: line)
            guard !words.isEmpty else { continue }
            do throws(APIKeyError) {
                let key = try APIKey(words)
                for other in keys {
                    guard other.name != key.name else {
                        throw APIKeyError("the name occurs twice in the file")
                    }
                    guard other.digest != key.digest else {
                        throw APIKeyError("the SHA-256 is that of the key \(other.name) too; make a new key")
                    }
                }
                keys.append(key)
            } catch {
                throw APIKeyError("line \(index + 1) of the API keys: \(error)")
            }
        }
        return keys
    }

    /// The words of a line without its comment. The first is the name of a key.
    static func words(of line: Substring) -> [String] {
        line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Reads the words of a line.
    /// - Throws: ``APIKeyError``, which repeats no word, because a word may be a key.
    init(_ words: [String]) throws(APIKeyError) {
        guard words.count >= 3 else {
            throw APIKeyError(
                "it must be a name, scopes and a SHA-256, separated by blanks; "
                    + "\(Option.allCases.map { "\($0)=" }.joined(separator: ", ")) may follow")
        }
        guard ModelName.isValid(words[0]) else { throw APIKeyError("a name is \(ModelName.rule)") }
        let scopes = words[1].split(separator: ",", omittingEmptySubsequences: false)
        let grants = scopes.compactMap { Grant(String($0)) }
        guard !grants.isEmpty, grants.count == scopes.count else {
            throw APIKeyError("scopes are \(Grant.rule), separated by commas")
        }
        guard let digest = Self.bytes(words[2]), digest.count == SHA256.byteCount else {
            throw APIKeyError("a SHA-256 has 64 hexadecimal digits")
        }
        guard Array(SHA256.hash(data: [UInt8]())) != digest else {
            throw APIKeyError(
                "the SHA-256 is that of an empty key, which is refused; make a key with reprise keys new")
        }
        let options = try Self.options(words[3...])
        self.init(
            name: words[0], grants: grants, digest: digest,
            expiry: try options[.expires].map { (text) throws(APIKeyError) in
                guard let time = UTCTime(text) else { throw APIKeyError("expected \(Option.expires.rule)") }
                return time
            },
            maxRequestRate: try options[.rate].map { (text) throws(APIKeyError) in
                guard text.hasSuffix("/s"), let rate = Double(text.dropLast(2)), (0.001...1e6).contains(rate)
                else { throw APIKeyError("expected \(Option.rate.rule)") }
                return rate
            },
            maxTrainings: try options[.trainings].map { (text) throws(APIKeyError) in
                guard let count = Int(text), (0...1_000_000).contains(count) else {
                    throw APIKeyError("expected \(Option.trainings.rule)")
                }
                return count
            })
    }

    private static func options(_ words: ArraySlice<String>) throws(APIKeyError) -> [Option: String] {
        var options: [Option: String] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let option = Option(rawValue: String(parts[0])) else {
                throw APIKeyError(
                    "after the SHA-256 may follow \(Option.allCases.map(\.rule).joined(separator: "; "))")
            }
            guard options.updateValue(String(parts[1]), forKey: option) == nil else {
                throw APIKeyError("\(option)= occurs twice")
            }
        }
        return options
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, text.utf8.count == text.count, digits.count.isMultiple(of: 2) else {
            return nil
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
