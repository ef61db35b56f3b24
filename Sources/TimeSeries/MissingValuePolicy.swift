/// How missing values, which are NaN in a series, are handled.
public enum MissingValuePolicy: String, Sendable, CaseIterable {
    /// Throw an error.
    case error
    /// Repeat the last known value of the feature. Gaps before the first known value are filled with it.
    case previous
    /// Interpolate linearly between the known values on both sides of a gap. Gaps at an end are filled with
    /// the nearest known value.
    case linear
    /// Fill with 0, in the units of the data.
    case zero
}

extension Series<Double> {
    /// Fills missing values (NaN) in place. Values are taken from the same segment only.
    /// - Parameters:
    ///   - policy: how to fill a gap.
    ///   - segments: row ranges that are independent of each other, such as recordings or separate
    ///     windows. In order, and together all rows; nil for one segment.
    ///   - required: the rows in which every value has to be known in the end; nil for all rows.
    /// - Throws: ``DataError/missing(row:feature:hint:)`` for the first value of these rows that is still
    ///   missing: any if the policy is `error`, and that of a feature without any value in a segment if it is
    ///   `previous` or `linear`.
    public mutating func fillMissing(
        _ policy: MissingValuePolicy, within segments: [Range<Int>]? = nil, required: [Range<Int>]? = nil
    ) throws(DataError) {
        guard values.contains(where: \.isNaN) else { return }
        switch policy {
        case .error: break
        case .zero: for index in values.indices where values[index].isNaN { values[index] = 0 }
        case .previous, .linear:
            for segment in segments ?? [0..<rows] {
                for feature in 0..<features { fill(policy, feature: feature, rows: segment) }
            }
        }
        for rows in required ?? [0..<rows] {
            let first = values[(rows.lowerBound * features)..<(rows.upperBound * features)].firstIndex {
                $0.isNaN
            }
            guard let first else { continue }
            throw .missing(
                row: first / features, feature: first % features,
                hint: policy == .error
                    ? "send a number, or set missing to previous, linear or zero to fill gaps"
                    : "no value of the feature can fill the gap; set missing to zero, or leave the "
                        + "feature out")
        }
    }

    private mutating func fill(_ policy: MissingValuePolicy, feature: Int, rows: Range<Int>) {
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
            guard let anchor = known ?? after else { return }
            for gap in row..<next {
                if policy == .linear, let known, let after {
                    let part = Double(gap - known) / Double(after - known)
                    let (low, high) = (values[position(known)], values[position(after)])
                    // `low + (high - low) * part` could overflow in the difference.
                    values[position(gap)] = low * (1 - part) + high * part
                } else {
                    values[position(gap)] = values[position(anchor)]
                }
            }
            row = next
        }
    }
}

extension Windows<Double> {
    /// Fills missing values of the rows in place, within recordings. Values of rows in no window may remain
    /// missing.
    /// - Throws: ``DataError/missing(row:feature:hint:)`` for the first value of a window that is still
    ///   missing.
    public mutating func fillMissing(_ policy: MissingValuePolicy) throws(DataError) {
        guard series.values.contains(where: \.isNaN) else { return }
        try series.fillMissing(policy, within: recordings, required: coveredRows)
    }
}
