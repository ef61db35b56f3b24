/// Reads the members of a JSON object, or the parameters of a query, by name and type.
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
/// ``JSONError/Kind/invalid``. Their pointer is that of the member, or of the object that lacks it.
package struct FieldReader: Sendable {
    /// The object whose members are read.
    package internal(set) var object: JSONObject

    /// JSON pointer (RFC 6901) to the object; "" for the body.
    package let pointer: String

    /// Whether the members are query parameters.
    package internal(set) var isQuery = false

    /// Whether unknown members are allowed, here and in nested objects.
    private(set) var ignoresUnknown = false

    /// Names of the members that the body provides when the options are in the query.
    var bodyMembers: Set<String> = []

    /// Names that getters were called with, in order.
    private var known: [String] = []

    /// Creates a reader of an object that is at `pointer` in the body.
    package init(_ object: JSONObject, at pointer: String = "") {
        self.object = object
        self.pointer = pointer
    }

    /// Creates a reader of a value that must be an object.
    /// - Parameter ignoresUnknown: whether ``rejectUnknown()`` rejects nothing, here and in nested objects.
    /// - Throws: ``JSONError/Kind/invalid`` if it is not one.
    package init(
        _ value: JSONValue, at pointer: String = "", ignoringUnknown ignoresUnknown: Bool = false
    ) throws(JSONError) {
        guard case .object(let object) = value else {
            let what = pointer.isEmpty ? "the body" : "the value"
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
        let value = written(name)
        guard isQuery, case .string(let text) = value else { return value }
        if case .null = Self.interpreted(text) { return nil }
        return Self.interpreted(text)
    }

    /// Returns a member as it was sent: in a query, a string. Nil if it is absent or null.
    mutating func written(_ name: String) -> JSONValue? {
        if !known.contains(name) {
            known.append(name)
        }
        guard let value = object[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// Rejects members whose names are not known, so that a misspelt option is not ignored silently.
    /// - Throws: ``JSONError/Kind/invalid`` for the first unknown member, with the nearest known name if
    ///   there is one.
    package func rejectUnknown() throws(JSONError) {
        guard !ignoresUnknown else { return }
        for member in object.members where !known.contains(member.name) {
            let known = known.filter { !bodyMembers.contains($0) }
            let advice: String
            if let nearest = Spelling.nearest(to: member.name, among: known) {
                advice = "did you mean \(Quote.text(nearest))?"
            } else if known.isEmpty {
                advice = "no \(memberWord)s are expected here"
            } else {
                advice =
                    "known \(memberWord)s: " + known.sorted().map { Quote.text($0) }.joined(separator: ", ")
            }
            throw JSONError(
                .invalid, at: pointer(to: member.name),
                "unknown \(memberWord) \(Quote.text(member.name)); \(advice)")
        }
    }

    // MARK: Errors

    private var memberWord: String { isQuery ? "query parameter" : "member" }

    /// Returns the JSON pointer to a member.
    package func pointer(to name: String) -> String {
        pointer + JSONPointer.member(name)
    }

    /// Returns an error about a member. Its name precedes `detail`, such as "must be 1 or 2".
    package func error(_ name: String, _ detail: String) -> JSONError {
        JSONError(.invalid, at: pointer(to: name), "\(subject(name)) \(detail)")
    }

    /// The subject of an error about a member: its name, or "the body" if the body provides the member.
    func subject(_ name: String) -> String { bodyMembers.contains(name) ? "the body" : Quote.text(name) }

    /// Returns the error of a missing required member. Its pointer is that of the object that lacks the
    /// member.
    /// - Parameter wanted: what the member must be, such as "a string".
    package func missing(_ name: String, _ wanted: String) -> JSONError {
        JSONError(
            .invalid, at: pointer, "the \(memberWord) \(Quote.text(name)) is missing; it must be \(wanted)")
    }

    /// Returns the error of a member that has the wrong type.
    func mismatch(_ name: String, _ value: JSONValue, _ wanted: String) -> JSONError {
        if isQuery, case .string(let text) = value {
            return error(name, "is \(Quote.text(text)); it must be \(wanted)")
        }
        return error(name, "is \(value.kindName); it must be \(wanted)")
    }

    /// Returns `value`, or throws the error of a missing member.
    func require<Value>(_ value: Value?, _ name: String, _ wanted: String) throws(JSONError) -> Value {
        guard let value else { throw missing(name, wanted) }
        return value
    }
}
