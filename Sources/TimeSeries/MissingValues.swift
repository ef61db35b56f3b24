/// What to do with missing values, which stand as NaN in a series.
public enum MissingValues: String, Sendable, CaseIterable {
    /// Refuse them.
    case error
    /// Repeat the feature's last known value; before the first one, take the first.
    case previous
    /// Draw a straight line between the known values on both sides; at an end, take the nearest.
    case linear
    /// Put 0, in the data's units.
    case zero
}

extension Series {
    /// Fills missing values (NaN) within stretches of rows that must not borrow from each other: recordings, or windows that
    /// stand one after the other.
    /// - Parameter stretches: all rows, in order; nil for one stretch.
    /// - Throws: ``DataError/missing(row:feature:hint:)`` for `error`, and when a feature has no value in a
    ///   stretch.
    public mutating func fillMissing(
        _ policy: MissingValues, within stretches: [Range<Int>]? = nil
    ) throws(DataError) {
        guard let first = values.firstIndex(where: \.isNaN) else { return }
        if policy == .error {
            throw .missing(
                row: first / features, feature: first % features,
                hint: "send a number, or say how to fill gaps with missing: previous, linear or zero")
        }
        if policy == .zero {
            for index in values.indices where values[index].isNaN { values[index] = 0 }
            return
        }
        for stretch in stretches ?? [0..<rows] {
            for feature in 0..<features { try fill(policy, feature: feature, rows: stretch) }
        }
    }

    private mutating func fill(_ policy: MissingValues, feature: Int, rows: Range<Int>) throws(DataError) {
        func position(_ row: Int) -> Int { row * features + feature }
        var known: Int?
        var row = rows.lowerBound
        while row < rows.upperBound {
            guard values[position(row)].isNaN else {
                known = row
                row += 1
                continue
            }
            var next = row
            while next < rows.upperBound, values[position(next)].isNaN { next += 1 }
            let after: Int? = next < rows.upperBound ? next : nil
            guard let anchor = known ?? after else {
                throw .missing(
                    row: row, feature: feature,
                    hint:
                        "there is no value of this feature to fill the gap from; use missing: zero or leave it out"
                )
            }
            for gap in row..<next {
                if policy == .linear, let known, let after {
                    let part = Float(gap - known) / Float(after - known)
                    let (low, high) = (values[position(known)], values[position(after)])
                    // Not `low + (high - low) * part`, whose difference can overflow.
                    values[position(gap)] = low * (1 - part) + high * part
                } else {
                    values[position(gap)] = values[position(anchor)]
                }
            }
            row = next
        }
    }
}
