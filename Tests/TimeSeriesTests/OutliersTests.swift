import Foundation
import Testing
import TimeSeries

@Suite struct OutliersTests {
    /// A column and the rows that are outliers in it.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let values: [Double]
        let rows: [Int]

        init(_ description: String, rows: [Int] = [], _ value: (Int) -> Double) {
            testDescription = description
            values = (0..<400).map(value)
            self.rows = rows
        }
    }

    /// A number from 0 to 1 that looks random.
    private static func noise(_ row: Int, stream: Int = 0) -> Double {
        var random = UInt64(row &* 7919 &+ stream &* 104_729 &+ 1)
        for _ in 0..<4 { random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        return Double(random >> 11) * 0x1p-53
    }

    private static func normal(_ row: Int) -> Double {
        (0..<12).reduce(-6) { $0 + noise(row, stream: $1) }
    }

    static let cases: [Case] = [
        Case("a sine with -9999", rows: [7, 99, 100, 250, 399]) {
            [7, 99, 100, 250, 399].contains($0) ? -9999 : sin(Double($0) / 3)
        },
        Case("a sine with a value past the largest float", rows: [100]) {
            $0 == 100 ? 1e300 : sin(Double($0) / 3)
        },
        Case("both ends of double", rows: [3, 5]) {
            $0 == 3 ? .greatestFiniteMagnitude : $0 == 5 ? -.greatestFiniteMagnitude : sin(Double($0))
        },
        Case("noise on a large offset with one slip", rows: [33]) { 1e9 + ($0 == 33 ? 500 : normal($0)) },
        Case("spikes of 50 standard deviations", rows: [10, 200]) {
            normal($0) + ($0 == 10 ? 50 : $0 == 200 ? -50 : 0)
        },
        Case("20 of 400 values", rows: Array(stride(from: 0, to: 400, by: 20))) {
            $0 % 20 == 0 ? -9999 : normal($0)
        },
        Case("a constant with a code of a missing value", rows: [1, 2, 300]) {
            [1, 2, 300].contains($0) ? -9999 : 14.62
        },
        Case("-9999 in 10 % of the rows", rows: Array(stride(from: 0, to: 400, by: 10))) {
            $0 % 10 == 0 ? -9999 : normal($0)
        },
        Case("-9999 in every second row", rows: Array(stride(from: 0, to: 400, by: 2))) {
            $0 % 2 == 0 ? -9999 : normal($0)
        },
        Case("-999.25 in most rows", rows: (0..<400).filter { $0 % 20 != 0 }) {
            $0 % 20 == 0 ? 50 + normal($0) : -999.25
        },
        Case("a constant with -9999 in 10 %", rows: Array(stride(from: 0, to: 400, by: 10))) {
            $0 % 10 == 0 ? -9999 : 14.62
        },
        Case("a flag with -9999 in 20 %", rows: Array(stride(from: 0, to: 400, by: 5))) {
            $0 % 5 == 0 ? -9999 : $0 % 7 < 2 ? 1 : 0
        },
        Case("several codes", rows: (0..<400).filter { $0 % 9 < 2 }) {
            $0 % 9 == 0 ? -9999 : $0 % 9 == 1 ? 65535 : 20 + normal($0)
        },
        Case("10^10 in 40 rows and -50 in one", rows: [60] + Array(100..<140)) {
            (100..<140).contains($0) ? 1e10 : $0 == 60 ? -50 : sin(Double($0) / 3)
        },
        Case("0 while a pump is off") { $0 % 40 < 8 ? 0 : 100 + normal($0) },
        Case("a second state that is exact") { $0 % 40 < 8 ? 100 : 5 + normal($0) },
        Case("a step half way") { ($0 < 200 ? 0 : 100) + sin(Double($0) / 3) },
        Case("two regimes") { (noise($0) < 0.5 ? 0 : 1e6) + sin(Double($0) / 3) },
        Case("a flag that is written as 65535") { $0 % 7 < 3 ? 65535 : 0 },
        Case("values around 999") { 999 + (3 * normal($0)).rounded() },
        Case("three values") { Double($0 * $0 % 3) * 9999 },
        Case("more than 5 % that differ: another state") { $0 % 15 == 0 ? -9000 + normal($0) : normal($0) },
        Case("at 10^15, where doubles are 1/8 apart") { 1e15 + sin(Double($0) / 3) },
        Case("normal noise") { normal($0) },
        Case("a log-normal distribution") { exp(1.2 * normal($0)) },
        Case("a Pareto distribution") { pow(1 - noise($0), -1 / 2.5) },
        Case("0 in 95 % of the rows, then large") { $0 % 20 == 0 ? 1e6 * noise($0) : 0 },
        Case("0 in 97 %, then large") { $0 % 33 == 0 ? 500 + 1000 * noise($0) : 0 },
        Case("a flag that is set twice") { [50, 51].contains($0) ? 1 : 0 },
        Case("a setpoint that was changed once for a while") { (100..<112).contains($0) ? 25 : 20 },
        Case("errors, counted") { $0 % 40 == 3 ? Double($0 % 7) : 0 },
        Case("a ramp") { Double($0) },
        Case("a constant") { _ in 7 },
        Case("exponential growth") { exp(Double($0) / 30) },
    ]

    @Test(arguments: cases) func onlyIsolatedValuesAreOutliers(_ data: Case) throws {
        // Beside a column that has none.
        let values = data.values.enumerated().flatMap { [Self.normal($0), $1] }
        let series = try Series(values: values, features: 2)
        let found = Outliers(in: series, rows: [0..<400])
        #expect(found.columns.map(\.feature) == (data.rows.isEmpty ? [] : [1]))
        #expect(found.columns.first?.rows ?? [] == data.rows)
        #expect(found.flags(rows: 400).indices.filter { found.flags(rows: 400)[$0] } == data.rows)
    }

    @Test func onlyTheGivenRowsAreLookedAt() throws {
        let values = (0..<400).map { (row: Int) -> Double in row == 200 ? -9999 : sin(Double(row)) }
        let series = try Series(values: values, features: 1)
        #expect(Outliers(in: series, rows: [0..<200, 201..<400]).isEmpty)
        #expect(Outliers(in: series, rows: [150..<250]).rows == [200..<201])
        #expect(Outliers(in: series, rows: []).isEmpty)
    }

    @Test func neighbouringRowsAreOneRange() throws {
        var values: [Double] = []
        for row in 0..<400 {
            values.append([10, 11].contains(row) ? 9999 : sin(Double(row)))
            values.append(row == 12 ? 9999 : cos(Double(row)))
        }
        let series = try Series(values: values, features: 2)
        let found = Outliers(in: series, rows: [0..<400])
        #expect(found.columns.map(\.rows) == [[10, 11], [12]])
        #expect(found.rows == [10..<13])
    }
}
