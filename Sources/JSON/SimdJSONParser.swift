import CSimdJSON
import Synchronization

/// simdjson's parser, which owns the index of the body it reads.
///
/// Only ever used by one thread at a time, which the pool sees to: it hands a parser to one caller and does not
/// know it any more until the caller gives it back. That makes it safe to pass between threads.
struct SimdJSONParser: @unchecked Sendable {
    let handle: OpaquePointer

    /// The longest body that its index has room for.
    var capacity: Int { csimdjson_capacity(handle) }

    init?() {
        guard let handle = csimdjson_create() else { return nil }
        self.handle = handle
    }
}

/// Parsers that are at rest, so that a small request does not pay for an index of its own.
enum SimdJSONParserPool {
    /// Bytes of body that all parsers at rest together have an index for. That is at most 6 times as much
    /// memory, of which only what bodies have used is ever touched. A parser that would exceed it is freed.
    static let capacityKept = 16 << 20

    /// Every parser starts at this capacity, so that requests of different sizes do not make it grow each time.
    static let smallest = 1 << 16

    /// More than this many at rest would mean that as many threads once read JSON at the same instant.
    static let mostKept = 16

    private static let resting = Mutex<[SimdJSONParser]>([])

    /// Lends a parser to `body`, nil when there is no memory for one.
    static func withParser<Result, Failure: Error>(
        _ body: (SimdJSONParser?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let parser = resting.withLock({ $0.popLast() }) ?? SimdJSONParser() else {
            return try body(nil)
        }
        defer { giveBack(parser) }
        return try body(parser)
    }

    private static func giveBack(_ parser: SimdJSONParser) {
        let isKept = resting.withLock { resting in
            let capacity = resting.reduce(parser.capacity) { $0 + $1.capacity }
            guard resting.count < mostKept, capacity <= capacityKept else { return false }
            resting.append(parser)
            return true
        }
        if !isKept {
            csimdjson_destroy(parser.handle)
        }
    }
}
