import TimeSeries

extension TrainedModel {
    /// Reasons to doubt what the model computes for windows: values that it limits (`clamped_values`), and
    /// values that float32 has rounded more than their variation allows (`precision`).
    /// - Parameter windows: `[N][T][F]` in the data's units.
    public func warnings(for windows: Windows<Double>) -> [Warning] {
        guard windows.count > 0 else { return [] }
        return [clampedValues(in: windows), roundedValues(in: windows)].compactMap(\.self)
    }

    private func clampedValues(in windows: Windows<Double>) -> Warning? {
        let scaler = description.scaler
        let limit = Double(Scaler.maxScaledValue)
        // One bound for all features answers the usual case in one pass.
        let bound = zip(scaler.offset, scaler.scale).map { limit * $1 - abs($0) }.min() ?? 0
        let values = windows.series.values
        guard !values.allSatisfy({ abs($0) <= bound }) else { return nil }
        let features = windows.features
        var rows: [Range<Int>] = []
        var columns: Set<Int> = []
        var count = 0
        for row in windows.coveredRows.flatMap(\.self) {
            for feature in 0..<features {
                let value = values[row * features + feature]
                guard abs(value - scaler.offset[feature]) / scaler.scale[feature] > limit else { continue }
                count += 1
                columns.insert(feature)
                if let last = rows.last, last.upperBound >= row {
                    rows[rows.count - 1] = last.lowerBound..<(row + 1)
                } else {
                    rows.append(row..<(row + 1))
                }
            }
        }
        guard count > 0 else { return nil }
        return Warning(
            .clampedValues, .warning,
            "\(count) value\(count == 1 ? " is" : "s are") beyond ±1e30 times the scale of the column, and "
                + "\(count == 1 ? "was" : "were") limited to that for the network.",
            columns: columns.sorted().map(description.name(ofFeature:)), rows: rows)
    }

    private func roundedValues(in windows: Windows<Double>) -> Warning? {
        let scaler = description.scaler
        let features = windows.features
        let values = windows.series.values
        let rounded = (0..<features).filter { feature in
            let (offset, scale) = (scaler.offset[feature], scaler.scale[feature])
            // A constant feature has the scale 1 with standard scaling. It needs no precision.
            guard scale != 1, Double(Float.limiting(abs(offset)).ulp) > 0.01 * scale else { return false }
            let rows = windows.coveredRows.lazy.flatMap(\.self)
            // Whole numbers are exact up to a step of 1.
            guard
                Float.limiting(abs(offset)).ulp > 1
                    || rows.contains(where: { row in
                        let value = values[row * features + feature]
                        return value.rounded() != value && !value.isNaN
                    })
            else { return false }
            return values.count > features
                && rows.allSatisfy { row in
                    let value = values[row * features + feature]
                    return Double(Float.limiting(value)) == value
                }
        }
        guard let first = rounded.first else { return nil }
        let spacing = Float.limiting(abs(scaler.offset[first])).ulp
        return Warning(
            .precision, .warning,
            "The values are float32, which near \(Float.limiting(scaler.offset[first])) has steps of "
                + "\(spacing), but the model knows variations of \(Float.limiting(scaler.scale[first])). "
                + "Send float64 (FP64 under /v2), or numbers with all their digits.",
            columns: rounded.map(description.name(ofFeature:)))
    }
}
