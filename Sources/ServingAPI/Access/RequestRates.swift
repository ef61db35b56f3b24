import Synchronization

/// The requests of each key that has a maximum rate, counted on this server only.
final class RequestRates: Sendable {
    private let buckets = Mutex<[String: TokenBucket]>([:])

    /// Counts a request of a key.
    /// - Parameter time: seconds on a monotonic clock.
    /// - Returns: nil if the request is within the key's rate, otherwise the seconds after which one will be.
    func take(_ key: APIKey, at time: Double) -> Double? {
        guard let rate = key.maxRequestRate else { return nil }
        return buckets.withLock { $0[key.name, default: TokenBucket(rate: rate)].take(rate: rate, at: time) }
    }

    /// Forgets all keys but those with these names.
    func keep(_ names: Set<String>) {
        buckets.withLock { buckets in buckets = buckets.filter { names.contains($0.key) } }
    }
}

/// A token bucket: tokens are added at a rate, each request takes one, and the bucket holds those of one
/// second, at least one.
struct TokenBucket: Sendable {
    private var tokens: Double
    private var time: Double?

    /// Creates a full bucket.
    init(rate: Double) { tokens = max(1, rate) }

    /// Takes a token.
    /// - Parameters:
    ///   - rate: tokens per second.
    ///   - now: seconds on a monotonic clock.
    /// - Returns: nil if there was one, otherwise the seconds until there is one.
    mutating func take(rate: Double, at now: Double) -> Double? {
        tokens = min(max(1, rate), tokens + rate * max(0, now - (time ?? now)))
        time = now
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return (1 - tokens) / rate
    }
}
