/// Writes JSON (RFC 8259) as bytes: no strings are put together on the way.
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
/// Commas come by themselves. Names are not checked for being unique, nor that each name has one value: a
/// closure given to ``object(_:)`` writes members, one given to ``array(_:)`` writes values.
///
/// JSON has neither NaN nor Infinity, and an answer is always strict JSON: a number that is not finite is
/// written as `null`, which is also how a missing value is spelt on the way in.
package struct JSONWriter: Sendable {
    /// What has been written.
    package private(set) var bytes: [UInt8] = []

    /// Whether the next value or name is the first after its opening bracket.
    private var isFirst = true

    /// An empty document. A good guess of its size saves the growing.
    package init(reservingCapacity capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    // MARK: Containers

    /// `{…}`, with the members that the closure writes.
    @inlinable
    package mutating func object<Failure: Error>(
        _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin(UInt8(ascii: "{"))
        try members(&self)
        end(UInt8(ascii: "}"))
    }

    /// `[…]`, with the values that the closure writes.
    @inlinable
    package mutating func array<Failure: Error>(
        _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        begin(UInt8(ascii: "["))
        try elements(&self)
        end(UInt8(ascii: "]"))
    }

    /// A separator if one is due, and an opening bracket.
    @usableFromInline
    mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        isFirst = true
    }

    /// A closing bracket.
    @usableFromInline
    mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        isFirst = false
    }

    // MARK: Members

    /// `"name":`, to be followed by exactly one value.
    package mutating func name(_ name: String) {
        separate()
        write(string: name)
        bytes.append(UInt8(ascii: ":"))
        isFirst = true
    }

    /// `"name":{…}`.
    @inlinable
    package mutating func object<Failure: Error>(
        _ name: String, _ members: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        try object(members)
    }

    /// `"name":[…]`.
    @inlinable
    package mutating func array<Failure: Error>(
        _ name: String, _ elements: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        try array(elements)
    }

    /// `"name":[…]`, with the one value that the closure writes for each element.
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

    // MARK: For this type's other files

    /// Writes the comma between two values or members.
    mutating func separate() {
        if !isFirst {
            bytes.append(UInt8(ascii: ","))
        }
        isFirst = false
    }

    /// Appends bytes that are JSON already, or part of it.
    mutating func append(_ json: some Collection<UInt8>) {
        bytes.append(contentsOf: json)
    }

    /// Appends one byte.
    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Lets a closure append at most `most` bytes in place; it returns how many.
    mutating func append(atMost most: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        bytes.append(addingCapacity: most) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                initialized += body(UnsafeMutableBufferPointer(rebasing: buffer[initialized...]))
            }
        }
    }
}
