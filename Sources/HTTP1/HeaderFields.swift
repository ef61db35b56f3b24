/// The fields of a header section in the order in which they arrived (RFC 9110, 5).
///
/// All names and values share one buffer and are converted to strings on access.
public struct HeaderFields: Sendable {
    private struct Field {
        let name: Range<Int32>
        let value: Range<Int32>
    }

    private var storage: [UInt8] = []
    private var fields: [Field] = []

    /// Creates an empty header section.
    public init() {}

    /// Creates a header section, for requests that do not arrive over a connection, such as those of a test.
    public init(_ fields: [(name: String, value: String)]) {
        for field in fields {
            var name = field.name
            var value = field.value
            name.withUTF8 { name in
                value.withUTF8 { value in
                    append(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
                }
            }
        }
    }

    mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        if fields.isEmpty {
            storage.reserveCapacity(256)
            fields.reserveCapacity(8)
        }
        let start = Int32(storage.count)
        storage.append(contentsOf: name)
        let middle = Int32(storage.count)
        storage.append(contentsOf: value)
        fields.append(Field(name: start..<middle, value: middle..<Int32(storage.count)))
    }

    /// The value of the first field with a name, which is compared without regard to case; `nil` if there is
    /// none.
    public subscript(_ name: String) -> String? {
        for field in fields where matches(field, name) { return string(field.value) }
        return nil
    }

    /// The values of all fields with a name, which is compared without regard to case, in order of arrival.
    public func values(of name: String) -> [String] {
        fields.lazy.filter { matches($0, name) }.map { string($0.value) }
    }

    private func matches(_ field: Field, _ name: String) -> Bool {
        guard name.utf8.count == field.name.count else { return false }
        var index = Int(field.name.lowerBound)
        for byte in name.utf8 {
            if storage[index].lowercased != byte.lowercased { return false }
            index += 1
        }
        return true
    }

    private func string(_ range: Range<Int32>) -> String {
        String(decoding: storage[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
    }
}

extension HeaderFields: RandomAccessCollection {
    /// The position of the first field: 0.
    public var startIndex: Int { 0 }

    /// The position after the last field: the number of fields.
    public var endIndex: Int { fields.count }

    /// The field at a position: its name as sent, and its value without leading and trailing whitespace.
    public subscript(position: Int) -> (name: String, value: String) {
        (string(fields[position].name), string(fields[position].value))
    }
}
