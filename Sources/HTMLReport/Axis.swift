import Glibc

/// The vertical axis of a chart.
struct Axis {
    private let low, high: Double
    let isLogarithmic: Bool
    /// The values that have a label, ascending.
    let ticks: [Double]

    /// An axis for values of a feature, a little beyond the smallest and the largest.
    init(of values: [[Double]]) {
        let finite = values.joined().lazy.filter(\.isFinite)
        let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
        let margin = high > low ? 0.06 * (high - low) : max(abs(high) * 0.1, 1e-3)
        (self.low, self.high, isLogarithmic) = (low - margin, high + margin, false)
        ticks = Self.ticks(from: low - margin, to: high + margin, count: 4)
    }

    /// An axis for scores: from 0, or logarithmic if the highest is far above 1.
    init(ofScores scores: [Double]) {
        let top = max(1.25, 1.08 * (scores.lazy.filter(\.isFinite).max() ?? 1))
        isLogarithmic = top > 12
        guard isLogarithmic else {
            (low, high) = (0, top)
            ticks = Self.ticks(from: 0, to: top, count: 4)
            return
        }
        let positive = scores.filter { $0 > 0 }.sorted()
        let usual = positive.isEmpty ? 0.1 : positive[positive.count / 50]
        let bottom = pow(10, max(-3, min(-1, log10(usual).rounded(.down))))
        (low, high) = (bottom, top * 1.2)
        let decades = Int(log10(bottom).rounded())...Int(log10(top * 1.2).rounded(.down))
        let step = decades.count > 6 ? 2 : 1
        ticks = decades.filter { $0.isMultiple(of: step) }.map { pow(10, Double($0)) }
    }

    /// The place of a value: 0 at the bottom, 1 at the top.
    func position(_ value: Double) -> Double {
        let place =
            isLogarithmic
            ? log10(max(value, low) / low) / log10(high / low) : (value - low) / (high - low)
        return min(max(place, 0), 1)
    }

    private static func ticks(from low: Double, to high: Double, count: Int) -> [Double] {
        let raw = (high - low) / Double(count)
        let power = pow(10, log10(raw).rounded(.down))
        let step = power * ([1.0, 2, 5].first { $0 * power >= raw } ?? 10)
        guard step.isFinite, step > 0 else { return [low] }
        return ((low / step).rounded(.up)..<((high / step).rounded(.down) + 1)).ticks.map { $0 * step }
    }
}

extension Range<Double> {
    /// Whole numbers, at most 12 of them.
    fileprivate var ticks: [Double] {
        Array(sequence(first: lowerBound) { $0 + 1 }.prefix { $0 < upperBound }.prefix(12))
    }
}
