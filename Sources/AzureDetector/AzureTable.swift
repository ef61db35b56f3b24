import Algorithms
import DataFormats
import HTTP1
import JSON
import ServingAPI

/// Measurements of variables that share their times.
package struct AzureTable: Sendable {
    /// Their names.
    package let variables: [String]
    /// Ascending; none stands twice.
    package let times: [UTCTime]
    /// `[times][variables]`; NaN where there is none.
    package let values: [Float]

    /// Reads the times, and puts rows in their order.
    /// - Parameter place: where the table comes from, for errors.
    /// - Throws: 400 for what is no time, and for one that stands twice.
    package init(variables: [String], timestamps: [String], values: [Float], from place: String)
        throws(Problem)
    {
        self.variables = variables
        var times: [UTCTime] = []
        times.reserveCapacity(timestamps.count)
        for (row, text) in timestamps.enumerated() {
            guard let time = UTCTime(text) else {
                throw .azure(
                    .badRequest, "InvalidTimestampFormat",
                    "timestamp \(row) of \(place) is \(Quote.text(text)); it must be as in ISO 8601, such as 2026-01-31T12:00:00Z"
                )
            }
            times.append(time)
        }
        if zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) {
            (self.times, self.values) = (times, values)
            return
        }
        let order = times.indices.sorted { times[$0] < times[$1] }
        self.times = order.map { times[$0] }
        self.values = order.flatMap { values[($0 * variables.count)..<(($0 + 1) * variables.count)] }
        if let twice = zip(self.times, self.times.dropFirst()).first(where: { $0 == $1 }) {
            throw .azure(
                .badRequest, "MergeDataFailed",
                "the timestamp \(twice.0) stands twice in \(place); each row needs its own")
        }
    }

    /// The rows up to a time, and from another one if it is given.
    func rows(from start: UTCTime?, through end: UTCTime) -> Range<Int> {
        let upper = times.partitioningIndex { $0 > end }
        return min(upper, start.map { start in times.partitioningIndex { $0 >= start } } ?? 0)..<upper
    }
}
