/// Metrics of anomaly scores against labels, as scikit-learn defines them. The rows are sorted once.
///
/// A row is flagged at a threshold if its score is at or above the threshold, as in scikit-learn.
public struct Evaluation: Sendable {
    /// The number of rows of each outcome at one threshold (`confusion_matrix`).
    public struct ConfusionMatrix: Sendable, Equatable {
        /// Flagged anomalies, flagged normal rows, unflagged normal rows, unflagged anomalies.
        public var truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0

        /// The share of flagged rows that are anomalies; 0 if no row is flagged.
        public var precision: Double { Self.share(truePositives, of: truePositives + falsePositives) }
        /// The share of anomalies that are flagged; 0 without anomalies.
        public var recall: Double { Self.share(truePositives, of: truePositives + falseNegatives) }
        /// The harmonic mean of precision and recall; 0 if no anomaly is flagged.
        public var f1: Double {
            Self.share(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives)
        }
        /// The share of normal rows that are flagged (the false positive rate); 0 without normal rows.
        public var falseAlarmRate: Double { Self.share(falsePositives, of: falsePositives + trueNegatives) }
        /// The share of anomalies that are not flagged (the false negative rate); 0 without anomalies.
        public var missedAlarmRate: Double { Self.share(falseNegatives, of: truePositives + falseNegatives) }

        private static func share(_ part: Int, of whole: Int) -> Double {
            whole == 0 ? 0 : Double(part) / Double(whole)
        }
    }

    /// A threshold with its confusion matrix.
    public struct Point: Sendable, Equatable {
        /// The threshold, in units of the scores.
        public let threshold: Float
        /// The outcomes at this threshold.
        public let confusion: ConfusionMatrix
    }

    /// One point for each distinct score, in descending order.
    private let points: [Point]
    /// The number of anomalies and the number of normal rows.
    public let anomalies, normals: Int

    /// Evaluates the scores of N rows.
    /// - Parameters:
    ///   - scores: `[N]`, finite, higher for more anomalous rows.
    ///   - labels: `[N]`, true for anomalies.
    public init(scores: [Float], labels: [Bool]) {
        precondition(scores.count == labels.count)
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        anomalies = labels.count { $0 }
        normals = labels.count - anomalies
        var confusion = ConfusionMatrix(trueNegatives: normals, falseNegatives: anomalies)
        var points: [Point] = []
        for (position, index) in order.enumerated() {
            confusion.flag(labels[index])
            let isLastOfTie = position + 1 == order.count || scores[order[position + 1]] < scores[index]
            if isLastOfTie { points.append(Point(threshold: scores[index], confusion: confusion)) }
        }
        self.points = points
    }

    /// The area under the receiver operating characteristic curve (`roc_auc_score`): the probability that
    /// an anomaly scores higher than a normal row, where a tie counts half.
    ///
    /// nil without anomalies or without normal rows.
    public var rocAUC: Double? {
        guard anomalies > 0, normals > 0 else { return nil }
        var area = 0.0
        var last = ConfusionMatrix()
        for point in points {
            let width = Double(point.confusion.falsePositives - last.falsePositives)
            area += width * Double(point.confusion.truePositives + last.truePositives) / 2
            last = point.confusion
        }
        return area / (Double(anomalies) * Double(normals))
    }

    /// The mean of the precisions at all thresholds, weighted by the increase in recall at each threshold
    /// (`average_precision_score`). nil without anomalies.
    public var averagePrecision: Double? {
        guard anomalies > 0 else { return nil }
        var sum = 0.0
        var found = 0
        for point in points {
            sum += Double(point.confusion.truePositives - found) * point.confusion.precision
            found = point.confusion.truePositives
        }
        return sum / Double(anomalies)
    }

    /// The point with the maximum F1; of ties, the one with the highest threshold. nil without anomalies.
    public var bestF1: Point? {
        guard anomalies > 0 else { return nil }
        return points.reduce(nil) { best, point in
            guard let best, best.confusion.f1 >= point.confusion.f1 else { return point }
            return best
        }
    }

    /// A score above which the rows of ``bestF1`` are, and no others: halfway to the next lower score.
    ///
    /// nil without anomalies, and if rows with the score 0 are among those of ``bestF1``.
    public var bestF1Limit: Double? {
        guard let best = bestF1, best.threshold > 0 else { return nil }
        let next = points.first { $0.threshold < best.threshold }.map { max(0, Double($0.threshold)) }
        return (Double(best.threshold) + (next ?? 0)) / 2
    }

    /// The confusion matrix if each row with a score above `threshold` is flagged; a score equal to it is
    /// not.
    public func confusion(above threshold: Float) -> ConfusionMatrix {
        // Binary search: thresholds descend, and the last one above `threshold` is wanted.
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].threshold > threshold { low = middle + 1 } else { high = middle }
        }
        return low > 0
            ? points[low - 1].confusion : ConfusionMatrix(trueNegatives: normals, falseNegatives: anomalies)
    }

    /// The points in ascending order of their thresholds (`precision_recall_curve`).
    /// - Parameter maxPoints: of more points, a sample of this size is returned that is evenly spaced by rank
    ///   and has both ends. At least 2.
    public func precisionRecallCurve(maxPoints: Int) -> [Point] {
        let all = Array(points.reversed())
        guard all.count > maxPoints, maxPoints > 1 else { return all }
        return (0..<maxPoints).map { all[$0 * (all.count - 1) / (maxPoints - 1)] }
    }
}

extension Evaluation.ConfusionMatrix {
    fileprivate mutating func flag(_ isAnomaly: Bool) {
        if isAnomaly {
            truePositives += 1
            falseNegatives -= 1
        } else {
            falsePositives += 1
            trueNegatives -= 1
        }
    }
}
