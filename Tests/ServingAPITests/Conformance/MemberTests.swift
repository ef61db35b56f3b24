import APITesting
import Testing

/// Checks that the server knows exactly the documented members of requests, with the documented bounds and
/// types.
@Suite struct MemberTests {
    private let api: API
    private let description: APIDescription

    init() throws {
        api = try Situation.ordinary.make(.inProcess).api
        description = try APIDescription(api)
    }

    @Test func theServerKnowsExactlyTheDocumentedMembers() throws {
        let objects = try Member.objects(in: description)
        // Eleven bodies; two of them with two callbacks each, two with events, two with six types of layers,
        // of which two wrap another layer.
        #expect(objects.count == 11 + 2 * 2 + 2 + 2 * (6 + 2))
        for object in objects {
            let body = object.body.setting(
                (object.path + [Member.unknown])[...], to: 1)
            let problem = try api.post(object.target, body).json
            #expect(
                problem["pointer"]?.string == "\(object.pointer)/\(Member.unknown)", "\(object): \(problem)")
            let detail = try #require(problem["detail"]?.string)
            let list = try #require(detail.split(separator: "known members: ").last, "\(detail)")
            let known = list.split(separator: ", ").map { String($0.dropFirst().dropLast()) }
            #expect(try known == object.schema.mergedProperties.keys.sorted(), "\(object)")
        }
    }

    /// A bound that is not documented would not be tested. `version` is exempt: it may be as large as Int.
    @Test func everyNumberHasADocumentedMinimumAndMaximum() throws {
        for member in try Member.all(in: description) where member.path != ["version"] {
            guard let type = try member.schema.keyword("type")?.string, ["integer", "number"].contains(type)
            else { continue }
            let keywords = try ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"].filter {
                try member.schema.keyword($0) != nil
            }
            #expect(keywords.count == 2, "\(member)")
        }
    }

    @Test func valuesOutsideTheBoundsAreRefusedWithTheirPointer() throws {
        for member in try Member.all(in: description) {
            for value in try member.schema.valuesOutside() {
                let pointer = try member.pointer(of: api, with: value.value)
                #expect(pointer == member.pointer + value.place, "\(member) = \(short(value.value))")
            }
        }
    }

    @Test func valuesAtTheBoundsAreAccepted() throws {
        for member in try Member.all(in: description) {
            // Only the model's T is valid.
            if member.operation != "POST /train", member.operation != "POST /summary",
                member.path == ["timesteps"]
            {
                continue
            }
            // `end` must not exceed `start` either.
            if member.path == ["events", "end"] { continue }
            for value in try member.schema.valuesInside() {
                let pointer = try #require(try member.pointer(of: api, with: value), "\(member)")
                #expect(
                    !"\(pointer)/".hasPrefix("\(member.pointer)/"), "\(member) = \(short(value))")
            }
        }
    }

    @Test func valuesOfAnotherTypeAreRefusedWithTheirPointer() throws {
        for member in try Member.all(in: description) where member.path.last != "0" {
            let isBoolean = try member.schema.keyword("type") == "boolean"
            for value: JSON in [isBoolean ? 1 : true, isBoolean ? "true" : ["a": [:]]] {
                // An object in place of another object is refused at its unknown member, not at itself.
                guard try !member.schema.isObject || value.object == nil else { continue }
                // Some members have several types.
                if SchemaValidator.errors(value, member.schema).isEmpty { continue }
                let pointer = try #require(try member.pointer(of: api, with: value), "\(member)")
                #expect(pointer == member.pointer, "\(member) = \(value)")
            }
        }
    }
}

/// The beginning of a value; some are long.
private func short(_ value: JSON) -> Substring { "\(value)".prefix(100) }

extension Schema {
    /// Values just outside each bound, and the place in the member that the problem must point to.
    fileprivate func valuesOutside() throws -> [(value: JSON, place: String)] {
        let isInteger = try keyword("type") == "integer"
        var values: [(JSON, String)] = []
        func add(_ bound: String, _ past: (JSON) -> JSON) throws {
            if let value = try keyword(bound) { values.append((past(value), "")) }
        }
        try add("minimum") { isInteger ? $0.adding(-1) : .number(($0.double ?? 0) - 0.001) }
        try add("maximum") { isInteger ? $0.adding(1) : .number(($0.double ?? 0) * 1.001) }
        try add("exclusiveMinimum") { $0 }
        try add("exclusiveMaximum") { $0 }
        try add("enum") { _ in "zzz" }
        try add("const") { _ in "zzz" }
        try add("pattern") { _ in "" }
        if let items = try keyword("items") {
            try add("minItems") { _ in [] }
            try add("maxItems") { .array(Array(repeating: 1, count: ($0.int ?? 0) + 1)) }
            let element = Schema(items, in: document)
            for value in try element.valuesOutside() where value.place.isEmpty {
                values.append(([value.value], "/0"))
            }
        }
        return values
    }

    /// Values at each bound, and every value of an enum.
    fileprivate func valuesInside() throws -> [JSON] {
        var values = try ["minimum", "maximum", "const"].compactMap { try keyword($0) }
        values += try keyword("enum")?.array ?? []
        if let items = try keyword("items"), let maximum = try keyword("maxItems")?.int {
            let elements = try Schema(items, in: document).valuesInside()
            values += elements.flatMap { element -> [JSON] in
                [.array([element]), .array(Array(repeating: element, count: maximum))]
            }
        }
        return values
    }
}

extension JSON {
    /// The sum with an integer; a floating-point number beyond it where Int overflows.
    fileprivate func adding(_ step: Int) -> JSON {
        guard let int else { return self }
        let (sum, isOverflow) = int.addingReportingOverflow(step)
        return isOverflow ? .number(Double(int) * 1.001) : .integer(sum)
    }
}
