import CSimdJSON
import Synchronization

/// A simdjson parser, which owns the index of the body that it reads.
///
/// Sendable because one thread uses a parser at a time: ``SimdJSONParserPool`` removes a parser from its list
/// while a caller uses it.
struct SimdJSONParser: @unchecked Sendable {
    let handle: OpaquePointer

    /// The longest body, in bytes, that the index has room for.
    var capacity: Int { csimdjson_capacity(handle) }

    init?() {
        guard let handle = csimdjson_create() else { return nil }
        self.handle = handle
    }
}

/// Idle parsers, kept so that a small request does not allocate an index.
enum SimdJSONParserPool {
    /// Maximum capacity of all idle parsers together, in bytes of body. An index takes up to 6 times its
    /// capacity, but only pages that bodies have used are resident. A parser that would exceed the maximum is
    /// freed.
    static let maxIdleCapacity = 16 << 20

    /// Initial capacity of a parser, so that requests of different sizes do not make it grow each time.
    static let minCapacity = 1 << 16

    /// Maximum number of idle parsers. There are only as many as threads that have read JSON at the same
    /// time.
    static let maxIdleParsers = 16

    private static let idle = Mutex<[SimdJSONParser]>([])

    /// Calls `body` with a parser, or with nil if there is no memory for one.
    static func withParser<Result, Failure: Error>(
        _ body: (SimdJSONParser?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let parser = idle.withLock({ $0.popLast() }) ?? SimdJSONParser() else {
            return try body(nil)
        }
        defer { recycle(parser) }
        return try body(parser)
    }

    private static func recycle(_ parser: SimdJSONParser) {
        let isKept = idle.withLock { idle in
            let capacity = idle.reduce(parser.capacity) { $0 + $1.capacity }
            guard idle.count < maxIdleParsers, capacity <= maxIdleCapacity else { return false }
            idle.append(parser)
            return true
        }
        if !isKept {
            csimdjson_destroy(parser.handle)
        }
    }
}
