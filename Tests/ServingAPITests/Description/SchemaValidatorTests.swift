import APITesting
import Testing

/// The validator itself must be able to refuse: for each keyword a value that it takes and one that it does not.
@Suite struct SchemaValidatorTests {
    private static let document: JSON = [
        "name": ["type": "string", "pattern": "^[a-z]+$"],
        "base": ["type": "object", "required": ["a"], "properties": ["a": ["type": "integer"]]],
    ]

    static let rows: [(schema: JSON, good: JSON, bad: JSON)] = [
        (["type": "integer"], 1, 1.5), (["type": "number"], 1.5, "1"), (["type": "boolean"], true, 1),
        (["type": ["number", "null"]], nil, "x"), (["type": "string"], "1", 1), (["type": "array"], [], [:]),
        (["type": "object"], [:], []), (["const": "LSTM"], "LSTM", "lstm"), (["enum": ["a", "b"]], "b", "c"),
        (["minItems": 1], [1], []), (["maxItems": 1], [1], [1, 2]), (["minimum": 1], 1, 0.9),
        (["maximum": 1], 1, 1.1), (["exclusiveMinimum": 0], 0.1, 0), (["exclusiveMaximum": 1], 0.9, 1),
        (["required": ["a"]], ["a": nil], ["b": 1]), (["items": ["type": "integer"]], [1, 2], [1, "2"]),
        (["$ref": "#/name"], "abc", "a1"), (["$ref": "#/name", "pattern": "^a"], "abc", "bc"),
        (["properties": ["a": ["type": "integer"]]], ["a": 1, "b": 2], ["a": "1"]),
        (["properties": ["a": ["type": "integer"]], "additionalProperties": false], ["a": 1], ["b": 1]),
        (["allOf": [["minimum": 1], ["maximum": 2]]], 2, 3),
        (["oneOf": [["const": 1], ["minimum": 2]]], 1, 1.5),
        (["oneOf": [["minimum": 1], ["minimum": 2]]], 1, 2),
        (
            [
                "allOf": [["$ref": "#/base"]], "properties": ["b": ["type": "string"]],
                "unevaluatedProperties": false,
            ], ["a": 1, "b": "x"], ["a": 1, "c": 1]
        ),
        (["description": "", "default": 1, "example": 2], 3, .string("no")),
    ]

    @Test func refusesWhatItShould() {
        for row in Self.rows {
            let schema = Schema(row.schema, in: Self.document)
            #expect(SchemaValidator.errors(row.good, schema).isEmpty, "\(row.schema)")
            // Annotations alone refuse nothing.
            guard row.schema["description"] == nil else { continue }
            #expect(!SchemaValidator.errors(row.bad, schema).isEmpty, "\(row.schema)")
        }
    }

    @Test func anUnknownKeywordIsAnError() {
        for unknown: JSON in [["multipleOf": 9], ["additionalProperties": true], ["$ref": "#/nowhere"]] {
            #expect(!SchemaValidator.errors("x", Schema(unknown, in: Self.document)).isEmpty)
        }
    }

    @Test func noticesWhichPropertiesThereWere() throws {
        let schema = Schema(["$ref": "#/base"], in: Self.document)
        var validator = SchemaValidator()
        validator.check(["a": 1], against: schema)
        #expect(validator.seen == ["base.a"])
        #expect(try schema.allProperties() == ["base.a"])
    }
}
