/// Reads the members of a request's object by name and type, and says precisely what is wrong with one.
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
/// A getter has three forms: with a default; without one, giving nil for a member that is absent; and
/// `required…`, which is an error then. A member that is `null` counts as absent. Every name that was ever asked
/// for is a known one to ``rejectUnknown()``, which comes last. All errors are ``JSONError/Kind/invalid``.
package struct FieldReader: Sendable {
    /// The members that are read.
    package internal(set) var object: JSONObject

    /// JSON pointer to the object, "" for the body.
    package let pointer: String

    /// Whether the members are parameters of a query.
    package internal(set) var isQuery = false

    /// Members that a query's body has.
    var bodyMembers: Set<String> = []

    /// Names that have been asked for, in that order.
    private var known: [String] = []

    /// Reads an object that is at `pointer` in the body.
    package init(_ object: JSONObject, at pointer: String = "") {
        self.object = object
        self.pointer = pointer
    }

    /// Reads a body, which has to be an object.
    package init(_ value: JSONValue, at pointer: String = "") throws(JSONError) {
        guard case .object(let object) = value else {
            let what = pointer.isEmpty ? "the body" : "the value"
            throw JSONError(.invalid, at: pointer, "\(what) is \(value.kindName); it must be an object")
        }
        self.init(object, at: pointer)
    }

    /// Whether a member is there and not null. Its name is known from now on.
    package mutating func has(_ name: String) -> Bool {
        value(name) != nil
    }

    /// A member of any type; nil if absent or null.
    package mutating func value(_ name: String) -> JSONValue? {
        let value = written(name)
        guard isQuery, case .string(let text) = value else { return value }
        if case .null = Self.interpreted(text) { return nil }
        return Self.interpreted(text)
    }

    /// A member as it was written, which in a query is a text.
    mutating func written(_ name: String) -> JSONValue? {
        if !known.contains(name) {
            known.append(name)
        }
        guard let value = object[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// Refuses members that were never asked for: a misspelt option must not be ignored in silence.
    package func rejectUnknown() throws(JSONError) {
        for member in object.members where !known.contains(member.name) {
            let known = known.filter { !bodyMembers.contains($0) }
            let advice: String
            if let nearest = Spelling.nearest(to: member.name, among: known) {
                advice = "did you mean \(Quote.text(nearest))?"
            } else if known.isEmpty {
                advice = "none is expected here"
            } else {
                advice = "known are " + known.sorted().map { Quote.text($0) }.joined(separator: ", ")
            }
            throw JSONError(
                .invalid, at: pointer(to: member.name),
                "unknown \(memberWord) \(Quote.text(member.name)); \(advice)")
        }
    }

    // MARK: Errors

    private var memberWord: String { isQuery ? "query parameter" : "member" }

    /// JSON pointer to a member.
    package func pointer(to name: String) -> String {
        pointer + JSONPointer.member(name)
    }

    /// An error about a member: its name is put before `detail`, such as "must be 1 or 2".
    package func error(_ name: String, _ detail: String) -> JSONError {
        JSONError(.invalid, at: pointer(to: name), "\(subject(name)) \(detail)")
    }

    /// What an error about a member speaks of.
    func subject(_ name: String) -> String { bodyMembers.contains(name) ? "the body" : Quote.text(name) }

    /// The error of a member that is needed and not there; its pointer is the object that lacks it.
    package func missing(_ name: String, _ wanted: String) -> JSONError {
        JSONError(
            .invalid, at: pointer, "the \(memberWord) \(Quote.text(name)) is missing; it must be \(wanted)")
    }

    /// The error of a member that is of another type.
    func mismatch(_ name: String, _ value: JSONValue, _ wanted: String) -> JSONError {
        if isQuery, case .string(let text) = value {
            return error(name, "is \(Quote.text(text)); it must be \(wanted)")
        }
        return error(name, "is \(value.kindName); it must be \(wanted)")
    }

    /// `value`, or the error of its absence.
    func require<Value>(_ value: Value?, _ name: String, _ wanted: String) throws(JSONError) -> Value {
        guard let value else { throw missing(name, wanted) }
        return value
    }
}
