import Detection
import TimeSeries

/// The share of each feature in the error of each row: that of the window by which the row is scored in the
/// mode `causal`, and that of all windows that cover the row in the mode `whole`.
struct RowShares {
    let windows: Windows<Double>
    /// The error of each feature in each window, `[N][F]`.
    let errors: [Double]
    let mode: RowMode

    /// Calls `body` for each row of the series with its shares, `[F]`; nil for a row without a window.
    func forEachRow(_ body: (Int, [Double]?) -> Void) {
        switch mode {
        case .causal: forEachCausal(body)
        case .whole: forEachWhole(body)
        }
    }

    /// The shares of one window.
    func shares(ofWindow index: Int) -> [Double] { shares(of: index..<(index + 1)) }

    private func forEachCausal(_ body: (Int, [Double]?) -> Void) {
        var recordings = windows.recordings.makeIterator()
        var recording = recordings.next()
        var ended = 0
        var newest: Int?
        var shares: [Double]?
        for row in 0..<windows.series.rows {
            while let current = recording, row >= current.upperBound { recording = recordings.next() }
            while ended < windows.count, windows.starts[ended] + windows.timesteps <= row + 1 { ended += 1 }
            guard let recording, recording.contains(row), ended > 0,
                windows.starts[ended - 1] >= recording.lowerBound
            else {
                body(row, nil)
                continue
            }
            if newest != ended - 1 { shares = self.shares(ofWindow: ended - 1) }
            newest = ended - 1
            body(row, shares)
        }
    }

    private func forEachWhole(_ body: (Int, [Double]?) -> Void) {
        var covering = 0..<0
        for row in 0..<windows.series.rows {
            var (lower, upper) = (covering.lowerBound, covering.upperBound)
            while upper < windows.count, windows.starts[upper] <= row { upper += 1 }
            while lower < upper, windows.starts[lower] + windows.timesteps <= row { lower += 1 }
            covering = lower..<upper
            body(row, covering.isEmpty ? nil : shares(of: covering))
        }
    }

    private func shares(of indices: Range<Int>) -> [Double] {
        let features = windows.features
        var sums = [Double](repeating: 0, count: features)
        for index in indices {
            for feature in 0..<features { sums[feature] += errors[index * features + feature] }
        }
        let all = max(sums.reduce(0, +), .leastNormalMagnitude)
        for feature in 0..<features { sums[feature] /= all }
        return sums
    }
}

extension [Double] {
    /// The indices of the largest values, the largest first, the first among equals.
    func largest(_ count: Int) -> [Int] {
        var found: [Int] = []
        for index in indices {
            let place = found.firstIndex { self[$0] < self[index] } ?? found.count
            guard place < count else { continue }
            found.insert(index, at: place)
            if found.count > count { found.removeLast() }
        }
        return found
    }
}
