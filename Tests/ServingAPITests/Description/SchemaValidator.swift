import APITesting

/// Validates values against schemas. It supports the keywords that openapi.yaml uses; every other keyword is
/// an error, so that no constraint of the document goes unchecked.
struct SchemaValidator {
    /// The violations, each with its place in the value.
    private(set) var errors: [String] = []
    /// The names of the properties that occurred in values, in the notation of ``Schema/allPropertyNames()``.
    private(set) var seen: Set<String> = []

    private static let annotations: Set = ["description", "default", "example", "format"]

    mutating func check(_ value: JSON, against schema: Schema) { _ = evaluate(value, schema, at: "") }

    static func errors(_ value: JSON, _ schema: Schema) -> [String] {
        var validator = SchemaValidator()
        validator.check(value, against: schema)
        return validator.errors
    }

    /// - Returns: the members that some keyword of the schema evaluated.
    private mutating func evaluate(_ value: JSON, _ schema: Schema, at place: String) -> Set<String> {
        guard let keywords = schema.json.object else {
            fail("", "is not an object; a schema must be one", at: place)
            return []
        }
        var evaluated: Set<String> = []
        for (keyword, argument) in keywords where !Self.annotations.contains(keyword) {
            switch keyword {
            case "$ref":
                if let target = try? schema.target {
                    evaluated.formUnion(evaluate(value, target, at: place))
                } else {
                    fail(keyword, "points to nothing: \(argument)", at: place)
                }
            case "allOf":
                for part in argument.array ?? [] {
                    evaluated.formUnion(evaluate(value, schema.schema(part, ""), at: place))
                }
            case "oneOf": evaluated.formUnion(oneOf(value, schema, at: place))
            case "properties":
                for (name, property) in schema.properties {
                    guard let member = value[name] else { continue }
                    evaluated.insert(name)
                    seen.insert(property.name)
                    _ = evaluate(member, property, at: "\(place)/\(name)")
                }
            case "items":
                for (index, element) in (value.array ?? []).enumerated() {
                    _ = evaluate(element, schema.schema(argument, "[]"), at: "\(place)/\(index)")
                }
            case "additionalProperties", "unevaluatedProperties": break
            default:
                if let isValid = Assertion.holds(keyword, argument, value) {
                    if !isValid { fail(keyword, "must be \(argument); the value is \(value)", at: place) }
                } else {
                    fail(keyword, "is not supported by this validator", at: place)
                }
            }
        }
        // additionalProperties applies to what `properties` beside it does not name; unevaluatedProperties,
        // which comes last, to what no other keyword has evaluated.
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            guard let argument = keywords[keyword] else { continue }
            let known = keyword == "additionalProperties" ? Set(schema.properties.keys) : evaluated
            guard argument == false || argument.object != nil else {
                fail(keyword, "must be false or a schema", at: place)
                continue
            }
            for (name, member) in value.object ?? [:] where !known.contains(name) {
                evaluated.insert(name)
                if argument == false {
                    fail(keyword, "allows no member \(name)", at: place)
                } else {
                    _ = evaluate(member, schema.schema(argument, ".*"), at: "\(place)/\(name)")
                }
            }
        }
        return evaluated
    }

    private mutating func oneOf(_ value: JSON, _ schema: Schema, at place: String) -> Set<String> {
        var matches = 0
        var evaluated: Set<String> = []
        for part in schema["oneOf"]?.array ?? [] {
            var branch = SchemaValidator()
            let names = branch.evaluate(value, schema.schema(part, ""), at: place)
            guard branch.errors.isEmpty else { continue }
            matches += 1
            evaluated = names
            seen.formUnion(branch.seen)
        }
        if matches != 1 {
            fail("oneOf", "must match exactly one schema; \(matches) match \(value)", at: place)
        }
        return evaluated
    }

    /// Adds a violation that the caller has found.
    mutating func fail(_ error: String) { errors.append(error) }

    private mutating func fail(_ keyword: String, _ detail: String, at place: String) {
        errors.append("\(place.isEmpty ? "/" : place): \(keyword) \(detail)".prefix(300).description)
    }
}

/// The keywords that constrain one value by itself.
private enum Assertion {
    /// Whether a value satisfies a keyword; nil for a keyword that is not supported. A keyword holds for
    /// every value of a type that it does not constrain.
    static func holds(_ keyword: String, _ argument: JSON, _ value: JSON) -> Bool? {
        switch keyword {
        case "type":
            (argument.array ?? [argument]).contains { $0.string.map { isOf(type: $0, value) } ?? false }
        case "const": value == argument
        case "enum": argument.array?.contains(value) ?? false
        case "required":
            value.object.map { members in
                (argument.array ?? []).allSatisfy { members[$0.string ?? ""] != nil }
            } ?? true
        case "minItems": compare(value.array.map { Double($0.count) }, >=, argument)
        case "maxItems": compare(value.array.map { Double($0.count) }, <=, argument)
        case "maxLength": compare(value.string.map { Double($0.unicodeScalars.count) }, <=, argument)
        case "minimum": compare(value.double, >=, argument)
        case "maximum": compare(value.double, <=, argument)
        case "exclusiveMinimum": compare(value.double, >, argument)
        case "exclusiveMaximum": compare(value.double, <, argument)
        case "pattern": matches(value, argument)
        default: nil
        }
    }

    private static func isOf(type: String, _ value: JSON) -> Bool {
        switch type {
        case "null": value.isNull
        case "boolean": value.bool != nil
        case "integer": value.int != nil
        case "number": value.double != nil
        case "string": value.string != nil
        case "array": value.array != nil
        case "object": value.object != nil
        default: false
        }
    }

    private static func compare(_ value: Double?, _ relation: (Double, Double) -> Bool, _ argument: JSON)
        -> Bool
    {
        guard let value, let bound = argument.double else { return true }
        return relation(value, bound)
    }

    private static func matches(_ value: JSON, _ pattern: JSON) -> Bool {
        guard let text = value.string else { return true }
        guard let regex = pattern.string.flatMap({ try? Regex($0) }) else { return false }
        return text.firstMatch(of: regex) != nil
    }
}
