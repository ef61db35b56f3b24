import APITesting
import Testing

/// Checks that the enums of openapi.yaml have exactly the values that the server knows, so that a new layer
/// type, error kind, loss or policy is documented.
@Suite struct EnumTests {
    private let api: API
    private let description: APIDescription

    init() throws {
        api = try Situation.ordinary.make(.inProcess).api
        description = try APIDescription(api)
    }

    /// The values that the server names when it refuses another one.
    private func values(of member: Member, refusing value: JSON) throws -> [String] {
        let body = member.body.setting(member.path[...], to: value)
        let problem = try api.post(member.target, body).json
        #expect(problem["pointer"]?.string?.hasPrefix(member.pointer) == true, "\(member): \(problem)")
        let detail = try #require(problem["detail"]?.string, "\(member)")
        let list = try #require(detail.firstMatch(of: /must be (one|an array) of ([^;]*)/)?.2, "\(detail)")
        return list.matches(of: /'([^']+)'/).map { String($0.1) }
    }

    @Test func everyEnumOfARequestListsTheValuesThatTheServerAccepts() throws {
        var count = 0
        for member in try Member.all(in: description) {
            let items = try member.schema.keyword("items").map { Schema($0, in: member.schema.document) }
            guard let values = try (member.schema.keyword("enum") ?? items?.keyword("enum"))?.array else {
                continue
            }
            count += 1
            let accepted = try self.values(of: member, refusing: items == nil ? "zzz" : ["zzz"])
            #expect(Set(values.compactMap(\.string)) == Set(accepted), "\(member)")
        }
        #expect(count > 20, "the requests have enums")
    }

    @Test func everyLayerTypeIsDocumentedInRequestsAndResponses() throws {
        let types = try Member.all(in: description).filter {
            $0.operation == "POST /train" && $0.path == ["layers", "0", "type"]
        }
        let member = try #require(types.first)
        let accepted = try Set(values(of: member, refusing: "zzz"))
        #expect(try Set(types.compactMap { try $0.schema.keyword("const")?.string }) == accepted)
        for name in ["Summary", "LayersResponse"] {
            let layer = try #require(
                try description.schema(name).mergedProperties["layers"]?.keyword("items"))
            let values = try #require(layer["properties"]?["type"]?["enum"]?.array)
            #expect(Set(values.compactMap(\.string)) == accepted, "\(name)")
        }
    }
}
