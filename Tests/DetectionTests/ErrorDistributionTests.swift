import Detection
import Foundation
import Testing

/// Quantiles, thresholds and drift from the errors of calibration windows.
@Suite struct ErrorDistributionTests {
    /// 1, 2, …, n.
    private func errors(_ count: Int) throws -> ErrorDistribution {
        try #require(ErrorDistribution(of: (1...count).map(Float.init).shuffled()))
    }

    @Test(arguments: [
        // (n + 1)·q is a whole number, a fraction, and beyond n.
        (count: 99, q: 0.99, quantile: Float(99), isSupported: true),
        (98, 0.99, 98, false), (100, 0.99, 100, true), (199, 0.99, 198, true), (199, 0.5, 100, true),
        (10, 0.05, 1, true), (10, 0, 1, true), (10, 1, 10, false),
    ])
    func theQuantileIsConformal(_ row: (count: Int, q: Double, quantile: Float, isSupported: Bool)) throws {
        let errors = try errors(row.count)
        #expect(errors.quantile(row.q) == row.quantile)
        #expect(errors.supports(row.q) == row.isSupported)
    }

    @Test func samplingDoesNotLowerAQuantile() throws {
        let errors = try errors(123_457)
        #expect(errors.ranked.count == 1001)
        for q in [0.001, 0.1, 0.5, 0.9, 0.99, 0.999] {
            let exact = (123_458 * q).rounded(.up)
            let found = Double(errors.quantile(q))
            #expect(
                found >= exact && found <= exact + 124,
                "quantile \(q): expected at least \(exact), got \(found)")
        }
    }

    @Test func fewErrorsHaveTheUpperLimitOfALogNormalDistribution() throws {
        // The logarithms are 0, 1, …, 9: mean 4.5, standard deviation 3.0277. The t quantile of 9 degrees of
        // freedom is 2.8214.
        let few = try #require(ErrorDistribution(of: (0..<10).map { Float(exp(Double($0))) }))
        let limit = exp(4.5 + 2.8214 * 3.0277 * 1.1.squareRoot())
        #expect(abs(Double(few.upperLimit(0.99)) / limit - 1) < 0.01)
        // Of 1,000 errors, ten are above the quantile, which is enough.
        let many = try errors(1000)
        #expect(many.upperLimit(0.99) == many.quantile(0.99))
        #expect(try errors(999).upperLimit(0.99) > 991)
        // Equal errors and errors of 0 have a finite limit.
        #expect(try #require(ErrorDistribution(of: [2, 2, 2, 2])).upperLimit(0.99) == 2)
        #expect(try #require(ErrorDistribution(of: [0, 0, 0, 0])).upperLimit(0.99) == 0)
        #expect(try #require(ErrorDistribution(of: [0, 0, 0, 1])).upperLimit(0.99).isFinite)
    }

    /// No error is beyond the quantile 1, so it has the highest limit.
    @Test func theQuantileOneHasTheHighestLimit() throws {
        let few = try #require(ErrorDistribution(of: (1...300).map(Float.init), independent: 30))
        #expect(few.upperLimit(0.99) <= few.upperLimit(0.999) && few.upperLimit(0.999) <= few.upperLimit(1))
        #expect(few.upperLimit(1) == 450)
    }

    /// What a file claims must be possible.
    @Test func aStoredSampleHasTheErrorsThatItCounts() {
        #expect(ErrorSample(count: 50, independent: nil, ranked: [0.5]) == nil)
        #expect(ErrorSample(count: 2, independent: nil, ranked: [0.5, 0.25]) == nil)
        #expect(ErrorSample(count: Int.max, independent: nil, ranked: [0.5, 1]) == nil)
        #expect(ErrorSample(count: 2, independent: 3, ranked: [0.5, 1]) == nil)
        #expect(ErrorSample(count: 2, independent: 1, ranked: [0.5, 1]) != nil)
        #expect(ErrorSample(count: 5000, independent: 9, ranked: [0.5, 1]) != nil)
    }

    /// 75 errors with a median of 1.6, the largest 413, of windows that overlap.
    @Test func aLimitIsAtMostOneAndAHalfTimesTheLargestError() throws {
        let errors = (0..<75).map { Float(exp(-5.08 + 11.1 * Double($0) / 74)) }
        let largest = try #require(errors.max())
        #expect(abs(errors[37] - 1.6) < 0.05 && abs(largest - 413) < 5)
        // Files without the number of independent errors keep the thresholds that they had.
        #expect(try #require(ErrorDistribution(of: errors)).upperLimit(0.99) > 2000)
        for worth in 1...75 {
            let limit = try #require(ErrorDistribution(of: errors, independent: worth)).upperLimit(0.99)
            #expect(limit == 1.5 * largest, "\(worth): \(limit)")
        }
    }

    /// The fewer independent windows, the larger the margin; with many, there is none.
    @Test func theMarginShrinksWithTheNumberOfIndependentErrors() throws {
        var random = UniformNoise(seed: 5)
        let errors = (0..<1001).map { _ in 1 + random.next() }
        let limits = try [5, 10, 50, 200, 1000].map {
            try #require(ErrorDistribution(of: errors, independent: $0)).upperLimit(0.99)
        }
        #expect(limits == limits.sorted(by: >) && limits[0] > limits[3], "\(limits)")
        #expect(try limits[4] == #require(ErrorDistribution(of: errors)).quantile(0.99))
    }

    /// The fitted windows and the precision of the data bound a threshold from below.
    @Test func theFittedWindowsAndTheFloorBoundALimitFromBelow() throws {
        let fitted = try #require(ErrorSample(of: (1...100).map { Float($0) }, independent: 100))
        let still = [Float](repeating: 1e-11, count: 60)
        let bounded = try #require(ErrorDistribution(of: still, independent: 6, fitted: fitted, floor: 0.5))
        // The limit of the fitted windows, for each quantile.
        #expect(bounded.upperLimit(0.99) >= 100 && bounded.upperLimit(0.99) <= 150)
        #expect(bounded.upperLimit(0.5) < bounded.upperLimit(0.99))
        let alone = try #require(ErrorDistribution(of: still, independent: 6, floor: 0.5))
        #expect(alone.upperLimit(0.99) == 0.5)
        #expect(Threshold.Rule.sigmas(3).threshold(of: alone) == 0.5)
    }

    @Test func sigmasCountStandardDeviationsAboveTheMean() throws {
        let errors = try #require(ErrorDistribution(of: [1, 2, 3, 6]))
        // The mean is 3, the variance 3.5.
        let expected: Float = 6.741_657
        #expect(abs(Threshold.Rule.sigmas(2).threshold(of: errors) - expected) < 1e-5)
        #expect(Threshold.Rule.value(0.25).threshold(of: errors) == 0.25)
    }

    /// Of exchangeable windows, the requested share is false alarms, and not more.
    @Test func theFalseAlarmRateIsTheRequestedOne() throws {
        var random = UniformNoise(seed: 1)
        var alarms = 0
        for _ in 0..<4000 {
            // Errors with a heavy tail. The threshold of 199 errors is the second largest.
            let errors = (0..<199).map { _ in 1 / (random.next() + 1e-6) }
            let threshold = try #require(ErrorDistribution(of: errors)).quantile(0.99)
            if 1 / (random.next() + 1e-6) > threshold { alarms += 1 }
        }
        // 40 are expected, with a standard deviation of 6.3.
        #expect((15...65).contains(alarms), "expected about 40 false alarms, got \(alarms)")
    }

    @Test func driftIsAShareOfHighErrorsAboveAQuarter() throws {
        let calibration = try errors(1000)
        let normal = (1...1000).map(Float.init)
        let same = try #require(Drift(of: normal, comparedWith: calibration))
        #expect(same.windows == 1000 && abs(same.share - 0.1) < 0.01 && !same.isDrift)
        let shifted = try #require(Drift(of: normal.map { $0 + 200 }, comparedWith: calibration))
        #expect(abs(shifted.share - 0.3) < 0.01 && shifted.isDrift)
        #expect(Drift(of: Array(normal.prefix(49)), comparedWith: calibration) == nil)
        #expect(Drift(of: normal, comparedWith: try errors(8)) == nil)
    }
}
