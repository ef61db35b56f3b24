import TimeSeries

/// The comparison of networks by their errors, for data without labels.
extension Verdict {
    /// Networks whose errors differ by at most this share of the variance of the windows reconstruct alike.
    private static let alikeShare = 0.01

    /// Compares networks by the error of their reconstructions.
    /// - Parameters:
    ///   - networks: with errors of the same windows.
    ///   - timesteps: T of the windows.
    ///   - variance: the mean squared error of predicting the mean of each feature for these windows.
    package init(_ networks: [Unlabelled], timesteps: Int, variance: Double) {
        metric = .error
        let ranked = networks.map { network -> (candidate: Candidate, errors: [Double], mean: Double) in
            let runs = network.errors
            let errors = (runs.first ?? []).indices.map { index in
                runs.reduce(0) { $0 + Double($1[index]) } / Double(runs.count)
            }
            return (network.candidate, errors, errors.reduce(0, +) / Double(max(1, errors.count)))
        }.sorted { $0.mean < $1.mean }
        guard ranked.count > 1 else {
            best = ranked.first?.candidate
            sentence = "There is no other network to compare with."
            return
        }
        let (first, second) = (ranked[0], ranked[1])
        best = first.candidate
        runnerUp = second.candidate
        let difference = second.mean - first.mean
        self.difference = difference
        let blocks = RowBlocks([Bool](repeating: false, count: first.errors.count), reach: timesteps)
        self.blocks = (blocks.length, blocks.ranges.count)
        let (winner, loser) = (first.candidate.title, second.candidate.title)
        let figures =
            "mean squared error \(first.mean.inThreeDigits) against "
            + "\(second.mean.inThreeDigits) in scaled units"
        // What neither of them misses by more than a hundredth of the variance, both reconstruct.
        let isAlike = difference <= Self.alikeShare * variance
        let alike =
            "\(winner.capitalizedFirst) and \(loser) reconstruct alike: they leave "
            + "\((first.mean / variance).percentText) and \((second.mean / variance).percentText) of the "
            + "variance of the windows (\(figures))"
        let unlabelled = " Without labels, this says nothing about detection."
        let sums = blocks.ranges.map { range in
            range.reduce(0) { $0 + second.errors[$1] - first.errors[$1] }
        }
        let sizes = blocks.ranges.map { Double($0.count) }
        interval =
            sums.count < BlockBootstrap.minUnits
            ? nil
            : BlockBootstrap.interval(
                around: difference, blocks: sums.count, units: sums.count
            ) { weights in
                zip(weights, sums).reduce(0) { $0 + $1.0 * $1.1 }
                    / zip(weights, sizes).reduce(0) { $0 + $1.0 * $1.1 }
            }
        guard let interval else {
            let few =
                "nothing can be said about chance: \(first.errors.count) windows of \(timesteps) timesteps "
                + "make \(blocks.ranges.count) separate \(blocks.ranges.count == 1 ? "block" : "blocks"), "
                + "and at least \(BlockBootstrap.minUnits) are needed."
            sentence =
                (isAlike
                    ? "\(alike). About the difference, "
                    : "\(winner.capitalizedFirst) has the smaller error, \(figures), but ") + few + unlabelled
            return
        }
        let range =
            "95 % interval of the difference \(interval.lowerBound.inThreeDigits) to "
            + interval.upperBound.inThreeDigits
        if isAlike {
            sentence =
                alike
                + (interval.contains(0)
                    ? ", and the difference may be chance" : ", though the difference is not chance")
                + " (\(range))."
        } else if interval.contains(0) {
            sentence =
                "\(winner.capitalizedFirst) has the smaller error, \(figures), but the difference may be "
                + "chance (\(range))."
        } else {
            sentence = "\(winner.capitalizedFirst) reconstructs better than \(loser): \(figures) (\(range))."
        }
        sentence += unlabelled
    }
}

extension Double {
    /// The number as a percentage.
    fileprivate var percentText: String {
        guard isFinite else { return "all" }
        return self < 0.0005 ? "less than 0.1 %" : "\((self * 1000).rounded() / 10) %"
    }
}
