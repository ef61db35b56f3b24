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

    /// The client commands and the schemas of their requests.
    private static let requests = [
        ("train", "TrainRequest"), ("calibrate", "CalibrateRequest"), ("feedback", "FeedbackRequest"),
        ("compare", "CompareRequest"), ("score", "ScoreRequest"), ("evaluate", "EvaluateRequest"),
        ("reconstruct", "ReconstructRequest"), ("encode", "WindowsRequest"),
        ("layers", "LayersRequest"), ("summary", "SummaryRequest"),
    ]

    private static func schemas() throws -> [String: Any] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "openapi.yaml"), encoding: .utf8)
        let document = try #require(Yams.load(yaml: text) as? [String: Any])
        let components = try #require(document["components"] as? [String: Any])
        return try #require(components["schemas"] as? [String: Any])
    }

    /// The target of a schema's reference; a schema without one as it is.
    private static func resolved(_ schema: Any?, _ schemas: [String: Any]) -> [String: Any] {
        guard let schema = schema as? [String: Any] else { return [:] }
        guard let name = (schema["$ref"] as? String)?.split(separator: "/").last else { return schema }
        return resolved(schemas[String(name)], schemas)
    }

    /// All properties of a schema, and of those that it is composed of, by name.
    private static func schemasOfProperties(_ schema: Any?, _ schemas: [String: Any]) -> [String: Any] {
        let schema = resolved(schema, schemas)
        let own = schema["properties"] as? [String: Any] ?? [:]
        return (schema["allOf"] as? [Any] ?? []).reduce(own) {
            $0.merging(schemasOfProperties($1, schemas)) { first, _ in first }
        }
    }

    private static func properties(_ schema: Any?, _ schemas: [String: Any]) -> Set<String> {
        Set(schemasOfProperties(schema, schemas).keys)
    }

    @Test(arguments: requests)
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

    @Test(arguments: requests)
    func theHelpOfAnOptionListsTheValuesOfItsMember(_ command: String, _ schema: String) throws {
        let schemas = try Self.schemas()
        let entries = try Program.run([command, "--help"]).output.split(separator: "\n  --")
        for (member, property) in Self.schemasOfProperties(schemas[schema], schemas) {
            let property = Self.resolved(property, schemas)
            let items = Self.resolved(property["items"], schemas)
            guard let values = (property["enum"] ?? items["enum"]) as? [String] else { continue }
            let name = member.replacing("_", with: "-")
            let entry = try #require(
                entries.first { $0.hasPrefix("\(name) ") }, "\(command) has no --\(name)")
            let words = Set(entry.split { !$0.isLetter && $0 != "_" && $0 != "-" }.map(String.init))
            let missing = Set(values).subtracting(words)
            #expect(missing.isEmpty, "the help of \(command) --\(name) does not name \(missing)")
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
