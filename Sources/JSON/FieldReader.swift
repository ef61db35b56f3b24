/// Reads fields by name and type: the members of a JSON object, or parameters in their place
/// (FieldReader+Parameters.swift).
///
///     var body = try FieldReader(JSONReader.parse(bytes, tensors: ["series"]))
///     let epochs = try body.int("epochs", in: 1...100_000, default: 100)
///     let series = try body.tensor("series", rank: 2...2)
///     if var stopping = try body.object("early_stopping") {
///         let patience = try stopping.int("patience", in: 0...1_000, default: 0)
///         try stopping.rejectUnknown()
///     }
///     try body.rejectUnknown()
///
/// A getter has up to three forms for an absent member: with a default, it returns the default; without one,
/// it returns nil; `required…` throws. A member that is `null` counts as absent. Every name that a getter was
/// called with is known to ``rejectUnknown()``, which is called last. All errors are of kind
/// ``JSONError/Kind/invalid``. Their pointer is that of the member, or of the object that lacks it; an error
/// about a parameter has none.
package struct FieldReader: Sendable {
    /// The object whose members are read.
    package let object: JSONObject

    /// The parameters, which are strings. None has the name of a member.
    let parameters: JSONObject

    /// JSON pointer (RFC 6901) to the object, "" for the body; nil if it is not in a JSON body.
    package let pointer: String?

    /// Whether unknown members are allowed, here and in nested objects.
    private(set) var ignoresUnknown = false

    /// Names that getters were called with, in order.
    private var known: [String] = []

    /// Creates a reader of an object that is at `pointer` in the body.
    package init(_ object: JSONObject, at pointer: String? = "") {
        self.init(object, parameters: JSONObject(), at: pointer)
    }

    init(_ object: JSONObject, parameters: JSONObject, at pointer: String?) {
        self.object = object
        self.parameters = parameters
        self.pointer = pointer
    }

    /// Creates a reader of a value that must be an object.
    /// - Parameter ignoresUnknown: whether ``rejectUnknown()`` rejects nothing, here and in nested objects.
    /// - Throws: ``JSONError/Kind/invalid`` if it is not one.
    package init(
        _ value: JSONValue, at pointer: String? = "", ignoringUnknown ignoresUnknown: Bool = false
    ) throws(JSONError) {
        guard case .object(let object) = value else {
            let what = pointer == "" ? "the body" : "the value"
            throw JSONError(.invalid, at: pointer, "\(what) is \(value.kindName); it must be an object")
        }
        self.init(object, at: pointer)
        self.ignoresUnknown = ignoresUnknown
    }

    /// Returns whether a member is present and not null. Its name becomes known.
    package mutating func has(_ name: String) -> Bool {
        value(name) != nil
    }

    /// Returns a member of any type; nil if it is absent or null.
    package mutating func value(_ name: String) -> JSONValue? {
        guard let text = parameter(name) else { return member(name) }
        let value = Self.interpreted(text)
        if case .null = value { return nil }
        return value
    }

    /// Returns a member of the object; nil if it is absent or null. The name becomes known.
    mutating func member(_ name: String) -> JSONValue? {
        learn(name)
        guard let value = object[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// Makes a name known.
    mutating func learn(_ name: String) {
        if !known.contains(name) { known.append(name) }
    }

    /// Rejects members and parameters whose names are not known, so that a misspelt option is not ignored
    /// silently.
    /// - Throws: ``JSONError/Kind/invalid`` for the first one, with the nearest known name if there is one.
    package func rejectUnknown() throws(JSONError) {
        guard !ignoresUnknown else { return }
        for field in object.members + parameters.members where !known.contains(field.name) {
            let word = isParameter(field.name) ? "query parameter" : "member"
            let advice: String
            if let nearest = Spelling.nearest(to: field.name, among: known) {
                advice = "did you mean \(Quote.text(nearest))?"
            } else if known.isEmpty {
                advice = "no \(word)s are expected here"
            } else {
                advice = "known \(word)s: " + known.sorted().map { Quote.text($0) }.joined(separator: ", ")
            }
            throw JSONError(
                .invalid, at: pointer(to: field.name), "unknown \(word) \(Quote.text(field.name)); \(advice)")
        }
    }

    /// Whether a getter was called with a name.
    package func isKnown(_ name: String) -> Bool { known.contains(name) }

    // MARK: Errors

    /// Returns the JSON pointer to a member; nil for a parameter.
    package func pointer(to name: String) -> String? {
        isParameter(name) ? nil : pointer.map { $0 + JSONPointer.member(name) }
    }

    /// Returns an error about a member. Its name precedes `detail`, such as "must be 1 or 2".
    package func error(_ name: String, _ detail: String) -> JSONError {
        JSONError(.invalid, at: pointer(to: name), "\(Quote.text(name)) \(detail)")
    }

    /// Returns the error of a missing required member. Its pointer is that of the object that lacks the
    /// member.
    /// - Parameter wanted: what the member must be, such as "a string".
    package func missing(_ name: String, _ wanted: String) -> JSONError {
        let word = pointer == nil ? "query parameter" : "member"
        return JSONError(
            .invalid, at: pointer, "the \(word) \(Quote.text(name)) is missing; it must be \(wanted)")
    }

    /// Returns the error of a member that has the wrong type.
    func mismatch(_ name: String, _ value: JSONValue, _ wanted: String) -> JSONError {
        let found = parameterText(name).map { Quote.text($0) } ?? value.kindName
        return error(name, "is \(found); it must be \(wanted)")
    }

    /// Returns `value`, or throws the error of a missing member.
    func require<Value>(_ value: Value?, _ name: String, _ wanted: String) throws(JSONError) -> Value {
        guard let value else { throw missing(name, wanted) }
        return value
    }
}
