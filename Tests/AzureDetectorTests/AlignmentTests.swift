import AzureDetector
import DataFormats
import ServingAPI
import Testing
import TimeSeries

/// Alignment of tables of variables to one series of rows.
@Suite struct AlignmentTests {
    private static func time(_ day: Int) -> UTCTime { UTCTime(microseconds: Int64(day - 1) * 86_400_000_000) }

    private static func table(_ name: String, _ values: [Int: Double]) throws -> AzureTable {
        let days = values.keys.sorted()
        return try AzureTable(
            variables: [name], timestamps: days.map { "1970-01-0\($0)" },
            values: days.map { values[$0] ?? .nan },
            from: name)
    }

    private static func aligned(
        _ mode: AlignPolicy.Mode, _ fill: AlignPolicy.Fill, from start: Int? = nil, history: Int = 0,
        through end: Int = 9
    ) throws -> AlignedSeries {
        var policy = AlignPolicy()
        (policy.mode, policy.fill, policy.padding) = (mode, fill, -7)
        return try AlignedSeries(
            [table("a", [1: 10, 2: 20, 5: 50]), table("b", [2: 2, 3: 3, 4: .nan, 5: 5, 6: 6])], policy,
            from: start.map(time), history: history, through: time(end), limit: 1000)
    }

    @Test(
        arguments: [
            (AlignPolicy.Fill.previous, [10, 2, 20, 2, 20, 3, 20, 3, 50, 5, 50, 6]),
            (.subsequent, [10, 2, 20, 2, 50, 3, 50, 5, 50, 5, 50, 6]),
            (.linear, [10, 2, 20, 2, 30, 3, 40, 4, 50, 5, 50, 6]),
            (.zero, [10, 0, 20, 2, 0, 3, 0, 0, 50, 5, 0, 6]),
            (.fixed, [10, -7, 20, 2, -7, 3, -7, -7, 50, 5, -7, 6]),
        ])
    func outerAlignmentKeepsAllTimesAndFillsGaps(_ fill: AlignPolicy.Fill, _ values: [Double]) throws {
        let aligned = try Self.aligned(.outer, fill)
        #expect(aligned.times == (1...6).map(Self.time))
        #expect(aligned.series.values == values)
        #expect(
            aligned.states.map { [$0.filledNARatio, Double($0.effectiveCount)] } == [
                [0.5, 3], [1.0 / 3, 4],
            ])
        #expect(aligned.states.map(\.first) == [Self.time(1), Self.time(2)])
        #expect(aligned.states.map(\.last) == [Self.time(5), Self.time(6)])
    }

    @Test func innerAlignmentKeepsOnlyTheTimesOfAllVariables() throws {
        let aligned = try Self.aligned(.inner, .linear)
        #expect(aligned.times == [2, 5].map(Self.time))
        #expect(aligned.series.values == [20, 2, 50, 5])
        #expect(aligned.states.allSatisfy { $0.filledNARatio == 0 && $0.effectiveCount == 2 })
    }

    @Test func theTimeRangeIncludesItsStartAndEnd() throws {
        let aligned = try Self.aligned(.outer, .zero, from: 2, through: 4)
        #expect(aligned.times == [2, 3, 4].map(Self.time))
        #expect(aligned.firstRow == 0)
        #expect(throws: Problem.self) { try Self.aligned(.outer, .zero, from: 7) }
        // b has no value on day 1, and none before it to fill the gap from.
        #expect(throws: Problem.self) { try Self.aligned(.outer, .linear, from: 1, through: 1) }
    }

    @Test func historyRowsPrecedeTheStart() throws {
        let aligned = try Self.aligned(.outer, .zero, from: 4, history: 2, through: 5)
        #expect(aligned.times == [2, 3, 4, 5].map(Self.time))
        #expect(aligned.firstRow == 2)
        #expect(aligned.states.map(\.effectiveCount) == [1, 1])
        #expect(try Self.aligned(.outer, .zero, from: 2, history: 9).firstRow == 1)
    }

    @Test func rowsAreSortedByTimeAndDuplicateTimesAreRefused() throws {
        let table = try AzureTable(
            variables: ["a", "b"], timestamps: ["1970-01-02", "1970-01-01"], values: [3, 4, 1, 2], from: "x")
        #expect(table.times == [1, 2].map(Self.time))
        #expect(table.values == [1, 2, 3, 4])
        let twice = #expect(throws: Problem.self) {
            try AzureTable(
                variables: ["a"], timestamps: ["1970-01-01T00:00:00Z", "1970-01-01"], values: [1, 2],
                from: "x")
        }
        #expect(twice?.detail.contains("occurs twice in x") == true)
        let none = #expect(throws: Problem.self) {
            try AzureTable(
                variables: ["a"], timestamps: ["1970-01-01", "yesterday"], values: [1, 2], from: "x")
        }
        #expect(none?.detail.contains("timestamp 1 of x is 'yesterday'") == true)
    }

    @Test func theVariablesMustBeThoseOfTheModel() throws {
        let tables = [try Self.table("a", [1: 1, 2: 2]), try Self.table("b", [1: 3, 2: 4])]
        func series(_ wanted: [String], _ tables: [AzureTable]) throws -> [Double] {
            try AlignedSeries(tables, AlignPolicy(), variables: wanted, limit: 1000).series.values
        }
        #expect(try series(["b", "a"], tables) == [3, 1, 4, 2])
        #expect(throws: Problem.self) { try series(["a", "b", "c"], tables) }
        #expect(throws: Problem.self) { try series(["a"], tables) }
        #expect(throws: Problem.self) { try series(["a"], [tables[0], tables[0]]) }
    }

    @Test func aSeriesWithMoreValuesThanTheLimitIsRefused() throws {
        let tables = try (1...4).map { try Self.table("v\($0)", [$0: 1]) }
        #expect(throws: Problem.self) { try AlignedSeries(tables, AlignPolicy(), limit: 15) }
        #expect(try AlignedSeries(tables, AlignPolicy(), limit: 16).times.count == 4)
    }
}
