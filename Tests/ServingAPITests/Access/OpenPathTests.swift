import APITesting
import Foundation
import ServingAPI
import Testing

/// The paths that are open without a key are those that docs/threat-model.md lists.
@Suite struct OpenPathTests {
    @Test func theThreatModelListsTheOpenPaths() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/threat-model.md").standardized
        let page = try String(contentsOf: url, encoding: .utf8)
        let row = try #require(
            page.split(separator: "\n").first { $0.hasPrefix("| Discovering paths without a key |") })
        let listed = row.matches(of: /`(\/[^`]*)`/).map { String($0.1) }
        #expect(listed.sorted() == (try API(.inProcess).service.openPaths.sorted()))
    }

    /// `security: []` marks them in the description of the API.
    @Test func theDescriptionMarksTheOpenPaths() throws {
        let api = try API(.inProcess)
        let open = try APIDescription(api).document["paths"]?.object?.filter { path, item in
            let operations = item.object?.filter { $0.key != "parameters" }.map(\.value) ?? []
            let marked = operations.filter { $0["security"] == [] }
            #expect(marked.isEmpty || marked.count == operations.count, "\(path)")
            return !marked.isEmpty
        }
        #expect(try #require(open).keys.sorted() == api.service.openPaths.sorted())
    }
}
