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
}
