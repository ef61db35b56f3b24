import Detection
import Testing

/// Errors that join a calibration and leave it.
@Suite struct ErrorRevisionTests {
    private func revised(
        _ errors: [Float], joining: [Float] = [], leaving: [Float] = [], calibrated: [Float]? = nil
    ) throws -> (errors: ErrorDistribution, left: Int)? {
        try #require(ErrorDistribution(of: errors)).revised(
            by: ErrorRevision(joining: joining, leaving: leaving, calibrated: calibrated))
    }

    @Test func errorsJoinAndLeave() throws {
        let (errors, left) = try #require(try revised([1, 2, 3, 4], joining: [9, 0], leaving: [3]))
        #expect(errors.ranked == [0, 1, 2, 4, 9] && errors.count == 5 && left == 1)
        #expect(abs(errors.mean - 3.2) < 1e-6)
    }

    @Test func eachErrorLeavesOnceAndOnlyIfItIsThere() throws {
        let (errors, left) = try #require(try revised([1, 2, 2, 2, 5], leaving: [2, 2, 4, 6]))
        #expect(errors.ranked == [1, 2, 5] && left == 2)
        // The last digits may differ.
        #expect(try #require(try revised([1, 2], leaving: [2.000_001])).left == 1)
        #expect(try #require(try revised([1, 2], leaving: [2.01])).left == 0)
    }

    /// The errors of a calibration with a covariance differ from those of the same windows afterwards.
    @Test func errorsLeaveACalibrationThatHadThemByTheirRank() throws {
        let errors: [Float] = [1, 2, 3, 40, 50, 60]
        let after: [Float] = [0.5, 1, 2, 2.5, 3, 4]
        let revised = try #require(try revised(errors, leaving: [4, 2.5, 3], calibrated: after))
        #expect(revised.errors.ranked == [1, 2, 3] && revised.left == 3)
        // One of a low rank leaves there.
        let low = try #require(try self.revised(errors, leaving: [1], calibrated: after))
        #expect(low.errors.ranked == [1, 3, 40, 50, 60] && low.left == 1)
        let equal = try #require(try self.revised(errors, leaving: [9, 9], calibrated: after))
        #expect(equal.errors.ranked == [1, 2, 3, 40] && equal.left == 2)
    }

    /// If the errors are the same ones, none but those that leave do.
    @Test func errorsThatAreTheSameLeaveByTheirRank() throws {
        let errors: [Float] = [1, 2, 3, 4, 5, 6]
        let revised = try #require(
            try revised(errors, leaving: [5, 4], calibrated: errors.map { $0 * 1.000_001 }))
        #expect(revised.errors.ranked == [1, 2, 3, 6] && revised.left == 2)
        #expect(try #require(ErrorDistribution(of: errors)).isDistribution(of: errors.reversed()))
        #expect(
            try #require(ErrorDistribution(of: errors)).isDistribution(of: [1, 2, 3, 4, 5, 6.001]) == false)
        let many = (0..<5000).map { Float($0) }
        let distribution = try #require(ErrorDistribution(of: many))
        #expect(distribution.isDistribution(of: many.reversed()))
        #expect(!distribution.isDistribution(of: Array(many.dropLast()) + [5001]))
    }

    /// Each error of a sample stands for several, but no more errors have left than were to leave.
    @Test func noMoreErrorsHaveLeftThanWereToLeave() throws {
        let errors = try #require(ErrorDistribution(of: (1...20_000).map(Float.init)))
        let revised = try #require(errors.revised(by: ErrorRevision(joining: [], leaving: [20_000])))
        #expect(revised.left == 1 && revised.errors.count < 20_000)
    }

    /// A million errors take seconds at most, not their square.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func manyErrorsLeaveQuickly(_ isKnown: Bool) throws {
        let errors = [Float](repeating: 1, count: 1_000_000)
        let distribution = try #require(ErrorDistribution(of: errors + [0, 2]))
        let revision = ErrorRevision(
            joining: [], leaving: errors, calibrated: isKnown ? errors + [0, 3] : nil)
        let revised = try #require(distribution.revised(by: revision))
        #expect(revised.left <= errors.count && revised.errors.count < 2002)
        let distinct = (1...1_000_000).map(Float.init)
        let none = try #require(
            ErrorDistribution(of: distinct.map { -$0 })?.revised(
                by: ErrorRevision(joining: [], leaving: distinct)))
        #expect(none.left == 0 && none.errors.count == distinct.count)
    }

    /// A file can claim to have any number of errors.
    @Test func theMemoryForARevisionIsBounded() throws {
        let sample = try #require(ErrorSample(count: 1 << 31, independent: 9, ranked: [1, 2, 3]))
        let revised = try #require(
            ErrorDistribution(sample).revised(by: ErrorRevision(joining: [4], leaving: [3])))
        #expect(revised.left == 1 && revised.errors.count < 1 << 23)
    }

    @Test func nothingIsLeftOfAnEmptiedCalibration() throws {
        #expect(try revised([1, 2], leaving: [1, 2]) == nil)
        #expect(try revised([1, 2], joining: [3], leaving: [1, 2])?.errors.ranked == [3])
    }

    /// Of many errors only a sample is stored; its quantiles do not fall when nothing leaves.
    @Test func aSampleKeepsItsQuantiles() throws {
        let errors = try #require(ErrorDistribution(of: (1...20_000).map(Float.init)))
        let none = ErrorRevision(joining: [], leaving: [])
        let same = try #require(errors.revised(by: none)).errors
        #expect(same.count == 20_000 && same.ranked.count == 1001)
        for q in [0.5, 0.9, 0.99, 1] { #expect(abs(same.quantile(q) - errors.quantile(q)) <= 40, "\(q)") }
        #expect(same.quantile(0.99) >= errors.quantile(0.99))
        let more = ErrorRevision(
            joining: [Float](repeating: 30_000, count: 1000), leaving: [])
        let joined = try #require(errors.revised(by: more)).errors
        #expect(joined.count == 21_000 && joined.quantile(0.99) == 30_000)
        #expect(joined.quantile(0.94) < 20_001)
    }
}
