/// Errors that join those of a calibration and leave them, because rows were marked as normal or as
/// anomalous.
package struct ErrorRevision: Sendable {
    /// The errors of what was marked as normal.
    package let joining: [Float]
    /// The errors of what was marked as anomalous, ascending.
    package let leaving: [Float]
    /// The errors of all that calibrated, ascending, if it is known that what was marked as anomalous is
    /// among it. They can differ from those of the calibration, where a covariance is cross-validated, but
    /// hardly in their order: an error leaves by its rank. nil if it leaves only where the calibration has
    /// the same error.
    package let calibrated: [Float]?

    /// A revision, with errors in any order.
    package init(joining: [Float], leaving: [Float], calibrated: [Float]? = nil) {
        self.joining = joining
        self.leaving = leaving.sorted()
        self.calibrated = calibrated?.sorted()
    }

    /// Errors within this share of one another are those of the same window: sums may differ in the last
    /// digits.
    private static let precision = 1e-5

    /// Whether two errors are those of the same window.
    fileprivate static func areEqual(_ error: Float, _ other: Float) -> Bool {
        abs(Double(error) - Double(other)) <= precision * Double(max(error, other))
    }

    /// Returns the errors that stay, and those that join.
    /// - Parameters:
    ///   - known: the calibration.
    ///   - errors: all its errors, ascending.
    ///   - copies: the number of errors that one of them stands for.
    fileprivate func applied(
        to known: ErrorDistribution, _ errors: [Float], copies: Int
    ) -> [Float] {
        let isLeft =
            if let calibrated {
                ranked(errors.count, calibrated, areSame: known.isDistribution(of: calibrated))
            } else {
                equal(errors, copies)
            }
        return zip(errors, isLeft).filter { !$0.1 }.map(\.0) + joining
    }

    /// Finds the errors that leave by their values.
    /// - Returns: for each of `errors`, whether it leaves.
    private func equal(_ errors: [Float], _ copies: Int) -> [Bool] {
        var isLeft = [Bool](repeating: false, count: errors.count)
        var place = 0
        for error in leaving {
            while place < errors.count, errors[place] < error, !Self.areEqual(errors[place], error) {
                place += 1
            }
            var rest = copies
            while rest > 0, place < errors.count, Self.areEqual(errors[place], error) {
                isLeft[place] = true
                place += 1
                rest -= 1
            }
        }
        return isLeft
    }

    /// Finds the errors that leave by their ranks.
    /// - Parameters:
    ///   - count: the number of errors in the calibration.
    ///   - calibrated: those that it has now, ascending.
    ///   - areSame: whether it had the same.
    /// - Returns: for each rank in the calibration, whether the error leaves.
    private func ranked(_ count: Int, _ calibrated: [Float], areSame: Bool) -> [Bool] {
        var isLeft = [Bool](repeating: false, count: count)
        // Those in the upper ranks are the largest: cross-validated errors of anomalies are, since the
        // covariance does not know them there.
        let upper = areSame ? calibrated.count : calibrated.count - 2 * leaving.count
        var (rank, place, largest) = (0, 0, 0)
        for error in leaving {
            while rank < calibrated.count, calibrated[rank] < error { rank += 1 }
            place = max(place, rank * count / max(calibrated.count, 1))
            if rank < upper, place < count {
                isLeft[place] = true
                // Of equal ranks, each leaves a place of its own.
                place += 1
            } else {
                largest += 1
            }
        }
        place = count
        while largest > 0, place > 0 {
            place -= 1
            guard !isLeft[place] else { continue }
            isLeft[place] = true
            largest -= 1
        }
        return isLeft
    }
}

extension ErrorDistribution {
    /// A distribution of more errors is revised as one of this number, which bounds the memory for it.
    private static let maxRevised = 1 << 22

    /// Whether these are the errors that the distribution has, in any order.
    package func isDistribution(of errors: [Float]) -> Bool {
        guard errors.count == count, let sample = ErrorSample(of: errors, independent: nil) else {
            return false
        }
        return sample.ranked.count == ranked.count
            && zip(sample.ranked, ranked).allSatisfy { ErrorRevision.areEqual($0, $1) }
    }

    /// Returns the distribution of the errors that stay and those that join.
    ///
    /// Of more than 1,001 errors only a sample is known, each of which stands for as many as lie between two
    /// of them: it leaves with these.
    /// - Returns: the distribution, and how many of the errors that were to leave have left; nil if no error
    ///   is left.
    package func revised(by revision: ErrorRevision) -> (errors: ErrorDistribution, left: Int)? {
        let (steps, count) = (ranked.count - 1, min(count, Self.maxRevised))
        // As `quantile` does, this rounds up to the next sampled error.
        let all =
            steps > 0 && ranked.count < count
            ? (0..<count).map { ranked[($0 * steps + count - 2) / (count - 1)] } : ranked
        let copies = max(1, Int((Double(count) / Double(ranked.count)).rounded()))
        let revised = revision.applied(to: self, all, copies: copies)
        // Those that join tell as much about the process, for their number, as those that are known.
        let independent = calibration.independent.map { known in
            max(1, Int((Double(known) * Double(revised.count) / Double(all.count)).rounded()))
        }
        let errors = ErrorDistribution(of: revised, independent: independent, fitted: fitted, floor: floor)
        let left = all.count + revision.joining.count - revised.count
        return errors.map { ($0, min(left, revision.leaving.count)) }
    }
}

extension RowErrors {
    /// Returns the errors of rows that stay and those that join; nil if none is left.
    package func revised(by revision: ErrorRevision) -> RowErrors? {
        errors.revised(by: revision).map { RowErrors(smoothing: smoothing, errors: $0.errors) }
    }
}

extension BaselineErrors {
    /// Returns the errors that stay and those that join; nil if none is left of a baseline.
    package func revised(zScore: ErrorRevision, pca: ErrorRevision) -> BaselineErrors? {
        guard let zScore = self.zScore.revised(by: zScore), let pca = self.pca.revised(by: pca) else {
            return nil
        }
        return BaselineErrors(zScore: zScore.errors, pca: pca.errors)
    }
}
