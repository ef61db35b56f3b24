/// The area under the ROC curve as a sum over pairs of blocks, so that a resample of blocks needs no sorting.
package struct BlockedAUC: Sendable {
    /// The blocks that the rows belong to.
    package let blocks: RowBlocks
    /// The number of anomalies and the number of normal rows of each block.
    let anomalies, normals: [Double]
    /// For each block of anomalies, `[blocks][blocks]`, how many normal rows of each block score lower than
    /// its anomalies, added over these. A tie counts half.
    private var wins: [Double]

    /// Compares the scores of anomalies with those of normal rows.
    /// - Parameters:
    ///   - scores: `[rows]`, finite.
    ///   - labels: `[rows]`, true for anomalies.
    package init(scores: [Float], labels: [Bool], blocks: RowBlocks) {
        let count = blocks.ranges.count
        var blockOfRow: [Int] = []
        blockOfRow.reserveCapacity(labels.count)
        for (block, range) in blocks.ranges.enumerated() {
            blockOfRow.append(contentsOf: repeatElement(block, count: range.count))
        }
        var (anomalies, normals) = (
            [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
        )
        for row in labels.indices {
            if labels[row] { anomalies[blockOfRow[row]] += 1 } else { normals[blockOfRow[row]] += 1 }
        }
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        var wins = [Double](repeating: 0, count: count * count)
        // The normal rows of each block that score lower, and half of those that score the same.
        var lower = [Double](repeating: 0, count: count)
        var first = 0
        while first < order.count {
            var end = first + 1
            while end < order.count, scores[order[end]] == scores[order[first]] { end += 1 }
            let ties = order[first..<end]
            for row in ties where !labels[row] { lower[blockOfRow[row]] += 0.5 }
            for row in ties where labels[row] {
                let start = blockOfRow[row] * count
                for block in 0..<count { wins[start + block] += lower[block] }
            }
            for row in ties where !labels[row] { lower[blockOfRow[row]] += 0.5 }
            first = end
        }
        self.blocks = blocks
        self.anomalies = anomalies
        self.normals = normals
        self.wins = wins
    }

    /// The area when each block counts as often as `weights` says, `[blocks]`; nil if that leaves no anomaly
    /// or no normal row.
    package func area(_ weights: [Double]) -> Double? {
        let count = weights.count
        var sum = 0.0
        var (anomalous, normal) = (0.0, 0.0)
        for block in 0..<count {
            anomalous += weights[block] * anomalies[block]
            normal += weights[block] * normals[block]
        }
        guard anomalous > 0, normal > 0 else { return nil }
        for block in 0..<count where weights[block] > 0 && anomalies[block] > 0 {
            var won = 0.0
            for other in 0..<count { won += weights[other] * wins[block * count + other] }
            sum += weights[block] * won
        }
        return sum / (anomalous * normal)
    }

    /// The number of blocks that have anomalies or the number that have normal rows, whichever is smaller.
    var units: Int { min(anomalies.count { $0 > 0 }, normals.count { $0 > 0 }) }

    /// The sums whose area is the mean of the areas, such as those of several seeds.
    /// - Parameter all: at least one, of the same rows and blocks.
    static func mean(of all: [BlockedAUC]) -> BlockedAUC {
        var mean = all[0]
        for other in all.dropFirst() {
            for index in mean.wins.indices { mean.wins[index] += other.wins[index] }
        }
        for index in mean.wins.indices { mean.wins[index] /= Double(all.count) }
        return mean
    }

    /// The sums whose area is the difference of the areas.
    static func - (left: BlockedAUC, right: BlockedAUC) -> BlockedAUC {
        var difference = left
        for index in difference.wins.indices { difference.wins[index] -= right.wins[index] }
        return difference
    }
}
