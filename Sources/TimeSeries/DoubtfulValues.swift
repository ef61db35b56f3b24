/// Values of a column that are no ``Outliers``, and are used like others, but may be faults: they hide
/// changes of the rest.
public struct DoubtfulValues: Sendable, Equatable {
    /// What is odd about the values.
    public enum Reason: Sendable, Equatable {
        /// All are the same value, in cells apart from one another, and far outside the range of the rest, as
        /// the zeros of failed readings are.
        case repeated
        /// They are few, but the standard deviation of the column is theirs.
        /// - Parameters:
        ///   - deviation: the standard deviation.
        ///   - usual: the robust one, by the middle half of the values.
        case dominant(deviation: Double, usual: Double)
    }

    /// What is odd about the values.
    public let reason: Reason
    /// The value that is the farthest from the median.
    public let farthest: Double
    /// The rows of the values.
    public private(set) var rows: [Int]

    /// The maximum share of the rows. More are a state of the process.
    private static let maxShare = 0.1
    /// The minimum number of cells with a repeated value.
    private static let minRepeats = 3
    /// The minimum distance of a repeated value from all others, in robust standard deviations.
    private static let minGap = 3.0
    /// The minimum number of different values beside a repeated one. Fewer are states.
    private static let minDistinct = 8
    /// The ratio of the standard deviation and the robust one from which few values dominate. It is below 1
    /// for uniform and sinusoidal values, 1.2 for exponential and 2.0 for log-normal ones (sigma 1).
    private static let minRatio = 5.0
    /// With fewer rows, no value is doubtful.
    private static let minRows = 20

    /// Finds the doubtful values of a column.
    /// - Parameters:
    ///   - values: without missing values. `rows` of the result are positions in it.
    ///   - sorted: the values, ascending, if they are known.
    ///   - outliers: the positions of outliers, ascending.
    package static func find(
        in values: [Double], sorted known: [Double]? = nil, without outliers: [Int]
    ) -> [DoubtfulValues] {
        let outliers = Set(outliers)
        var positions = Array(values.indices)
        if !outliers.isEmpty { positions.removeAll { outliers.contains($0) } }
        guard positions.count >= minRows else { return [] }
        let sorted = (outliers.isEmpty ? known : nil) ?? positions.map { values[$0] }.sorted()
        let median = sorted[sorted.count / 2]
        let spread = (sorted[3 * sorted.count / 4] - sorted[sorted.count / 4]) / 1.349
        guard spread > Scaler.minSpread(at: median) else { return [] }
        var found: [DoubtfulValues] = []
        for value in repeatedEnds(of: sorted, spread) {
            let rows = positions.filter { values[$0] == value }
            let runs = 1 + zip(rows, rows.dropFirst()).count { $1 > $0 + 1 }
            guard 2 * runs >= rows.count else { continue }
            found.append(DoubtfulValues(reason: .repeated, farthest: value, rows: rows))
            positions.removeAll { values[$0] == value }
        }
        return found + [dominant(values, positions, median, spread)].compactMap(\.self)
    }

    /// The smallest and the largest value, if they are repeated and far from the next.
    private static func repeatedEnds(of sorted: [Double], _ spread: Double) -> [Double] {
        let distinct = 1 + zip(sorted, sorted.dropFirst()).count { $0 != $1 }
        guard distinct > minDistinct else { return [] }
        func isRepeated(_ end: some BidirectionalCollection<Double>) -> Bool {
            guard let value = end.first, let next = end.first(where: { $0 != value }) else { return false }
            let count = end.prefix { $0 == value }.count
            return count >= minRepeats && Double(count) <= maxShare * Double(sorted.count)
                && abs(next - value) >= minGap * spread
        }
        return (isRepeated(sorted) ? [sorted[0]] : [])
            + (isRepeated(sorted.reversed()) ? [sorted[sorted.count - 1]] : [])
    }

    private static func dominant(
        _ values: [Double], _ positions: [Int], _ median: Double, _ spread: Double
    ) -> DoubtfulValues? {
        let rows = positions.filter { abs(values[$0] - median) > minRatio * spread }
        let farthest = rows.map { values[$0] }.max { abs($0 - median) < abs($1 - median) }
        guard let farthest, Double(rows.count) <= maxShare * Double(positions.count) else { return nil }
        // In units of the largest distance, whose squares do not overflow.
        let unit = abs(farthest - median)
        var (sum, squares) = (0.0, 0.0)
        for position in positions {
            let distance = (values[position] - median) / unit
            sum += distance
            squares += distance * distance
        }
        let count = Double(positions.count)
        let deviation = max(0, squares / count - (sum / count) * (sum / count)).squareRoot() * unit
        guard deviation > minRatio * spread else { return nil }
        return DoubtfulValues(
            reason: .dominant(deviation: deviation, usual: spread), farthest: farthest, rows: rows)
    }

    /// Returns the values with other rows.
    /// - Parameter row: returns the row at a position.
    package func located(_ row: (Int) -> Int) -> DoubtfulValues {
        var located = self
        located.rows = rows.map(row).sorted()
        return located
    }

    /// The warning about the values.
    /// - Parameter name: the name of the column.
    package func warning(column name: String) -> Warning {
        let value = farthest.asValue
        let message =
            switch reason {
            case .repeated:
                "The value \(value) of '\(name)' in \(rows.count) rows, the first of which is \(rows[0]), is "
                    + "the same each time and apart from all others, as that of a failed reading is. It is "
                    + "used like others. If it marks missing values, leave the cells empty; if it is a "
                    + "fault, leave the rows out with exclude."
            case .dominant(let deviation, let usual):
                "The scale of '\(name)' is dominated by few rows: its standard deviation "
                    + "\(deviation.inThreeDigits) is \((deviation / usual).inThreeDigits) times that of the "
                    + "middle half of the rows (\(usual.inThreeDigits)), because of \(rows.count) "
                    + "\(rows.count == 1 ? "value" : "values") such as \(value). Changes of less than about "
                    + "\(deviation.inThreeDigits) will hardly be noticed. If these rows are faults, leave "
                    + "them out with exclude; else consider a feature in which they are less extreme, such "
                    + "as the logarithm."
            }
        return Warning(.outliers, .warning, message, columns: [name], rows: RowOrigins.same.ranges(of: rows))
    }
}
