import Glibc
import TimeSeries

/// The last word of an evaluation: the best detector on these data, by how much it is better than the next
/// best, and whether the difference is more than chance.
package struct Verdict: Sendable {
    /// What detectors are compared by.
    package enum Metric: String, Sendable, CaseIterable {
        /// The area under the ROC curve of rows; more is better.
        case rocAUC = "roc_auc"
        /// The mean squared error of the test windows in scaled units, for data without labels; less is
        /// better.
        case error
    }

    /// A detector.
    package struct Candidate: Sendable {
        /// The name in the API.
        package let name: String
        /// The name within a sentence, such as `the autoencoder`.
        package let title: String
        /// The value of `detector` that trains a model of it; nil for a model.
        let detector: String?

        package init(_ name: String, _ title: String, detector: String? = nil) {
            self.name = name
            self.title = title
            self.detector = detector
        }

        package static let model = Candidate("model", "the model")
        package static let pca = Candidate("pca", "PCA", detector: "pca")
        package static let zScore = Candidate("z_score", "the z-score", detector: "zscore")
    }

    /// A detector with the evaluations of its runs, one for each seed.
    package struct Labelled: Sendable {
        let candidate: Candidate
        let runs: [RowEvaluation.DetectorResult]

        package init(_ candidate: Candidate, _ runs: [RowEvaluation.DetectorResult]) {
            self.candidate = candidate
            self.runs = runs
        }
    }

    /// A network with the errors of the test windows, for each of its runs.
    package struct Unlabelled: Sendable {
        let candidate: Candidate
        let errors: [[Float]]

        /// - Parameter errors: `[runs][N]`, the mean squared errors in scaled units.
        package init(_ candidate: Candidate, errors: [[Float]]) {
            self.candidate = candidate
            self.errors = errors
        }
    }

    /// What the detectors were compared by.
    package let metric: Metric
    /// The best detector and the next best; nil if there is none.
    package internal(set) var best, runnerUp: Candidate?
    /// By how much the best is better, in units of the metric; at least 0.
    package internal(set) var difference: Double?
    /// By how much its average precision is higher; may be below 0.
    package internal(set) var averagePrecisionDifference: Double?
    /// An interval that contains the true difference with a probability of about 0.95; nil if the data are
    /// too few.
    package internal(set) var interval: ClosedRange<Double>?
    /// The blocks that were resampled: their minimum length in rows (windows without labels) and number.
    package internal(set) var blocks: (length: Int, count: Int)?
    /// All of that in plain English.
    package internal(set) var sentence = ""

    /// Whether the interval excludes 0; nil if nothing can be said.
    package var isSignificant: Bool? { interval.map { !$0.contains(0) } }

    // MARK: With labels

    /// Compares detectors by the area under the ROC curve.
    /// - Parameters:
    ///   - detectors: with evaluations of the same rows.
    ///   - resamples: fewer for tests.
    package init(_ detectors: [Labelled], resamples: Int = BlockBootstrap.resamples) {
        metric = .rocAUC
        let ranked = detectors.compactMap { Ranked($0) }.sorted { $0.area > $1.area }
        guard let first = ranked.first else {
            sentence =
                "Nothing can be said about detection, because the labels do not have both anomalies and normal "
                + "rows among the rows with a score."
            return
        }
        best = first.candidate
        guard ranked.count > 1 else {
            sentence = "There is no other detector to compare \(first.candidate.title) with."
            return
        }
        let second = ranked[1]
        runnerUp = second.candidate
        let difference = first.area - second.area
        self.difference = difference
        averagePrecisionDifference = first.averagePrecision - second.averagePrecision
        let (blocks, units) = (first.auc.blocks, first.auc.units)
        self.blocks = (blocks.length, blocks.ranges.count)
        let (winner, loser) = (first.candidate.title.capitalizedFirst, second.candidate.title)
        let ahead =
            difference == 0
            ? "\(winner) and \(loser) have the same AUC, \(first.area.text)"
            : "\(winner) is ahead of \(loser) by \(difference.text) AUC"
        if units < BlockBootstrap.minUnits {
            sentence =
                "\(ahead), but nothing can be said about chance: only \(units) separate "
                + "\(units == 1 ? "block" : "blocks") of \(blocks.length) rows or more "
                + "\(units == 1 ? "has" : "have") \(first.auc.rarerKind), and at least "
                + "\(BlockBootstrap.minUnits) are needed."
        } else {
            let sums = first.auc - second.auc
            let interval = BlockBootstrap.interval(
                around: difference, blocks: blocks.ranges.count, units: units, resamples: resamples
            ) { sums.area($0) }
            self.interval = interval
            let range = "95 % interval \(interval.lowerBound.text) to \(interval.upperBound.text)"
            if difference == 0 {
                sentence = "\(ahead) (\(range) of the difference)."
            } else if interval.contains(0) {
                sentence = "\(ahead), but the difference may be chance (\(range))."
            } else {
                sentence = "\(winner) is better than \(loser) by \(difference.text) AUC (\(range))."
                if let detector = first.candidate.detector {
                    sentence += " To use it, train a model with detector: \(detector)."
                }
            }
        }
        if second.averagePrecision > first.averagePrecision {
            sentence +=
                " By average precision, \(second.candidate.title) is ahead, \(second.averagePrecision.text) "
                + "against \(first.averagePrecision.text)."
        }
    }

    /// A detector with means over its runs.
    private struct Ranked {
        let candidate: Candidate
        let area, averagePrecision: Double
        let auc: BlockedAUC

        /// nil without anomalies or without normal rows.
        init?(_ detector: Labelled) {
            let areas = detector.runs.compactMap(\.evaluation.rocAUC)
            let precisions = detector.runs.compactMap(\.evaluation.averagePrecision)
            guard !areas.isEmpty, areas.count == detector.runs.count else { return nil }
            candidate = detector.candidate
            area = areas.reduce(0, +) / Double(areas.count)
            averagePrecision = precisions.reduce(0, +) / Double(areas.count)
            auc = .mean(of: detector.runs.map(\.blockedAUC))
        }
    }

    // MARK: Without labels

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
            "mean squared error \(first.mean.shortText) against \(second.mean.shortText) in scaled units"
        // What neither of them misses by more than a hundredth of the variance, both reconstruct.
        let isAlike = difference <= Self.alikeShare * variance
        let alike =
            "\(winner.capitalizedFirst) and \(loser) reconstruct alike: they leave "
            + "\((first.mean / variance).percentText) and \((second.mean / variance).percentText) of the variance of "
            + "the windows (\(figures))"
        let unlabelled = " Without labels, this says nothing about detection."
        guard blocks.ranges.count >= BlockBootstrap.minUnits else {
            let few =
                "nothing can be said about chance: \(first.errors.count) windows of \(timesteps) timesteps make "
                + "\(blocks.ranges.count) separate \(blocks.ranges.count == 1 ? "block" : "blocks"), and at least "
                + "\(BlockBootstrap.minUnits) are needed."
            sentence =
                (isAlike
                    ? "\(alike). About the difference, "
                    : "\(winner.capitalizedFirst) has the smaller error, \(figures), but ") + few + unlabelled
            return
        }
        let sums = blocks.ranges.map { range in
            range.reduce(0) { $0 + second.errors[$1] - first.errors[$1] }
        }
        let sizes = blocks.ranges.map { Double($0.count) }
        let interval = BlockBootstrap.interval(
            around: difference, blocks: sums.count, units: sums.count
        ) { weights in
            zip(weights, sums).reduce(0) { $0 + $1.0 * $1.1 }
                / zip(weights, sizes).reduce(0) { $0 + $1.0 * $1.1 }
        }
        self.interval = interval
        let range =
            "95 % interval of the difference \(interval.lowerBound.shortText) to \(interval.upperBound.shortText)"
        if isAlike {
            sentence =
                alike
                + (interval.contains(0)
                    ? ", and the difference may be chance" : ", though the difference is not chance")
                + " (\(range))."
        } else if interval.contains(0) {
            sentence =
                "\(winner.capitalizedFirst) has the smaller error, \(figures), but the difference may be chance "
                + "(\(range))."
        } else {
            sentence = "\(winner.capitalizedFirst) reconstructs better than \(loser): \(figures) (\(range))."
        }
        sentence += unlabelled
    }
}

extension BlockedAUC {
    /// The kind of rows that fewer blocks have.
    fileprivate var rarerKind: String {
        anomalies.count { $0 > 0 } <= normals.count { $0 > 0 } ? "anomalies" : "normal rows"
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension Double {
    /// The number with three decimals.
    fileprivate var text: String {
        let thousandths = Int((abs(self) * 1000).rounded())
        let sign = self < 0 && thousandths > 0 ? "-" : ""
        return "\(sign)\(thousandths / 1000).\(String(1000 + thousandths % 1000).dropFirst())"
    }

    /// The number as a percentage.
    fileprivate var percentText: String {
        guard isFinite else { return "all" }
        return self < 0.0005 ? "less than 0.1 %" : "\((self * 1000).rounded() / 10) %"
    }

    /// The number with three significant digits.
    fileprivate var shortText: String {
        guard isFinite, self != 0 else { return "0" }
        let unit = pow(10, 2 - floor(log10(abs(self))))
        return unit.isFinite && unit > 0 ? "\((self * unit).rounded() / unit)" : "\(self)"
    }
}
