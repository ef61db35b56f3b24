import APITesting
import Foundation
import ServingAPI
import Testing

/// Every problem type is documented by the server, in openapi.yaml and in docs/problems.md.
@Suite struct ProblemTypeTests {
    @Test func theDocumentedPageOfProblemsEqualsTheServedOne() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/problems.md").standardized
        let page = try String(contentsOf: path, encoding: .utf8)
        let served = try API(.inProcess).get("/problems", accept: "text/plain")
        #expect(page.hasSuffix(served.text), "docs/problems.md must end with the text of GET /problems")
    }

    @Test func theProblemTypesAreThoseOfTheAPIDescription() throws {
        let description = try API(.inProcess).get("/openapi.yaml").text
        let listed = description.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix("- /problems/") }.map { String($0.dropFirst("- /problems/".count)) }
        #expect(listed == ProblemType.allCases.map(\.rawValue))
    }

    @Test(arguments: ["text/html", "text/plain"])
    func theTypeOfAProblemLeadsToItsSection(accept: String) throws {
        let api = try API(.inProcess)
        let problem = try api.get("/models/unknown").json
        let type = try #require(problem["type"]?.string)
        let section = try api.get(type, accept: accept)
        #expect(section.status == 200)
        #expect(section.text.contains(ProblemType.unknownModel.cause))
        #expect(!section.text.contains(ProblemType.diskFull.cause))
    }
}
