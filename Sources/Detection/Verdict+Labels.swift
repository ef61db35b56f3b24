import TimeSeries

/// The comparison of detectors by rows with labels.
extension Verdict {
    /// Areas that differ by less have the same three decimals.
    private static let equalDifference = 0.0005

    /// Compares detectors by the area under the ROC curve.
    /// - Parameters:
    ///   - detectors: with evaluations of the same rows.
    ///   - resamples: fewer for tests.
    package init(_ detectors: [Labelled], resamples: Int = BlockBootstrap.resamples) {
        metric = .rocAUC
        let ranked = detectors.compactMap { Ranked($0) }.sorted { $0.area > $1.area }
        guard let first = ranked.first else {
            sentence =
                "Nothing can be said about detection, because the labels do not have both anomalies and "
                + "normal rows among the rows with a score."
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
        let isEqual = difference < Self.equalDifference
        let ahead =
            isEqual
            ? "\(winner) and \(loser) have the same AUC, \(first.area.text)"
            : "\(winner) is ahead of \(loser) by \(difference.text) AUC"
        let sums = first.auc - second.auc
        interval =
            units < BlockBootstrap.minUnits
            ? nil
            : BlockBootstrap.interval(
                around: difference, blocks: blocks.ranges.count, units: units, resamples: resamples
            ) { sums.area($0) }
        if let interval {
            let range = "95 % interval \(interval.lowerBound.text) to \(interval.upperBound.text)"
            if isEqual {
                sentence = "\(ahead) (\(range) of the difference)."
            } else if interval.contains(0) {
                sentence = "\(ahead), but the difference may be chance (\(range))."
            } else {
                sentence = "\(winner) is better than \(loser) by \(difference.text) AUC (\(range))."
                if let detector = first.candidate.detector {
                    sentence += " To use it, train a model with detector: \(detector)."
                }
            }
        } else {
            sentence =
                "\(ahead), but nothing can be said about chance: only \(units) separate "
                + "\(units == 1 ? "block" : "blocks") of \(blocks.length) rows or more "
                + "\(units == 1 ? "has" : "have") \(first.auc.rarerKind), and at least "
                + "\(BlockBootstrap.minUnits) are needed."
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
}

extension BlockedAUC {
    /// The kind of rows that fewer blocks have.
    fileprivate var rarerKind: String {
        anomalies.count { $0 > 0 } <= normals.count { $0 > 0 } ? "anomalies" : "normal rows"
    }
}

extension Double {
    /// The number with three decimals.
    fileprivate var text: String {
        let thousandths = Int((abs(self) * 1000).rounded())
        let sign = self < 0 && thousandths > 0 ? "-" : ""
        return "\(sign)\(thousandths / 1000).\(String(1000 + thousandths % 1000).dropFirst())"
    }
}
