/// Texts in one buffer. It takes about a third of the memory of an array of strings.
public struct PackedTexts: Sendable, Equatable {
    /// The texts in UTF-8, one after another.
    private var bytes: [UInt8] = []
    /// The offset in `bytes` after each text.
    private var ends: [Int] = []

    /// Creates an empty collection.
    public init() {}

    /// Creates a collection of texts.
    public init(_ texts: some Sequence<String>) {
        for text in texts { append(text.utf8) }
    }

    /// Appends a text.
    /// - Parameter text: valid UTF-8.
    mutating func append(_ text: some Collection<UInt8>) {
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
    }

    /// Removes the last texts.
    mutating func removeLast(_ count: Int = 1) {
        ends.removeLast(count)
        bytes.removeLast(bytes.count - (ends.last ?? 0))
    }

    /// Calls a function with the bytes of a text.
    func withBytes<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range(index)])) }
    }

    private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }
}

extension PackedTexts: RandomAccessCollection {
    /// 0.
    public var startIndex: Int { 0 }
    /// The number of texts.
    public var endIndex: Int { ends.count }
    /// Returns a text.
    public subscript(index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }
}
