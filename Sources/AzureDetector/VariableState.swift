import DataFormats

/// The state of a variable before missing values were replaced.
package struct VariableState: Sendable, Equatable {
    /// The name of the variable.
    package let variable: String
    /// The share of rows that had no value.
    package let filledNARatio: Double
    /// The number of rows that had a value.
    package let effectiveCount: Int
    /// The timestamp of the first row with a value.
    package let first: UTCTime?
    /// The timestamp of the last row with a value.
    package let last: UTCTime?

    /// The states of all variables.
    /// - Parameters:
    ///   - times: the timestamps of the rows to include; its indices are those of the rows.
    ///   - values: `[rows][variables]` of all rows.
    static func all(_ names: [String], _ times: ArraySlice<UTCTime>, _ values: [Double]) -> [VariableState] {
        names.indices.map { column in
            let rows = times.indices.filter { !values[$0 * names.count + column].isNaN }
            return VariableState(
                variable: names[column],
                filledNARatio: Double(times.count - rows.count) / Double(max(1, times.count)),
                effectiveCount: rows.count, first: rows.first.map { times[$0] },
                last: rows.last.map { times[$0] })
        }
    }
}
