import DataFormats
import HTTP1
import JSON
import ServingAPI
import TimeSeries

/// Rows of all variables, without missing values.
package struct AlignedSeries: Sendable {
    /// `[rows][variables]`.
    package let series: Series<Double>
    /// The timestamp of each row.
    package let times: [UTCTime]
    /// The first row at or after the start. The rows before it are history.
    package let firstRow: Int
    /// The state of each variable, without the history.
    package let states: [VariableState]

    /// Aligns the variables of tables.
    /// - Parameters:
    ///   - required: the variables in the order of the columns; nil for those of the tables.
    ///   - start: the first timestamp; nil for all rows up to the end.
    ///   - history: the maximum number of rows before the start to include.
    ///   - end: the last timestamp.
    ///   - limit: the maximum number of values.
    /// - Throws: 400 for missing, unknown or duplicate variables, without any row, and beyond the limit.
    package init(
        _ tables: [AzureTable], _ policy: AlignPolicy, variables required: [String]? = nil,
        from start: UTCTime? = nil, history: Int = 0, through end: UTCTime = UTCTime(microseconds: .max),
        limit: Int
    ) throws(Problem) {
        let names = try Self.variables(tables, required)
        let ranges = tables.map { $0.rows(from: history > 0 ? nil : start, through: end) }
        let all = Self.times(tables, ranges, policy.mode)
        guard all.count <= limit / max(1, names.count) else {
            throw .azure(
                .badRequest, "TooManyData",
                "\(all.count) timestamps of \(names.count) variables exceed the limit of \(limit) "
                    + "values; send less at once"
            )
        }
        var values = [Double](repeating: .nan, count: all.count * names.count)
        let columnIndices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        for (table, range) in zip(tables, ranges) {
            let columns = table.variables.map { columnIndices[$0] ?? 0 }
            var row = 0
            for source in range {
                while row < all.count, all[row] < table.times[source] { row += 1 }
                guard row < all.count, all[row] == table.times[source] else { continue }
                for (position, column) in columns.enumerated() {
                    values[row * names.count + column] = table.values[source * columns.count + position]
                }
            }
        }
        var times = all
        if policy.mode == .inner {
            let width = names.count
            let complete = all.indices.filter { row in
                !values[(row * width)..<((row + 1) * width)].contains(where: \.isNaN)
            }
            times = complete.map { all[$0] }
            values = complete.flatMap { values[($0 * width)..<(($0 + 1) * width)] }
        }
        guard let first = times.firstIndex(where: { $0 >= start ?? $0 }) else {
            throw .azure(
                .badRequest, "NoData",
                "there are no rows between startTime and endTime"
                    + (policy.mode == .inner ? " in which every variable has a value" : ""))
        }
        firstRow = min(first, history)
        self.times = Array(times[(first - firstRow)...])
        states = VariableState.all(names, times[first...], values)
        series = try Self.filled(Array(values[((first - firstRow) * names.count)...]), names, policy)
    }

    private static func variables(_ tables: [AzureTable], _ required: [String]?) throws(Problem) -> [String] {
        let names = tables.flatMap(\.variables)
        guard Set(names).count == names.count else {
            throw .azure(.badRequest, "DuplicatedVariables", "variable names must be unique")
        }
        guard let required else { return names }
        if let missing = required.first(where: { !names.contains($0) }) {
            throw .azure(
                .badRequest, "ColumnNotFound",
                "the data lack the variable \(Quote.text(missing)); send the variables that the model "
                    + "was trained with"
            )
        }
        if let unknown = names.first(where: { !required.contains($0) }) {
            throw .azure(
                .badRequest, "NumColumnsMismatch",
                "the model does not have the variable \(Quote.text(unknown)); send the variables that "
                    + "it was trained with"
            )
        }
        return required
    }

    private static func times(
        _ tables: [AzureTable], _ ranges: [Range<Int>], _ mode: AlignPolicy.Mode
    ) -> [UTCTime] {
        guard tables.count > 1 else { return zip(tables, ranges).flatMap { Array($0.times[$1]) } }
        let sorted = zip(tables, ranges).flatMap { $0.times[$1] }.sorted()
        var times: [UTCTime] = []
        var index = 0
        while index < sorted.count {
            var next = index
            while next < sorted.count, sorted[next] == sorted[index] { next += 1 }
            // Timestamps are unique within a table, so the number of equal ones is the number of tables.
            if mode == .outer || next - index == tables.count { times.append(sorted[index]) }
            index = next
        }
        return times
    }

    private static func filled(
        _ values: [Double], _ names: [String], _ policy: AlignPolicy
    ) throws(Problem) -> Series<Double> {
        do throws(DataError) {
            var series = try Series(values: values, features: names.count)
            switch policy.fill {
            case .previous: try series.fillMissing(.previous)
            case .linear: try series.fillMissing(.linear)
            case .zero: try series.fillMissing(.zero)
            case .subsequent:
                series = series.reversed
                try series.fillMissing(.previous)
                series = series.reversed
            case .fixed:
                let padding = policy.padding ?? 0
                for index in series.values.indices where series.values[index].isNaN {
                    series.values[index] = padding
                }
            }
            return series
        } catch {
            guard case .missing(_, let feature, _) = error else {
                throw .azure(.badRequest, "MergeDataFailed", "\(error)")
            }
            throw .azure(
                .badRequest, "NoData",
                "the variable \(Quote.text(names[feature])) has no value between startTime and "
                    + "endTime; set fillNAMethod to Zero or Fixed, or remove the variable")
        }
    }
}

extension Series<Double> {
    /// The series with its rows in reverse order.
    fileprivate var reversed: Series<Double> {
        var copy = self
        for row in 0..<rows {
            for feature in 0..<features {
                copy.values[row * features + feature] = values[(rows - 1 - row) * features + feature]
            }
        }
        return copy
    }
}
