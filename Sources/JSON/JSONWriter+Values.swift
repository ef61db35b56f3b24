/// Writes single values, as elements of an array or as members of an object.
extension JSONWriter {
    /// Writes `null`.
    package mutating func null() {
        separate()
        append("null".utf8)
    }

    /// Writes a string, escaped.
    package mutating func value(_ string: String) {
        separate()
        write(string: string)
    }

    /// Writes `true` or `false`.
    package mutating func value(_ bool: Bool) {
        separate()
        append(bool ? "true".utf8 : "false".utf8)
    }

    /// Writes an integer with all its digits. Readers that store numbers as doubles lose digits beyond 2^53.
    package mutating func value(_ integer: Int) {
        separate()
        write(integer: integer)
    }

    /// Writes the shortest text that reads back to the same float32; `null` if it is not finite.
    package mutating func value(_ float: Float) {
        separate()
        write(float: float)
    }

    /// Writes the shortest text that reads back to the same float64; `null` if it is not finite.
    package mutating func value(_ double: Double) {
        separate()
        write(double: double)
    }

    /// Writes an array of floats, `[…]`.
    package mutating func value(_ floats: ArraySlice<Float>) {
        tensor(floats, shape: [floats.count])
    }

    /// Writes an array of doubles, `[…]`.
    package mutating func value(_ doubles: ArraySlice<Double>) {
        tensor(doubles, shape: [doubles.count])
    }

    /// Writes `"name":null`.
    package mutating func nullMember(_ name: String) {
        self.name(name)
        null()
    }

    /// Writes `"name":"string"`; `null` for nil.
    package mutating func member(_ name: String, _ string: String?) {
        self.name(name)
        if let string { value(string) } else { null() }
    }

    /// Writes `"name":true`; `null` for nil.
    package mutating func member(_ name: String, _ bool: Bool?) {
        self.name(name)
        if let bool { value(bool) } else { null() }
    }

    /// Writes `"name":1`; `null` for nil.
    package mutating func member(_ name: String, _ integer: Int?) {
        self.name(name)
        if let integer { value(integer) } else { null() }
    }

    /// Writes `"name":0.1`; `null` for nil or if it is not finite.
    package mutating func member(_ name: String, _ float: Float?) {
        self.name(name)
        if let float { value(float) } else { null() }
    }

    /// Writes `"name":0.1`; `null` for nil or if it is not finite.
    package mutating func member(_ name: String, _ double: Double?) {
        self.name(name)
        if let double { value(double) } else { null() }
    }

    /// Writes `"name":[0.1,…]`.
    package mutating func member(_ name: String, _ doubles: ArraySlice<Double>) {
        self.name(name)
        value(doubles)
    }

    /// Writes `"name":[…]`.
    package mutating func member(_ name: String, _ floats: ArraySlice<Float>) {
        self.name(name)
        value(floats)
    }

    /// Writes `"name":[1,…]`.
    package mutating func member(_ name: String, _ integers: [Int]) {
        array(name, of: integers) { $0.value($1) }
    }

    /// Writes `"name":["…",…]`; `null` for nil.
    package mutating func member(_ name: String, _ strings: [String]?) {
        guard let strings else { return nullMember(name) }
        array(name, of: strings) { $0.value($1) }
    }

    /// Writes `"name":[0.1,…]`.
    package mutating func member(_ name: String, _ doubles: [Double]) {
        array(name, of: doubles) { $0.value($1) }
    }
}
