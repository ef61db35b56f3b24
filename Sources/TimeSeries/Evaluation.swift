/// How well scores tell anomalies from normal rows: scikit-learn's definitions, computed from one sorting.
///
/// A row counts as flagged at a threshold if its score is at or above it, as in scikit-learn.
public struct Evaluation: Sendable {
    /// Counts of rows at one threshold.
    public struct Confusion: Sendable, Equatable {
        /// Anomalies that are flagged, normal rows that are, normal rows that aren't, anomalies that aren't.
        public var truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0

        /// Flagged rows that are anomalies; 0 when none is flagged.
        public var precision: Double { Self.share(truePositives, of: truePositives + falsePositives) }
        /// Anomalies that are flagged.
        public var recall: Double { Self.share(truePositives, of: truePositives + falseNegatives) }
        /// The harmonic mean of both; 0 when nothing is found.
        public var f1: Double {
            Self.share(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives)
        }
        /// Normal rows that are flagged.
        public var falseAlarmRate: Double { Self.share(falsePositives, of: falsePositives + trueNegatives) }
        /// Anomalies that aren't.
        public var missedAlarmRate: Double { Self.share(falseNegatives, of: truePositives + falseNegatives) }

        private static func share(_ part: Int, of whole: Int) -> Double {
            whole == 0 ? 0 : Double(part) / Double(whole)
        }
    }

    /// A threshold and what comes of it.
    public struct Point: Sendable, Equatable {
        /// In units of the scores.
        public let threshold: Float
        /// What comes of it.
        public let confusion: Confusion
    }

    /// For each score that occurs, from the highest down.
    private let points: [Point]
    /// Rows that are anomalies, and that aren't.
    public let anomalies, normals: Int

    /// Sorts scores of rows.
    /// - Parameters:
    ///   - scores: finite numbers, higher for what is less normal.
    ///   - labels: true for anomalies; as many as there are scores.
    public init(scores: [Float], labels: [Bool]) {
        precondition(scores.count == labels.count)
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        anomalies = labels.count { $0 }
        normals = labels.count - anomalies
        var confusion = Confusion(trueNegatives: normals, falseNegatives: anomalies)
        var points: [Point] = []
        for (position, index) in order.enumerated() {
            confusion.flag(labels[index])
            let isLastOfEquals = position + 1 == order.count || scores[order[position + 1]] < scores[index]
            if isLastOfEquals { points.append(Point(threshold: scores[index], confusion: confusion)) }
        }
        self.points = points
    }

    /// The area under the receiver operating characteristic (`roc_auc_score`): the chance that an anomaly scores higher
    /// than a normal row, equals counting half. nil unless there are both.
    public var rocAUC: Double? {
        guard anomalies > 0, normals > 0 else { return nil }
        var area = 0.0
        var last = Confusion()
        for point in points {
            let width = Double(point.confusion.falsePositives - last.falsePositives)
            area += width * Double(point.confusion.truePositives + last.truePositives) / 2
            last = point.confusion
        }
        return area / (Double(anomalies) * Double(normals))
    }

    /// The mean of the precisions at all thresholds, each weighted by the recall that it adds
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

    /// The threshold with the highest F1, the highest of several; nil without anomalies.
    public var best: Point? {
        guard anomalies > 0 else { return nil }
        return points.reduce(nil) { best, point in
            guard let best, best.confusion.f1 >= point.confusion.f1 else { return point }
            return best
        }
    }

    /// What comes of flagging each row whose score is above a threshold.
    public func confusion(above threshold: Float) -> Confusion {
        // Thresholds fall: the last one that is still above.
        var (low, high) = (0, points.count)
        while low < high {
            let middle = (low + high) / 2
            if points[middle].threshold > threshold { low = middle + 1 } else { high = middle }
        }
        return low > 0
            ? points[low - 1].confusion : Confusion(trueNegatives: normals, falseNegatives: anomalies)
    }

    /// Thresholds from the lowest to the highest score (`precision_recall_curve`), thinned to so many evenly by rank; both
    /// ends stay.
    public func precisionRecallCurve(points limit: Int) -> [Point] {
        let all = Array(points.reversed())
        guard all.count > limit, limit > 1 else { return all }
        return (0..<limit).map { all[$0 * (all.count - 1) / (limit - 1)] }
    }
}

extension Evaluation.Confusion {
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
