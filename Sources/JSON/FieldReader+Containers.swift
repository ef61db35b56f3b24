/// Getters of objects, arrays and tensors.
extension FieldReader {
    /// Returns a reader of a nested object. Call its ``rejectUnknown()`` too.
    package mutating func object(_ name: String) throws(JSONError) -> FieldReader? {
        guard let value = value(name) else { return nil }
        guard case .object = value else { throw mismatch(name, value, "an object") }
        return try FieldReader(value, at: pointer(to: name), ignoringUnknown: ignoresUnknown)
    }

    /// Returns the readers of an array of objects.
    /// - Parameter count: allowed number of elements.
    package mutating func objects(
        _ name: String, count: ClosedRange<Int> = 0...Int.max
    ) throws(JSONError) -> [FieldReader]? {
        guard let elements = try array(name, of: "objects", count: count) else { return nil }
        var readers: [FieldReader] = []
        for (index, element) in elements.enumerated() {
            readers.append(
                try FieldReader(
                    element, at: pointer(to: name).map { "\($0)/\(index)" },
                    ignoringUnknown: ignoresUnknown))
        }
        return readers
    }

    /// Returns an array of integers.
    /// - Parameters:
    ///   - range: allowed values of each element.
    ///   - count: allowed number of elements.
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

    /// Returns an array of integers, or the default if it is absent.
    package mutating func ints(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max, count: ClosedRange<Int> = 0...Int.max,
        default: [Int]
    ) throws(JSONError) -> [Int] {
        try ints(name, in: range, count: count) ?? `default`
    }

    /// Returns nested arrays of numbers. The name of a member with many of them should be among the `tensors`
    /// of ``JSONReader/parse(_:tensors:)``, which reads them fast.
    /// - Parameter rank: allowed number of levels.
    package mutating func tensor(_ name: String, rank: ClosedRange<Int> = 1...4) throws(JSONError) -> Tensor?
    {
        guard let value = value(name) else { return nil }
        let found: Tensor? = if case .tensor(let tensor) = value { tensor } else { Tensor(value) }
        guard let tensor = found else { throw mismatch(name, value, "nested arrays of numbers") }
        guard rank.contains(tensor.shape.count) else {
            throw error(
                name,
                "has \(Self.levels(tensor.shape.count)) of arrays, the shape \(tensor.shape); "
                    + "it must have \(Self.levels(rank))")
        }
        return tensor
    }

    /// Returns an array of tensors, whose path must be among the `tensors` of
    /// ``JSONReader/parse(_:tensors:)``.
    /// - Parameter rank: allowed number of levels of each tensor.
    package mutating func tensors(
        _ name: String, rank: ClosedRange<Int> = 1...4
    ) throws(JSONError) -> [Tensor]? {
        guard let elements = try array(name, of: "nested arrays of numbers", count: 1...Int.max) else {
            return nil
        }
        var tensors: [Tensor] = []
        for (index, element) in elements.enumerated() {
            guard case .tensor(let tensor) = element, rank.contains(tensor.shape.count) else {
                throw self.error(name, index, "must have \(Self.levels(rank)) of arrays of numbers")
            }
            tensors.append(tensor)
        }
        return tensors
    }

    /// Returns an array of at least one string, all different.
    package mutating func uniqueStrings(_ name: String) throws(JSONError) -> [String]? {
        guard let elements = try array(name, of: "strings", count: 1...Int.max, JSONValue.string) else {
            return nil
        }
        var seen: Set<String> = []
        var strings: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let string) = element else {
                throw self.error(name, index, "is \(element.kindName); it must be a string")
            }
            guard seen.insert(string).inserted else {
                throw self.error(name, index, "repeats \(Quote.text(string)); all elements must be different")
            }
            strings.append(string)
        }
        return strings
    }

    /// Returns an array of values of any type.
    /// - Parameters:
    ///   - what: the elements in the plural, for the error of a member that is not an array.
    ///   - count: allowed number of elements.
    ///   - element: converts the text of one element of a query parameter to a value.
    package mutating func array(
        _ name: String, of what: String, count: ClosedRange<Int> = 0...Int.max,
        _ element: (String) -> JSONValue = FieldReader.interpreted
    ) throws(JSONError) -> [JSONValue]? {
        guard let value = list(name, element) else { return nil }
        guard case .array(let elements) = value else { throw mismatch(name, value, "an array of \(what)") }
        guard count.contains(elements.count) else {
            throw error(name, "has \(elements.count) elements; the number must be \(Self.words(count))")
        }
        return elements
    }

    /// Returns an error about an element of an array.
    package func error(_ name: String, _ index: Int, _ detail: String) -> JSONError {
        JSONError(
            .invalid, at: pointer(to: name).map { "\($0)/\(index)" },
            "element \(index) of \(Quote.text(name)) \(detail)")
    }

    private static func levels(_ count: Int) -> String {
        count == 1 ? "1 level" : "\(count) levels"
    }

    private static func levels(_ rank: ClosedRange<Int>) -> String {
        rank.count == 1 ? levels(rank.lowerBound) : "\(rank.lowerBound) to \(rank.upperBound) levels"
    }
}
