import Algorithms
import DataFormats
import HTTP1
import JSON
import ServingAPI

/// Measurements of variables with common timestamps.
package struct AzureTable: Sendable {
    /// The names of the variables.
    package let variables: [String]
    /// The timestamps, strictly ascending.
    package let times: [UTCTime]
    /// `[times][variables]`; NaN for a missing value.
    package let values: [Double]

    /// Parses the timestamps and sorts the rows by them.
    /// - Parameters:
    ///   - values: `[timestamps][variables]`; NaN for a missing value.
    ///   - source: the name of the table's source, for errors.
    /// - Throws: 400 for an invalid timestamp, and for one that occurs twice.
    package init(variables: [String], timestamps: [String], values: [Double], from source: String)
        throws(Problem)
    {
        var times: [UTCTime] = []
        times.reserveCapacity(timestamps.count)
        for (row, text) in timestamps.enumerated() {
            guard let time = UTCTime(text) else {
                throw .azure(
                    .badRequest, "InvalidTimestampFormat",
                    "timestamp \(row) of \(source) is \(Quote.text(text)); it must be a time in ISO "
                        + "8601, such as 2026-01-31T12:00:00Z"
                )
            }
            times.append(time)
        }
        try self.init(variables: variables, times: times, values: values, from: source)
    }

    /// Sorts the rows by their times.
    /// - Parameters:
    ///   - times: `[times]`.
    ///   - values: `[times][variables]`; NaN for a missing value.
    ///   - source: the name of the table's source, for errors.
    /// - Throws: 400 for a time that occurs twice.
    init(variables: [String], times: [UTCTime], values: [Double], from source: String) throws(Problem) {
        self.variables = variables
        if zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) {
            (self.times, self.values) = (times, values)
            return
        }
        let order = times.indices.sorted { times[$0] < times[$1] }
        self.times = order.map { times[$0] }
        self.values = order.flatMap { values[($0 * variables.count)..<(($0 + 1) * variables.count)] }
        if let duplicate = zip(self.times, self.times.dropFirst()).first(where: { $0 == $1 }) {
            throw .azure(
                .badRequest, "MergeDataFailed",
                "the timestamp \(duplicate.0) occurs twice in \(source); timestamps must be unique")
        }
    }

    /// The rows from a start to an end, inclusive.
    /// - Parameter start: nil for all rows up to the end.
    func rows(from start: UTCTime?, through end: UTCTime) -> Range<Int> {
        let upper = times.partitioningIndex { $0 > end }
        return min(upper, start.map { start in times.partitioningIndex { $0 >= start } } ?? 0)..<upper
    }
}
