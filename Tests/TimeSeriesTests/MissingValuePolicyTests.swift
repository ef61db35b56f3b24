import Testing
import TimeSeries

@Suite struct MissingValuePolicyTests {
    private func filled(
        _ values: [Double], _ policy: MissingValuePolicy, within segments: [Range<Int>]? = nil
    ) throws -> [Double] {
        var series = try Series<Double>(values: values, features: 1)
        try series.fillMissing(policy, within: segments)
        return series.values
    }
    private let gap = Double.nan

    @Test func eachPolicyFillsGapsAsDocumented() throws {
        #expect(try filled([gap, 1, gap, gap, 4, gap], .previous) == [1, 1, 1, 1, 4, 4])
        #expect(try filled([gap, 1, gap, gap, 4, gap], .linear) == [1, 1, 2, 3, 4, 4])
        #expect(
            try filled([-3e38, gap, 3e38], .linear) == [-3e38, 0, 3e38], "the interpolation does not overflow"
        )
        #expect(try filled([gap, 1, gap, gap, 4, gap], .zero) == [0, 1, 0, 0, 4, 0])
        #expect(try filled([1, 2], .error) == [1, 2])
    }

    @Test func gapsAreFilledFromTheirOwnSegmentOnly() throws {
        #expect(try filled([1, gap, gap, 5], .previous, within: [0..<2, 2..<4]) == [1, 1, 5, 5])
    }

    @Test func errorsNameRowAndFeature() throws {
        var series = try Series<Double>(values: [1, 2, 3, gap], features: 2)
        let error = #expect(throws: DataError.self) { try series.fillMissing(.error, within: [0..<2]) }
        guard case .missing(row: 1, feature: 1, _) = error else {
            Issue.record("expected row 1, feature 1; got \(String(describing: error))")
            return
        }
        var empty = try Series<Double>(values: [1, gap, 3, gap], features: 2)
        #expect(throws: DataError.self) { try empty.fillMissing(.linear, within: [0..<2]) }
    }
}
