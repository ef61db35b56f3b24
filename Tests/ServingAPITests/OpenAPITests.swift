import Foundation
import ServingAPI
import Testing
import Yams

/// openapi.yaml lists what is served, no more and no less.
@Suite struct OpenAPITests {
    @Test func everyPathAndMethodIsDescribed() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "openapi.yaml")
        let document = try #require(
            Yams.load(yaml: String(contentsOf: file, encoding: .utf8)) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let methods: Set = ["get", "post", "put", "delete"]
        let described = paths.flatMap { path, item in
            item.keys.filter(methods.contains).map { "\($0.uppercased()) \(path)" }
        }
        #expect(described.sorted() == Service.servedPaths.map { "\($0.method) \($0.path)" }.sorted())
    }
}
