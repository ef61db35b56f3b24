import Foundation
import Testing
import Yams

/// The client commands have an option for each member of their requests in openapi.yaml.
@Suite struct OptionListTests {
    /// Members that are data, which come from the file.
    private static let data: Set = ["series", "windows", "recordings", "timestamps"]
    /// Options of nested objects, and options whose names differ from their members'.
    private static let names = [
        "early_stopping": ["patience", "min-delta", "monitor", "restore-best-weights"],
        "reduce_lr_on_plateau": [
            "reduce-lr-patience", "reduce-lr-factor", "reduce-lr-min-delta", "reduce-lr-cooldown",
            "reduce-lr-min-lr", "reduce-lr-monitor",
        ],
        "events": ["event-start", "event-end", "minimum-length", "merge-gap"],
    ]

    private static func schemas() throws -> [String: Any] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "openapi.yaml"), encoding: .utf8)
        let document = try #require(Yams.load(yaml: text) as? [String: Any])
        let components = try #require(document["components"] as? [String: Any])
        return try #require(components["schemas"] as? [String: Any])
    }

    /// The names of all properties of a schema, and of those that it is composed of.
    private static func properties(_ schema: Any?, _ schemas: [String: Any]) -> Set<String> {
        guard let schema = schema as? [String: Any] else { return [] }
        if let reference = schema["$ref"] as? String, let name = reference.split(separator: "/").last {
            return properties(schemas[String(name)], schemas)
        }
        let own = Set((schema["properties"] as? [String: Any] ?? [:]).keys)
        return (schema["allOf"] as? [Any] ?? []).reduce(own) { $0.union(properties($1, schemas)) }
    }

    @Test(arguments: [
        ("train", "TrainRequest"), ("compare", "CompareRequest"), ("score", "ScoreRequest"),
        ("evaluate", "EvaluateRequest"), ("reconstruct", "WindowsRequest"), ("encode", "WindowsRequest"),
        ("layers", "LayersRequest"), ("summary", "SummaryRequest"),
    ])
    func everyMemberOfARequestIsAnOption(_ command: String, _ schema: String) throws {
        let schemas = try Self.schemas()
        let members = Self.properties(schemas[schema], schemas).subtracting(Self.data)
        #expect(members.count > 5, "\(schema) has properties")
        let help = try Program.run([command, "--help"]).output
        for member in members {
            for name in Self.names[member] ?? [member.replacing("_", with: "-")] {
                #expect(help.contains(" --\(name)"), "\(command) has no --\(name)")
            }
        }
    }

    /// Nested objects have no other members than those that the test above looks for.
    @Test(arguments: [
        ("EarlyStopping", "early_stopping"), ("ReduceLROnPlateau", "reduce_lr_on_plateau"),
        ("EventRule", "events"),
    ])
    func everyMemberOfAnObjectIsAnOption(_ schema: String, _ member: String) throws {
        let schemas = try Self.schemas()
        let options = Self.names[member]?.map {
            $0.replacing("reduce-lr-", with: "").replacing("event-", with: "").replacing("-", with: "_")
        }
        #expect(Set(options ?? []) == Self.properties(schemas[schema], schemas))
    }
}
