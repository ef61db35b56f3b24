import APITesting
import Testing

/// Tests the validator itself: for each keyword, a value that is valid and one that is not.
@Suite struct SchemaValidatorTests {
    private static let document: JSON = [
        "name": ["type": "string", "pattern": "^[a-z]+$"],
        "base": ["type": "object", "required": ["a"], "properties": ["a": ["type": "integer"]]],
        "derived": [
            "allOf": [["$ref": "#/base"]], "required": ["b"], "properties": ["b": ["type": "string"]],
            "unevaluatedProperties": false,
        ],
        "rederived": ["allOf": [["$ref": "#/derived"]], "description": "two levels"],
        "doubled": ["allOf": [["$ref": "#/base"]], "properties": ["a": ["type": "string"]]],
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
        // Members that only a part requires, describes or bounds.
        (["$ref": "#/derived"], ["a": 1, "b": "x"], ["b": "x"]),
        (["$ref": "#/derived"], ["a": 1, "b": "x"], ["a": "1", "b": "x"]),
        (["$ref": "#/derived"], ["a": 1, "b": "x"], ["a": 1]),
        (["$ref": "#/rederived"], ["a": 1, "b": "x"], ["a": 1, "b": "x", "c": 1]),
        // additionalProperties does not see through allOf.
        (
            [
                "allOf": [["$ref": "#/base"]], "properties": ["a": ["minimum": 1]],
                "additionalProperties": false,
            ], ["a": 1], ["a": 1, "b": 1]
        ),
        (
            ["allOf": [["$ref": "#/base"]], "unevaluatedProperties": ["type": "string"]], ["a": 1],
            ["a": 1, "b": 1]
        ),
        (["description": "", "default": 1, "example": 2], 3, .string("no")),
    ]

    @Test func eachKeywordAcceptsAValidValueAndRefusesAnInvalidOne() {
        for row in Self.rows {
            let schema = Schema(row.schema, in: Self.document)
            #expect(SchemaValidator.errors(row.good, schema).isEmpty, "\(row.schema)")
            // The last row has annotations only, which refuse nothing.
            guard row.schema["description"] == nil else { continue }
            #expect(!SchemaValidator.errors(row.bad, schema).isEmpty, "\(row.schema)")
        }
    }

    @Test func anUnsupportedKeywordIsAnError() {
        for unknown: JSON in [["multipleOf": 9], ["additionalProperties": true], ["$ref": "#/nowhere"]] {
            #expect(!SchemaValidator.errors("x", Schema(unknown, in: Self.document)).isEmpty)
        }
    }

    @Test func thePropertiesThatOccurInValuesAreRecorded() throws {
        let schema = Schema(["$ref": "#/base"], in: Self.document)
        var validator = SchemaValidator()
        validator.check(["a": 1], against: schema)
        #expect(validator.seen == ["base.a"])
        #expect(try schema.allPropertyNames() == ["base.a"])
    }

    @Test func propertiesAndKeywordsAreFoundThroughReferencesAndAllOf() throws {
        let schema = Schema(["$ref": "#/rederived"], in: Self.document)
        #expect(try schema.mergedProperties.mapValues(\.name) == ["a": "base.a", "b": "derived.b"])
        #expect(try schema.allPropertyNames() == ["base.a", "derived.b"])
        #expect(try schema.keyword("type") == "object")
        #expect(try schema.keyword("description") == "two levels")
        #expect(try schema.keyword("minItems") == nil)
    }

    @Test func aPropertyThatIsDescribedTwiceIsAnError() {
        #expect(throws: HarnessError.self) {
            try Schema(["$ref": "#/doubled"], in: Self.document).mergedProperties
        }
    }
}
