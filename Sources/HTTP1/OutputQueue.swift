/// The bytes that wait to be sent, in order.
///
/// Small pieces are gathered in one buffer, so that several answers leave in one call; large ones are kept
/// as they are and never copied.
package struct OutputQueue {
    private static let largePiece = 16 * 1024
    private static let keptCapacity = 2 * 1024

    /// Complete buffers, the first of which is partly sent.
    private var buffers: [[UInt8]] = []
    private var firstBuffer = 0
    private var sent = 0
    private var tail: [UInt8] = []

    /// How many bytes wait.
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Adds a piece; a large one is moved, not copied.
    package mutating func append(_ bytes: [UInt8]) {
        if bytes.count < Self.largePiece {
            tail.append(contentsOf: bytes)
        } else {
            closeTail()
            buffers.append(bytes)
        }
        count += bytes.count
    }

    /// Adds what `body` writes.
    @inline(__always)
    mutating func write(_ body: (inout [UInt8]) -> Void) {
        let before = tail.count
        body(&tail)
        count += tail.count - before
    }

    private mutating func closeTail() {
        guard !tail.isEmpty else { return }
        buffers.append(tail)
        tail = []
    }

    /// Offers the bytes, the first two buffers at a time, to `send`, which says how many it took or `nil` for
    /// none. Returns whether all are gone.
    package mutating func drain<Failure: Error>(
        _ send: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(Failure) -> Int?
    ) throws(Failure) -> Bool {
        while count > 0 {
            let first = buffer(at: firstBuffer)
            let second = firstBuffer < buffers.count ? buffer(at: firstBuffer + 1) : []
            let taken = try first.withBytes { (first) throws(Failure) in
                try second.withBytes { (second) throws(Failure) in
                    try send(first.part(sent, first.count), second)
                }
            }
            guard let taken else { return false }
            consume(taken)
        }
        return true
    }

    private func buffer(at index: Int) -> [UInt8] { index < buffers.count ? buffers[index] : tail }

    private mutating func consume(_ taken: Int) {
        count -= taken
        sent += taken
        while firstBuffer < buffers.count, sent >= buffers[firstBuffer].count {
            sent -= buffers[firstBuffer].count
            buffers[firstBuffer] = []
            firstBuffer += 1
        }
        if firstBuffer == buffers.count {
            if firstBuffer > 0 { buffers.removeAll() }
            firstBuffer = 0
        }
        if count == 0 {
            sent = 0
            tail.removeAll(keepingCapacity: tail.capacity <= Self.keptCapacity)
        }
    }
}

extension [UInt8] {
    @inline(__always)
    fileprivate func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { (buffer) throws(Failure) in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }
}
