/// Getters of numbers, strings and booleans.
extension FieldReader {
    // MARK: Integers

    /// Returns an integer in a range. `3.0` and `1e2` are integers too.
    package mutating func int(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(JSONError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let integer = value.exactInteger else { throw mismatch(name, value, "an integer") }
        guard range.contains(integer) else {
            throw error(name, "is \(integer); it must be \(Self.words(range))")
        }
        return integer
    }

    /// Returns an integer in a range, or the default if it is absent.
    package mutating func int(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max, default: Int
    ) throws(JSONError) -> Int {
        try int(name, in: range) ?? `default`
    }

    /// Returns an integer in a range, which must be present.
    package mutating func requiredInt(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(JSONError) -> Int {
        try require(
            int(name, in: range), name,
            range == Int.min...Int.max ? "an integer" : "an integer \(Self.words(range))")
    }

    /// Returns a range in words: "from 1 to 10", "at least 1", …; "an integer" for the range of all integers.
    static func words(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): "an integer"
        case (let lower, .max): "at least \(lower)"
        case (.min, let upper): "at most \(upper)"
        case (let lower, let upper): "from \(lower) to \(upper)"
        }
    }

    // MARK: Doubles

    /// Returns a number in a range. With `exclusive`, the lower bound is not part of the range.
    package mutating func double(
        _ name: String, in range: ClosedRange<Double> = -.infinity ... .infinity, exclusive: Bool = false
    ) throws(JSONError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.double else { throw mismatch(name, value, "a number") }
        guard range.contains(number), !(exclusive && number == range.lowerBound) else {
            let lower = exclusive ? "greater than \(range.lowerBound)" : "at least \(range.lowerBound)"
            let upper = range.upperBound == .infinity ? "" : " and at most \(range.upperBound)"
            throw error(name, "is \(number); it must be \(lower)\(upper)")
        }
        return number
    }

    /// Returns a number in a range, or the default if it is absent.
    package mutating func double(
        _ name: String, in range: ClosedRange<Double> = -.infinity ... .infinity, exclusive: Bool = false,
        default: Double
    ) throws(JSONError) -> Double {
        try double(name, in: range, exclusive: exclusive) ?? `default`
    }

    /// Returns a number in a range, rounded to float32.
    /// - Throws: `JSONError` also for a number above an exclusive lower bound that is rounded to the bound.
    package mutating func float(
        _ name: String, in range: ClosedRange<Double>, exclusive: Bool = false
    ) throws(JSONError) -> Float? {
        guard let number = try double(name, in: range, exclusive: exclusive) else { return nil }
        let rounded = Float(number)
        guard !exclusive || Double(rounded) > range.lowerBound else {
            throw error(name, "is \(number), which float32 rounds to \(rounded); send a larger number")
        }
        return rounded
    }

    // MARK: Booleans and strings

    /// Returns a boolean.
    package mutating func bool(_ name: String) throws(JSONError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let bool) = value else { throw mismatch(name, value, "true or false") }
        return bool
    }

    /// Returns a boolean, or the default if it is absent.
    package mutating func bool(_ name: String, default: Bool) throws(JSONError) -> Bool {
        try bool(name) ?? `default`
    }

    /// Returns a string.
    package mutating func string(_ name: String) throws(JSONError) -> String? {
        if let text = parameter(name) { return text }
        guard let value = member(name) else { return nil }
        guard case .string(let string) = value else { throw mismatch(name, value, "a string") }
        return string
    }

    /// Returns a string, which must be present.
    package mutating func requiredString(_ name: String) throws(JSONError) -> String {
        try require(string(name), name, "a string")
    }

    /// Returns the case of an enum whose raw value the member is.
    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of choices: Choice.Type = Choice.self
    ) throws(JSONError) -> Choice? {
        guard let string = try string(name) else { return nil }
        guard let choice = Choice(rawValue: string) else {
            let names = Choice.allCases.map(\.rawValue)
            let hint =
                Spelling.nearest(to: string, among: names).map { "; did you mean \(Quote.text($0))?" } ?? ""
            let list = names.map { Quote.text($0) }.joined(separator: ", ")
            throw error(name, "is \(Quote.text(string)); it must be one of \(list)\(hint)")
        }
        return choice
    }

    /// Returns an array of cases of an enum, or the default if it is absent.
    package mutating func choices<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, default: [Choice]
    ) throws(JSONError) -> [Choice] {
        guard let value = list(name, JSONValue.string) else { return `default` }
        let wanted = "an array of " + Choice.allCases.map { Quote.text($0.rawValue) }.joined(separator: ", ")
        guard case .array(let elements) = value else { throw mismatch(name, value, wanted) }
        var choices: [Choice] = []
        for (index, element) in elements.enumerated() {
            guard case .string(let text) = element, let choice = Choice(rawValue: text) else {
                throw JSONError(
                    .invalid, at: pointer(to: name).map { "\($0)/\(index)" },
                    "element \(index) of \(Quote.text(name)) is not allowed; \(Quote.text(name)) must be "
                        + wanted
                )
            }
            choices.append(choice)
        }
        return choices
    }

    /// Returns the case of an enum whose raw value the member is, or the default if it is absent.
    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, default: Choice
    ) throws(JSONError) -> Choice {
        try choice(name, of: Choice.self) ?? `default`
    }
}

extension JSONValue {
    /// The value as an integer, however the number is written; nil if it is not an integer.
    var exactInteger: Int? {
        switch self {
        case .integer(let integer): Int(exactly: integer)
        case .number(let double): Int(exactly: double)
        default: nil
        }
    }
}
