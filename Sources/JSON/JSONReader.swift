import CSimdJSON

/// Reads JSON bodies (RFC 8259): strictly, within limits, and large arrays of numbers straight into floats.
package enum JSONReader {
    /// Arrays and objects may be nested this deep.
    package static let maximumDepth = 32

    /// Values that a body may hold, members of objects and elements of arrays alike; a tensor counts as one.
    package static let maximumNodes = 100_000

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - body: UTF-8. It is not copied if its array has room for 64 more bytes: the reader looks, though
    ///     never relies on what it sees, a little further than the last byte.
    ///   - tensors: names of the members of the outermost object whose values are nested arrays of numbers, 1
    ///     to 4 levels deep, to be read into a ``Tensor``. `null` stays ``JSONValue/null``. A member further
    ///     inside is named by its path, in which `*` stands for every element of an array: `inputs/*/data`.
    /// - Returns: the value; whatever it is, it need not be an object.
    /// - Throws: ``JSONError/Kind/malformed`` for what is not JSON;
    ///   ``JSONError/Kind/invalid`` for JSON that is not acceptable: a member twice, a number that does not
    ///   fit, nesting too deep, too many values, a tensor that is ragged, empty, or of other things than
    ///   numbers. The first error in reading order is the one that is thrown.
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
        try padded.withUnsafeBufferPointer { (bytes) throws(JSONError) -> JSONValue in
            try SimdJSONParserPool.withParser { (parser) throws(JSONError) -> JSONValue in
                guard let parser, let start = bytes.baseAddress else { throw MalformedJSON.empty }
                let capacity = max(count, SimdJSONParserPool.smallest).roundedUpToPowerOfTwo(
                    below: SimdJSONParserPool.capacityKept)
                let status = csimdjson_start(parser.handle, start, count, capacity)
                guard status == .ok else { throw MalformedJSON.error(status, in: bytes) }
                var builder = JSONTreeBuilder(parser: parser.handle, body: bytes, tensors: tensors)
                return try builder.document()
            }
        }
    }
}

extension Int {
    /// The next power of two unless that is beyond `limit`: growing by doubling is for parsers that are kept.
    fileprivate func roundedUpToPowerOfTwo(below limit: Int) -> Int {
        guard self > 1, self <= limit else { return self }
        return 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount)
    }
}
