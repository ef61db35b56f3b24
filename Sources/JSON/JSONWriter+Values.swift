/// Single values, each with a form that writes it as a member.
extension JSONWriter {
    /// `null`.
    package mutating func null() {
        separate()
        append("null".utf8)
    }

    /// A string, escaped.
    package mutating func value(_ string: String) {
        separate()
        write(string: string)
    }

    /// `true` or `false`.
    package mutating func value(_ bool: Bool) {
        separate()
        append(bool ? "true".utf8 : "false".utf8)
    }

    /// An integer, in full: readers that keep numbers as doubles lose digits beyond 2^53.
    package mutating func value(_ integer: Int) {
        separate()
        write(integer: integer)
    }

    /// The shortest text that reads back to the same float32; `null` if not finite.
    package mutating func value(_ float: Float) {
        separate()
        write(float: float)
    }

    /// The shortest text that reads back to the same float64; `null` if not finite.
    package mutating func value(_ double: Double) {
        separate()
        write(double: double)
    }

    /// `[…]` of floats.
    package mutating func value(_ floats: ArraySlice<Float>) {
        tensor(floats, shape: [floats.count])
    }

    /// `"name":null`.
    package mutating func nullMember(_ name: String) {
        self.name(name)
        null()
    }

    /// `"name":"string"`; without a string, `null`.
    package mutating func member(_ name: String, _ string: String?) {
        self.name(name)
        if let string { value(string) } else { null() }
    }

    /// `"name":true`; without a value, `null`.
    package mutating func member(_ name: String, _ bool: Bool?) {
        self.name(name)
        if let bool { value(bool) } else { null() }
    }

    /// `"name":1`; without a value, `null`.
    package mutating func member(_ name: String, _ integer: Int?) {
        self.name(name)
        if let integer { value(integer) } else { null() }
    }

    /// `"name":0.1`; without a finite value, `null`.
    package mutating func member(_ name: String, _ float: Float?) {
        self.name(name)
        if let float { value(float) } else { null() }
    }

    /// `"name":0.1`; without a finite value, `null`.
    package mutating func member(_ name: String, _ double: Double?) {
        self.name(name)
        if let double { value(double) } else { null() }
    }

    /// `"name":[0.1,…]`.
    package mutating func member(_ name: String, _ floats: ArraySlice<Float>) {
        self.name(name)
        value(floats)
    }

    /// `"name":[1,…]`.
    package mutating func member(_ name: String, _ integers: [Int]) {
        array(name, of: integers) { $0.value($1) }
    }

    /// `"name":["…",…]`; without any, `null`.
    package mutating func member(_ name: String, _ strings: [String]?) {
        guard let strings else { return nullMember(name) }
        array(name, of: strings) { $0.value($1) }
    }

    /// `"name":[0.1,…]`.
    package mutating func member(_ name: String, _ doubles: [Double]) {
        array(name, of: doubles) { $0.value($1) }
    }
}
