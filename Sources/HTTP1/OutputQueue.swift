/// The bytes to send, in order.
///
/// Small arrays are collected in one buffer, so that several responses are sent by one system call; large
/// ones are queued as they are, without a copy.
package struct OutputQueue {
    /// Minimum size of an array that is queued without a copy.
    private static let minSeparateBytes = 16 * 1024
    /// Maximum capacity that the buffer for small arrays keeps when it is empty.
    private static let maxRetainedCapacity = 2 * 1024

    /// Buffers that are complete. The one at `firstBuffer` may be partly sent.
    private var buffers: [[UInt8]] = []
    private var firstBuffer = 0
    private var sent = 0
    private var tail: [UInt8] = []

    /// The number of bytes that are not yet sent.
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Appends bytes. A large array is not copied.
    package mutating func append(_ bytes: [UInt8]) {
        if bytes.count < Self.minSeparateBytes {
            tail.append(contentsOf: bytes)
        } else {
            closeTail()
            buffers.append(bytes)
        }
        count += bytes.count
    }

    /// Appends the bytes that `body` appends to its argument.
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

    /// Passes the bytes to `send`, the first two buffers at a time, until it returns `nil` or nothing is
    /// left. Returns whether nothing is left.
    ///
    /// - Parameter send: returns how many bytes it has taken; `nil` if it cannot take any now.
    package mutating func drain<Failure: Error>(
        _ send: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(Failure) -> Int?
    ) throws(Failure) -> Bool {
        while count > 0 {
            let first = buffer(at: firstBuffer)
            let second = firstBuffer < buffers.count ? buffer(at: firstBuffer + 1) : []
            let taken = try first.withBytes { (first) throws(Failure) in
                try second.withBytes { (second) throws(Failure) in
                    try send(first.slice(sent, first.count), second)
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
            tail.removeAll(keepingCapacity: tail.capacity <= Self.maxRetainedCapacity)
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
