import TimeSeries

extension ColumnStatistics {
    /// The share of missing values from which most of a column is made up by filling.
    private static let mostlyMissingShare = 0.5
    /// The share of missing values from which there is nothing to learn but the filling.
    private static let nearlyAllMissingShare = 0.9

    /// What is odd about the values.
    /// - Parameter name: the name of the feature.
    func warnings(column name: String) -> [Warning] {
        [missingWarning(name), constantWarning(name), trendWarning(name), outlierWarning(name)]
            .compactMap(\.self) + doubtful.map { $0.warning(column: name) }
    }

    private func missingWarning(_ name: String) -> Warning? {
        guard missingShare >= Self.mostlyMissingShare else { return nil }
        let isNearlyAll = missingShare >= Self.nearlyAllMissingShare
        let percent = (missingShare * 1000).rounded() / 10
        return Warning(
            .mostlyMissing, isNearlyAll ? .error : .warning,
            "\(percent) % of the values of '\(name)' are missing (\(missing) of \(rows)), so that a model "
                + "learns what fills the gaps. Leave the column out with ignore, or send rows at a longer "
                + "interval.",
            columns: [name])
    }

    private func constantWarning(_ name: String) -> Warning? {
        guard isConstant, let median else { return nil }
        return Warning(
            .constantColumn, .warning,
            "'\(name)' is \(median.asValue) in every row, so that a model cannot learn how it varies: any "
                + "change of it counts as unusual. Leave the column out with ignore if its changes do not "
                + "matter.",
            columns: [name])
    }

    private func trendWarning(_ name: String) -> Warning? {
        guard let trend, let minimum, let maximum else { return nil }
        let range = "from \(minimum.asValue) to \(maximum.asValue)"
        let message =
            switch trend {
            case .clock:
                "'\(name)' changes by the same amount in every row (\(range)), as a clock or an index does: "
                    + "all later values are outside of what a model learns. Leave the column out with "
                    + "ignore, or name it with timestamp if it has the times."
            case .counter:
                "'\(name)' only rises or only falls (\(range)), as a counter does: all later values are "
                    + "outside of what a model learns. Name it in difference to use how much it changes, or "
                    + "leave it out with ignore."
            case .index:
                "'\(name)' has each whole number once (\(range)), as the index of shuffled rows has: it says "
                    + "nothing about what was measured. Leave the column out with ignore, and send the rows "
                    + "in the order of time."
            case .stairs:
                "'\(name)' rises over \(distinct) whole numbers (\(range)), each of which stands for many "
                    + "rows, as the number of a batch, a unit or a sensor does: the next number is outside "
                    + "of what a model learns. Name it in recording if no window may span two of them, or "
                    + "leave it out with ignore."
            }
        return Warning(.monotoneColumn, .error, message, columns: [name])
    }

    private func outlierWarning(_ name: String) -> Warning? {
        guard let first = outliers.first, let median, let deviation = medianAbsoluteDeviation else {
            return nil
        }
        let values = Set(outliers.map(\.value))
        let count = outliers.count
        let what =
            values.count == 1
            ? "The value \(first.value.asValue) of '\(name)' "
                + (count == 1
                    ? "in row \(first.row)" : "in \(count) rows, the first of which is \(first.row),")
            : "\(count) values of '\(name)', such as \(first.value.asValue) in row \(first.row),"
        // A value in most rows is the median itself.
        let rest =
            values.contains(median)
            ? "" : " (median \(median.asValue), median absolute deviation \(deviation.asValue))"
        return Warning(
            .outliers, .warning,
            "\(what) \(values.count == 1 ? "is" : "are") far outside the rest\(rest). If "
                + "\(count == 1 ? "it marks a missing value" : "they mark missing values"), leave the "
                + "\(count == 1 ? "cell" : "cells") empty; if "
                + "\(count == 1 ? "it is a fault" : "they are faults"), leave the "
                + "\(count == 1 ? "row" : "rows") out with exclude.",
            columns: [name], rows: RowOrigins.same.ranges(of: outliers.map(\.row)))
    }
}
