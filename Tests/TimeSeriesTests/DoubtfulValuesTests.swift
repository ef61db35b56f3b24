import Foundation
import Testing
import TimeSeries

/// Values that are used, but may be faults.
@Suite struct DoubtfulValuesTests {
    /// Uniform numbers in 0..<1, the same in each run.
    private struct Uniform {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Double(state >> 11) + 0.5) / 0x1p53
        }

        mutating func normal() -> Double { sqrt(-2 * log(next())) * cos(2 * .pi * next()) }
    }

    private static func wave(_ row: Int) -> Double { sin(Double(row) / 3) }

    private static func values(_ value: (Int) -> Double) -> [Double] { (0..<400).map(value) }

    private func find(in values: [Double]) -> [DoubtfulValues] {
        DoubtfulValues.find(in: values, without: Outliers.positions(in: values))
    }

    /// 21 of 400 rows at ±100…1000 beside a sine, as they scatter, and a tail that grows by a fifth from 4.
    @Test func fewRowsDominateAScale() throws {
        var random = Uniform(seed: 3)
        let spikes = Self.values { row in
            guard row % 19 == 7 else { return Self.wave(row) }
            let size = 100 + 900 * random.next()
            return random.next() < 0.5 ? -size : size
        }
        let tail = Self.values { $0 % 20 == 7 ? 4 * pow(1.2, Double($0 / 20)) : Self.wave($0) }
        for (values, count) in [(spikes, 21), (tail, 18)] {
            #expect(Outliers.positions(in: values).isEmpty)
            let found = find(in: values)
            #expect(found.count == 1)
            let doubtful = try #require(found.first)
            guard case .dominant(let deviation, let usual) = doubtful.reason else {
                Issue.record("\(doubtful)")
                continue
            }
            let mean = values.reduce(0, +) / 400
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400
            #expect(abs(deviation - sqrt(variance)) < 1e-9 * deviation && usual > 0.9 && usual < 1.2)
            #expect(doubtful.rows.count == count)
            #expect(doubtful.rows.allSatisfy { abs(values[$0]) > 5 * usual })
        }
    }

    @Test func usualDistributionsAreNotDoubtful() {
        var random = Uniform(seed: 1)
        let generators: [(String, (inout Uniform, Int) -> Double)] = [
            ("normal", { random, _ in random.normal() }), ("uniform", { random, _ in random.next() }),
            ("a sine", { _, row in Self.wave(row) }), ("exponential", { random, _ in -log(random.next()) }),
            ("log-normal", { random, _ in exp(random.normal()) }),
            ("Laplace", { random, _ in (random.next() < 0.5 ? 1 : -1) * log(random.next()) }),
            ("two states", { random, row in random.normal() + (row / 50 % 2 == 0 ? 0 : 1e6) }),
            ("off for a fifth", { random, row in row % 100 < 20 ? 0 : 100 + random.normal() }),
            ("mostly 0, and bursts", { random, row in row % 20 == 0 ? 1000 * random.next() : 0 }),
        ]
        for (title, generate) in generators {
            for rows in [60, 400, 5000] {
                let values = (0..<rows).map { generate(&random, $0) }
                #expect(find(in: values).isEmpty, "\(title), \(rows) rows")
            }
        }
    }

    /// A failed reading is 0 each time, at 8 to 20 robust deviations.
    @Test(arguments: [9.0, 12, 20, -20]) func aValueThatIsRepeatedApartFromTheRestIsDoubtful(
        level: Double
    ) throws {
        let rows = [5, 100, 103, 230, 390]
        let values = Self.values { rows.contains($0) ? 0 : level + Self.wave($0) }
        #expect(Outliers.positions(in: values).isEmpty)
        let found = find(in: values)
        #expect(found.map(\.reason) == [.repeated] && found.first?.rows == rows)
        #expect(found.first?.farthest == 0)
    }

    @Test func aRepeatedValueThatMayBeMeasuredIsNotDoubtful() {
        #expect(find(in: Self.values { min(max(2 * Self.wave($0), -0.5), 1.9) }).isEmpty, "clipped")
        // A stop is a state, not a failed reading.
        #expect(find(in: Self.values { 200...219 ~= $0 ? 0 : 15 + Self.wave($0) }).isEmpty, "stopped")
        #expect(find(in: Self.values { $0 % 40 == 9 ? 9 : Double($0 / 10 % 4) }).isEmpty, "few levels")
        #expect(find(in: Self.values { $0 % 90 == 9 ? Double($0) / 1e3 : 15 + Self.wave($0) }).isEmpty)
    }

    @Test func rowsAreThoseOfTheRequest() throws {
        let rows = [5, 100, 230]
        let values = Self.values { rows.contains($0) ? 0 : 15 + Self.wave($0) }
        let warning = try #require(find(in: values).first).located { 1000 - $0 }.warning(column: "a")
        #expect(warning.rows == [770..<771, 900..<901, 995..<996] && warning.columns == ["a"])
        #expect(warning.code == .outliers && warning.level == .warning)
        #expect(warning.message.contains("The value 0 of 'a' in 3 rows, the first of which is 770,"))
    }
}
