/// Writes JSON (RFC 8259) directly as bytes, without intermediate strings.
///
///     var json = JSONWriter()
///     json.object {
///         $0.member("model", "toy")
///         $0.array("layers", of: layers) { json, layer in
///             json.object {
///                 $0.member("name", layer.name)
///                 $0.array("output_shape") { $0.null(); $0.value(3); $0.value(128) }
///             }
///         }
///         $0.member("errors", errors)
///         $0.tensor("reconstructions", values, shape: [n, t, f])
///     }
///     respond(json.bytes)
///
/// Commas are written automatically. The writer does not check that names are unique, or that each name is
/// followed by one value: the closure of ``object(_:)`` must write members, that of ``array(_:)`` values.
///
/// JSON has neither NaN nor Infinity, so a number that is not finite is written as `null`. `null` is also how
/// requests spell a missing value.
package struct JSONWriter: Sendable {
    /// The bytes written so far.
    package private(set) var bytes: [UInt8] = []

    /// Whether the next value or name follows an opening bracket or a name, and needs no comma.
    private var isFirst = true

    /// Creates a writer without content.
    /// - Parameter capacity: expected size in bytes; the buffer is not reallocated up to that size.
    package init(reservingCapacity capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    // MARK: Containers

    /// Writes `{…}` with the members that the closure writes.
    @inlinable
    package mutating func object<Failure: Error>(
        _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin(UInt8(ascii: "{"))
        try members(&self)
        end(UInt8(ascii: "}"))
    }

    /// Writes `[…]` with the values that the closure writes.
    @inlinable
    package mutating func array<Failure: Error>(
        _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin(UInt8(ascii: "["))
        try elements(&self)
        end(UInt8(ascii: "]"))
    }

    /// Writes a separator if one is needed, and an opening bracket.
    @usableFromInline
    mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        isFirst = true
    }

    /// Writes a closing bracket.
    @usableFromInline
    mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        isFirst = false
    }

    // MARK: Members

    /// Writes `"name":`. Exactly one value must follow.
    package mutating func name(_ name: String) {
        separate()
        write(string: name)
        bytes.append(UInt8(ascii: ":"))
        isFirst = true
    }

    /// Writes `"name":{…}`.
    @inlinable
    package mutating func object<Failure: Error>(
        _ name: String, _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        try object(members)
    }

    /// Writes `"name":[…]`.
    @inlinable
    package mutating func array<Failure: Error>(
        _ name: String, _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        try array(elements)
    }

    /// Writes `"name":[…]` with the value that the closure writes for each element, exactly one.
    @inlinable
    package mutating func array<Elements: Sequence, Failure: Error>(
        _ name: String, of elements: Elements,
        _ write: (inout JSONWriter, Elements.Element) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        begin(UInt8(ascii: "["))
        for element in elements {
            try write(&self, element)
        }
        end(UInt8(ascii: "]"))
    }

    // MARK: For extensions in other files

    /// Writes a comma if a value or member precedes.
    mutating func separate() {
        if !isFirst {
            bytes.append(UInt8(ascii: ","))
        }
        isFirst = false
    }

    /// Appends bytes of JSON unchanged.
    mutating func append(_ json: some Collection<UInt8>) {
        bytes.append(contentsOf: json)
    }

    /// Appends one byte.
    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends the bytes that a closure writes into a buffer of `maxCount` bytes.
    /// - Parameter body: returns the number of bytes written.
    mutating func append(atMost maxCount: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        bytes.append(addingCapacity: maxCount) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                initialized += body(UnsafeMutableBufferPointer(rebasing: buffer[initialized...]))
            }
        }
    }
}
