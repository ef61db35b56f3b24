import Detection
import Foundation
import Testing
import TimeSeries

/// Rarities and return periods from the errors of a calibration.
@Suite struct SeverityTests {
    private func severity(_ errors: [Float], timesteps: Int = 1, span: Int? = nil) throws -> Severity {
        Severity(
            try #require(ErrorDistribution(of: errors)), windows: errors.count / timesteps,
            independent: Double(errors.count) / Double(span ?? timesteps))
    }

    @Test func theRarityIsTheShareOfSmallerErrors() throws {
        let severity = try severity((1...200).map(Float.init).shuffled())
        #expect(severity.count == 200)
        #expect(severity.rarity(of: 1) == 0)
        #expect(severity.rarity(of: 101) == 0.5)
        #expect(severity.rarity(of: 200) == 0.995)
        #expect(severity.rarity(of: 200.5) == 1)
        #expect(severity.rarity(of: .infinity) == 1)
    }

    @Test func theRarityOfASampleIsThatOfAllErrors() throws {
        let severity = try severity((1...54_321).map(Float.init))
        for error in stride(from: Float(0.5), to: 54_400, by: 123) {
            let exact = Double(min(Int(error), 54_321)) / 54_321
            #expect(abs(severity.rarity(of: error) - exact) <= 1.0 / 1000, "\(error)")
        }
        #expect(severity.rarity(of: 54_321) < 1 && severity.rarity(of: 54_322) == 1)
    }

    @Test func thereIsNoReturnPeriodBelowAHundredWindowsWithoutCommonRows() throws {
        let errors = (1...999).map(Float.init)
        #expect(try severity(errors, timesteps: 10).returnPeriod(of: 500) == nil)
        #expect(try severity(errors, timesteps: 9).returnPeriod(of: 500) != nil)
        #expect(try severity((1...99).map(Float.init)).returnPeriod(of: 50) == nil)
        #expect(try severity((1...100).map(Float.init)).returnPeriod(of: 50) != nil)
        // Errors that do not vary say nothing of larger ones.
        #expect(try severity(Array(repeating: 1, count: 500)).returnPeriod(of: 2) == nil)
    }

    @Test func withinTheErrorsThePeriodIsTheInverseOfTheShare() throws {
        let severity = try severity((1...1000).map(Float.init))
        let half = try #require(severity.returnPeriod(of: 501))
        #expect(half.rows == 2 && half.low < 2 && !half.isLonger)
        #expect(try #require(half.high) > 2)
        #expect(try #require(severity.returnPeriod(of: 901)).rows == 10)
        #expect(try #require(severity.returnPeriod(of: 0)).rows == 1)
    }

    /// Windows that overlap say less: the estimate is the same, its interval is wider.
    @Test func dependentErrorsHaveWiderIntervals() throws {
        let errors = (1...4000).map(Float.init)
        let one = try #require(try severity(errors).returnPeriod(of: 2001))
        let ten = try #require(try severity(errors, timesteps: 10).returnPeriod(of: 2001))
        let smoothed = try #require(try severity(errors, timesteps: 10, span: 30).returnPeriod(of: 2001))
        #expect(one.rows == ten.rows && ten.rows == smoothed.rows)
        #expect(ten.low < one.low && smoothed.low < ten.low)
    }

    @Test(arguments: [1, 3, 40]) func aLargerErrorIsNeverMoreFrequent(_ seed: UInt64) throws {
        var noise = UniformNoise(seed: seed)
        let severity = try severity((0..<700).map { _ in -log(1 - noise.next()) })
        var last = try #require(severity.returnPeriod(of: 0))
        for step in 1...400 {
            let next = try #require(severity.returnPeriod(of: Float(step) / 10))
            // The empirical and the fitted part need not meet exactly where one takes over.
            #expect(next.rows >= 0.95 * last.rows && next.low >= 0.5 * last.low, "\(step)")
            #expect(next.low <= next.rows && next.high.map { $0 >= next.rows } ?? true)
            last = next
        }
        for error in [1e6, 1e30, .greatestFiniteMagnitude, .infinity] as [Float] {
            let far = try #require(severity.returnPeriod(of: error))
            #expect(far.rows == 7000 && far.isLonger && far.high == nil && far.low > 100, "\(error)")
        }
    }

    /// The true return period is within the 90 % interval as often as that says, for errors whose tails are
    /// exponential, lighter and heavier: measured over 200 calibrations of 300 errors each.
    @Test(arguments: ["exponential", "log-normal", "heavy", "normal"], [0.1, 1, 5])
    func theIntervalCoversTheTrueReturnPeriod(_ tail: String, _ multiple: Double) throws {
        let count = 300
        let probability = 1 / (multiple * Double(count))
        /// Box and Muller (1958).
        func normal(_ noise: inout UniformNoise) -> Double {
            (-2 * log(1 - Double(noise.next()))).squareRoot() * cos(2 * .pi * Double(noise.next()))
        }
        func error(_ noise: inout UniformNoise) -> Double {
            switch tail {
            case "exponential": -log(1 - Double(noise.next()))
            case "log-normal": exp(0.5 * normal(&noise))
            case "heavy": (pow(1 - Double(noise.next()), -0.3) - 1) / 0.3
            default: 10 + normal(&noise)
            }
        }
        /// The normal quantile that is exceeded with `probability`, by bisection.
        var (low, high) = (-9.0, 9.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if 0.5 * erfc(middle / 2.0.squareRoot()) > probability { low = middle } else { high = middle }
        }
        let level: Double =
            switch tail {
            case "exponential": -log(probability)
            case "log-normal": exp(0.5 * low)
            case "heavy": (pow(probability, -0.3) - 1) / 0.3
            default: 10 + low
            }
        var noise = UniformNoise(seed: 7)
        var covered = 0
        for _ in 0..<200 {
            let severity = try severity((0..<count).map { _ in Float(error(&noise)) })
            let period = try #require(severity.returnPeriod(of: Float(level)))
            let limit = 1 / probability
            covered += period.low <= limit && period.high.map { limit <= $0 } ?? true ? 1 : 0
        }
        #expect(covered >= 160, "\(covered) of 200")
    }
}
