/// Errors that join those of a calibration and leave them, because rows were marked as normal or as
/// anomalous.
package struct ErrorRevision: Sendable {
    /// The errors of what was marked as normal.
    package let joining: [Float]
    /// The errors of what was marked as anomalous.
    package let leaving: [Float]
    /// The errors of all that calibrated, ascending, if it is known that what was marked as anomalous is
    /// among it. They differ from those of the calibration, where a covariance is cross-validated, but hardly
    /// in their order: an error leaves by its rank. nil if it leaves only where the calibration has the same
    /// error.
    package let calibrated: [Float]?

    /// A revision.
    package init(joining: [Float], leaving: [Float], calibrated: [Float]? = nil) {
        self.joining = joining
        self.leaving = leaving
        self.calibrated = calibrated
    }

    /// Errors within this share of one another are those of the same window: sums may differ in the last
    /// digits.
    private static let precision = 1e-5

    /// Applies the revision to errors.
    /// - Parameters:
    ///   - errors: ascending.
    ///   - copies: the number of errors that one of them stands for.
    /// - Returns: the errors that stay, and those that join.
    func applied(to errors: [Float], copies: Int) -> [Float] {
        var isLeft = [Bool](repeating: false, count: errors.count)
        for error in leaving {
            if let calibrated {
                let rank = calibrated.partitioningIndex { $0 >= error }
                // Those in the upper ranks are the largest: cross-validated errors of anomalies are, since
                // the covariance does not know them there.
                let isUpper = rank >= calibrated.count - 2 * leaving.count
                let index = isUpper ? errors.count : rank * errors.count / max(calibrated.count, 1)
                // Of equal ranks, each leaves a place of its own.
                if let place = isLeft.indices.dropFirst(index).first(where: { !isLeft[$0] })
                    ?? isLeft.indices.prefix(index).last(where: { !isLeft[$0] })
                {
                    isLeft[place] = true
                }
                continue
            }
            let margin = Self.precision * Double(error)
            var index = errors.partitioningIndex { Double($0) >= Double(error) - margin }
            var removed = 0
            while index < errors.count, Double(errors[index]) <= Double(error) + margin, removed < copies {
                if !isLeft[index] {
                    isLeft[index] = true
                    removed += 1
                }
                index += 1
            }
        }
        return zip(errors, isLeft).filter { !$0.1 }.map(\.0) + joining
    }
}

extension ErrorDistribution {
    /// Returns the distribution of the errors that stay and those that join.
    ///
    /// Of more than 1,001 errors only a sample is known, each of which stands for as many as lie between two
    /// of them: it leaves with these.
    /// - Returns: the distribution, and the number of errors that have left; nil if none is left.
    package func revised(by revision: ErrorRevision) -> (errors: ErrorDistribution, left: Int)? {
        let steps = ranked.count - 1
        // As `quantile` does, this rounds up to the next sampled error.
        let all =
            steps > 0 && ranked.count < count
            ? (0..<count).map { ranked[($0 * steps + count - 2) / (count - 1)] } : ranked
        let copies = max(1, Int((Double(count) / Double(ranked.count)).rounded()))
        let revised = revision.applied(to: all, copies: copies)
        // Those that join tell as much about the process, for their number, as those that are known.
        let independent = calibration.independent.map { known in
            max(1, Int((Double(known) * Double(revised.count) / Double(all.count)).rounded(.down)))
        }
        let errors = ErrorDistribution(of: revised, independent: independent, fitted: fitted, floor: floor)
        return errors.map { ($0, all.count + revision.joining.count - revised.count) }
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
