import CSimdJSON

/// Reads JSON bodies (RFC 8259): strictly, within limits, and large arrays of numbers directly into floats.
package enum JSONReader {
    /// Maximum nesting depth of arrays and objects.
    package static let maxDepth = 32

    /// Maximum number of values in a body, including members of objects and elements of arrays. A tensor
    /// counts as one.
    package static let maxNodes = 100_000

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: UTF-8, with or without a byte order mark. The body is copied unless its array has capacity
    ///     for 64 more bytes: the reader loads bytes after the last one, whose values do not matter.
    ///   - tensors: names of the members of the outermost object whose values are nested arrays of numbers, 1
    ///     to 4 levels deep, to be read into a ``Tensor``. `null` stays ``JSONValue/null``. A deeper member
    ///     is named by its path, in which `*` matches every element of an array: `inputs/*/data`.
    /// - Returns: the value, of any type.
    /// - Throws: ``JSONError/Kind/malformed`` if the body is not JSON; ``JSONError/Kind/invalid`` if a member
    ///   occurs twice, a number is out of range, the nesting is too deep, there are too many values, or a
    ///   tensor is ragged, empty or has elements that are not numbers. The first error in reading order is
    ///   thrown.
    package static func parse(
        _ body: [UInt8], tensors: Set<String> = []
    ) throws(JSONError) -> JSONValue {
        let padding = Int(csimdjson_padding)
        if body.capacity - body.count >= padding {
            return try parse(padded: body, count: body.count, tensors: tensors)
        }
        var padded: [UInt8] = []
        padded.reserveCapacity(body.count + padding)
        padded += body
        return try parse(padded: padded, count: body.count, tensors: tensors)
    }

    private static func parse(
        padded: [UInt8], count: Int, tensors: Set<String>
    ) throws(JSONError) -> JSONValue {
        // RFC 8259, 8.1 lets a reader ignore a byte order mark.
        let mark = padded.first == 0xEF && padded.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let count = count - mark
        return try padded.withUnsafeBufferPointer { (padded) throws(JSONError) -> JSONValue in
            let bytes = UnsafeBufferPointer(rebasing: padded[mark...])
            return try SimdJSONParserPool.withParser { (parser) throws(JSONError) -> JSONValue in
                guard let parser, let start = bytes.baseAddress else { throw MalformedJSON.empty }
                let capacity = max(count, SimdJSONParserPool.minCapacity).roundedUpToPowerOfTwo(
                    below: SimdJSONParserPool.maxIdleCapacity)
                let status = csimdjson_start(parser.handle, start, count, capacity)
                guard status == .ok else { throw MalformedJSON.error(status, in: bytes) }
                var builder = JSONTreeBuilder(parser: parser.handle, body: bytes, tensors: tensors)
                return try builder.document()
            }
        }
    }
}

extension Int {
    /// Returns the next power of two; returns `self` if it is greater than `limit`, because such a parser is
    /// not kept.
    fileprivate func roundedUpToPowerOfTwo(below limit: Int) -> Int {
        guard self > 1, self <= limit else { return self }
        return 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
