import JSON

/// One option as a member of a JSON object: its name, the property that stores it, and its valid values. A
/// list of fields describes an object to both ``JSON/FieldReader/read(_:into:)`` and
/// ``JSON/JSONWriter/write(_:of:)``.
package struct OptionField<Options: Sendable>: Sendable {
    package typealias Property<Value> = any WritableKeyPath<Options, Value> & Sendable

    /// The name of the member.
    package let name: String
    /// Sets the property if the member is there; otherwise the property keeps its default.
    let read: @Sendable (inout FieldReader, inout Options) throws(JSONError) -> Void
    /// Writes the member; an option that is nil has none.
    let write: @Sendable (inout JSONWriter, Options) -> Void
}

extension OptionField {
    /// An integer in a range.
    static func int(_ name: String, _ property: Property<Int>, in range: ClosedRange<Int>) -> Self {
        Self(
            name: name,
            read: { (json, options) throws(JSONError) in
                if let value = try json.int(name, in: range) { options[keyPath: property] = value }
            },
            write: { json, options in json.member(name, options[keyPath: property]) })
    }

    /// An integer from 0 to `Int.max`.
    static func seed(_ name: String, _ property: Property<UInt64>) -> Self {
        Self(
            name: name,
            read: { (json, options) throws(JSONError) in
                if let value = try json.int(name, in: 0...Int.max) {
                    options[keyPath: property] = UInt64(value)
                }
            },
            write: { json, options in json.member(name, Int(clamping: options[keyPath: property])) })
    }

    /// A number in a range.
    /// - Parameter exclusive: whether the range's lower bound itself is invalid.
    static func double(
        _ name: String, _ property: Property<Double>, in range: ClosedRange<Double>, exclusive: Bool = false
    ) -> Self {
        Self(
            name: name,
            read: { (json, options) throws(JSONError) in
                if let value = try json.double(name, in: range, exclusive: exclusive) {
                    options[keyPath: property] = value
                }
            },
            write: { json, options in json.member(name, options[keyPath: property]) })
    }

    /// A number in a range that is stored as float32.
    /// - Parameter exclusive: whether the range's lower bound itself is invalid.
    static func float(
        _ name: String, _ property: Property<Float>, in range: ClosedRange<Double>, exclusive: Bool = false
    ) -> Self {
        Self(
            name: name,
            read: { (json, options) throws(JSONError) in
                if let value = try json.float(name, in: range, exclusive: exclusive) {
                    options[keyPath: property] = value
                }
            },
            write: { json, options in json.member(name, options[keyPath: property]) })
    }

    /// A number in a range that is stored as float32, or nil without the member.
    /// - Parameter exclusive: whether the range's lower bound itself is invalid.
    static func optionalFloat(
        _ name: String, _ property: Property<Float?>, in range: ClosedRange<Double>, exclusive: Bool = false
    ) -> Self {
        Self(
            name: name,
            read: { (json, options) throws(JSONError) in
                if let value = try json.float(name, in: range, exclusive: exclusive) {
                    options[keyPath: property] = value
                }
            },
            write: { json, options in
                if let value = options[keyPath: property] { json.member(name, value) }
            })
    }

    /// A boolean.
    static func bool(_ name: String, _ property: Property<Bool>) -> Self {
        Self(
            name: name,
            read: { (json, options) throws(JSONError) in
                if let value = try json.bool(name) { options[keyPath: property] = value }
            },
            write: { json, options in json.member(name, options[keyPath: property]) })
    }

    /// One of an enum's raw values.
    static func choice<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ property: Property<Choice>
    ) -> Self {
        Self(
            name: name,
            read: { (json, options) throws(JSONError) in
                if let value = try json.choice(name, of: Choice.self) { options[keyPath: property] = value }
            },
            write: { json, options in json.member(name, options[keyPath: property].rawValue) })
    }

    /// An object of options, or nil without the member.
    /// - Parameters:
    ///   - defaults: the options of an empty object.
    ///   - fields: the members of the object.
    ///   - check: throws if the object contradicts the options that were read before it.
    static func object<Nested>(
        _ name: String, _ property: Property<Nested?>, _ fields: [OptionField<Nested>],
        defaults: @escaping @Sendable (Options) -> Nested,
        check: @escaping @Sendable (FieldReader, Nested, Options) throws(JSONError) -> Void
    ) -> Self {
        Self(
            name: name,
            read: { (json, options) throws(JSONError) in
                guard var object = try json.object(name) else { return }
                var value = defaults(options)
                try object.read(fields, into: &value)
                try check(object, value, options)
                try object.rejectUnknown()
                options[keyPath: property] = value
            },
            write: { json, options in
                guard let value = options[keyPath: property] else { return }
                json.object(name) { $0.write(fields, of: value) }
            })
    }
}

extension FieldReader {
    /// Reads the members that `fields` describe, in their order.
    /// - Throws: `JSONError` for the first member that is invalid.
    mutating func read<Options>(
        _ fields: [OptionField<Options>], into options: inout Options
    ) throws(JSONError) {
        for field in fields { try field.read(&self, &options) }
    }
}

extension JSONWriter {
    /// Writes the members that `fields` describe, in their order.
    mutating func write<Options>(_ fields: [OptionField<Options>], of options: Options) {
        for field in fields { field.write(&self, options) }
    }
}
