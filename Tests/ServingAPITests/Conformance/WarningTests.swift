import APITesting
import Testing
import TimeSeries

/// The codes and levels of warnings are documented.
@Suite struct WarningTests {
    @Test func everyCodeIsDocumented() throws {
        let description = try APIDescription(try API(.inProcess))
        let code = description.schema("WarningCode")
        let values = try #require(try code.keyword("enum")?.array).compactMap(\.string)
        #expect(Set(values) == Set(WarningCode.allCases.map(\.rawValue)))
        let table = try #require(try code.keyword("description")?.string)
        #expect(WarningCode.allCases.allSatisfy { table.contains("| `\($0.rawValue)` |") })
        let level = try #require(
            try description.schema("Warning").mergedProperties["level"]?.keyword("enum")?.array)
        #expect(level.compactMap(\.string) == Warning.Level.allCases.map(\.rawValue))
    }
}
