/// Objects, arrays and tensors.
extension FieldReader {
    /// A nested object, with its own reader: ask it, too, to ``rejectUnknown()``.
    package mutating func object(_ name: String) throws(JSONError) -> FieldReader? {
        guard let value = value(name) else { return nil }
        guard case .object(let object) = value else { throw mismatch(name, value, "an object") }
        return FieldReader(object, at: pointer(to: name))
    }

    /// An array of objects, with a reader for each.
    package mutating func objects(
        _ name: String, count: ClosedRange<Int> = 0...Int.max
    ) throws(JSONError) -> [FieldReader]? {
        guard let elements = try array(name, of: "objects", count: count) else { return nil }
        var readers: [FieldReader] = []
        for (index, element) in elements.enumerated() {
            readers.append(try FieldReader(element, at: pointer(to: name) + "/\(index)"))
        }
        return readers
    }

    /// An array of integers, each in a range.
    package mutating func ints(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max, count: ClosedRange<Int> = 0...Int.max
    ) throws(JSONError) -> [Int]? {
        guard let elements = try array(name, of: "integers", count: count) else { return nil }
        var integers: [Int] = []
        for (index, element) in elements.enumerated() {
            guard let integer = element.exactInteger else {
                throw self.error(name, index, "is \(element.kindName); it must be an integer")
            }
            guard range.contains(integer) else {
                throw self.error(name, index, "is \(integer); it must be \(Self.words(range))")
            }
            integers.append(integer)
        }
        return integers
    }

    /// An array of integers, each in a range, or the default.
    package mutating func ints(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max, count: ClosedRange<Int> = 0...Int.max,
        default: [Int]
    ) throws(JSONError) -> [Int] {
        try ints(name, in: range, count: count) ?? `default`
    }

    /// Nested arrays of numbers that the reader was told to expect (`tensors`), so many levels deep.
    package mutating func tensor(_ name: String, rank: ClosedRange<Int> = 1...4) throws(JSONError) -> Tensor?
    {
        guard let value = value(name) else { return nil }
        guard case .tensor(let tensor) = value else {
            throw mismatch(name, value, "nested arrays of numbers")
        }
        guard rank.contains(tensor.shape.count) else {
            throw error(
                name,
                "has \(Self.levels(tensor.shape.count)) of arrays, the shape \(tensor.shape); "
                    + "it must have \(Self.levels(rank))")
        }
        return tensor
    }

    private mutating func array(
        _ name: String, of what: String, count: ClosedRange<Int>
    ) throws(JSONError) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else { throw mismatch(name, value, "an array of \(what)") }
        guard count.contains(elements.count) else {
            throw error(name, "has \(elements.count) elements; the number must be \(Self.words(count))")
        }
        return elements
    }

    private func error(_ name: String, _ index: Int, _ detail: String) -> JSONError {
        JSONError(
            .invalid, at: pointer(to: name) + "/\(index)", "element \(index) of \(Quote.text(name)) \(detail)"
        )
    }

    private static func levels(_ count: Int) -> String {
        count == 1 ? "1 level" : "\(count) levels"
    }

    private static func levels(_ rank: ClosedRange<Int>) -> String {
        rank.count == 1 ? levels(rank.lowerBound) : "\(rank.lowerBound) to \(rank.upperBound) levels"
    }
}
