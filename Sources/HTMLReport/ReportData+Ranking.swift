extension ReportData {
    /// The events, the highest peak first.
    var rankedEvents: [Event] { events.sorted { $0.peak > $1.peak } }

    /// The number of rows that are anomalies.
    var anomalousRows: Int { scores.count { $0 > 1 } }

    /// The number of rows that have a score.
    var scoredRows: Int { scores.count { !$0.isNaN } }

    /// The part of each feature in all anomalous rows, weighted by score, or in all rows if none is
    /// anomalous; nil if the shares are not known.
    var contributions: [Double]? {
        guard let shares else { return nil }
        let hasAnomalies = anomalousRows > 0
        var sums = [Double](repeating: 0, count: features.count)
        for (row, score) in scores.enumerated() where hasAnomalies ? score > 1 : !score.isNaN {
            for (feature, share) in shares[row].enumerated() where share.isFinite {
                // One enormous row does not hide all others.
                sums[feature] += share * min(score, 100)
            }
        }
        let all = sums.reduce(0, +)
        return all > 0 ? sums.map { $0 / all } : sums
    }

    /// The features, those that contribute most first.
    var rankedFeatures: [Int] {
        guard let contributions else { return Array(features.indices) }
        return features.indices.sorted { contributions[$0] > contributions[$1] }
    }

    /// The values of a feature in some rows.
    func values(_ feature: Int, of rows: Range<Int>, in table: [[Double]]) -> [Double] {
        rows.map { table[$0][feature] }
    }

    /// The row of an event in which a feature is farthest from what the model expected; nil if that is not
    /// known.
    func farthestRow(of feature: Int, in event: Event) -> Int? {
        guard let actual, let expected else { return nil }
        func distance(_ row: Int) -> Double { abs(actual[row][feature] - expected[row][feature]) }
        return event.rows.filter { distance($0).isFinite }.max { distance($0) < distance($1) }
    }
}
