import DataFormats
import HTTP1
import JSON
import ServingAPI
import TimeSeries

/// How variables that were measured at different times become rows.
package struct AlignPolicy: Sendable, Equatable {
    /// Which times have a row.
    package enum Mode: String, CaseIterable, Sendable {
        /// Those at which every variable has a value.
        case inner = "Inner"
        /// Those at which any has one.
        case outer = "Outer"
    }

    /// What stands where a variable has no value.
    package enum Fill: String, CaseIterable, Sendable {
        /// The value before; the first one before that.
        case previous = "Previous"
        /// The value after; the last one after that.
        case subsequent = "Subsequent"
        /// On the line between both.
        case linear = "Linear"
        /// 0, in the data's units.
        case zero = "Zero"
        /// `paddingValue`.
        case fixed = "Fixed"
    }

    /// The times.
    package var mode = Mode.outer
    /// The gaps.
    package var fill = Fill.linear
    /// For `fixed`.
    package var padding: Double?

    /// The defaults, which are the service's.
    package init() {}
}

/// Rows of all variables, without gaps.
package struct AlignedSeries: Sendable {
    /// `[rows][variables]`.
    package let series: Series
    /// Of each row.
    package let times: [UTCTime]
    /// The first row from the start on; those before are history.
    package let firstRow: Int
    /// Without the history.
    package let states: [VariableState]

    /// Aligns what tables have.
    /// - Parameters:
    ///   - variables: in which order; those of the tables if nobody has said.
    ///   - start: nil for all rows up to the end.
    ///   - history: how many rows before the start are kept, if there are so many.
    ///   - limit: how many numbers there may be.
    /// - Throws: 400 for variables that don't fit, and where nothing is left.
    package init(
        _ tables: [AzureTable], _ policy: AlignPolicy, variables wanted: [String]? = nil,
        from start: UTCTime? = nil, history: Int = 0, through end: UTCTime = UTCTime(microseconds: .max),
        limit: Int
    ) throws(Problem) {
        let names = try Self.variables(tables, wanted)
        let ranges = tables.map { $0.rows(from: history > 0 ? nil : start, through: end) }
        let all = Self.times(tables, ranges, policy.mode)
        guard all.count <= limit / max(1, names.count) else {
            throw .azure(
                .badRequest, "TooManyData",
                "\(all.count) times of \(names.count) variables are more than \(limit) numbers; send less at once"
            )
        }
        var values = [Float](repeating: .nan, count: all.count * names.count)
        let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        for (table, range) in zip(tables, ranges) {
            let columns = table.variables.map { places[$0] ?? 0 }
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
            let whole = all.indices.filter { row in
                !values[(row * width)..<((row + 1) * width)].contains(where: \.isNaN)
            }
            times = whole.map { all[$0] }
            values = whole.flatMap { values[($0 * width)..<(($0 + 1) * width)] }
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

    private static func variables(_ tables: [AzureTable], _ wanted: [String]?) throws(Problem) -> [String] {
        let names = tables.flatMap(\.variables)
        guard Set(names).count == names.count else {
            throw .azure(.badRequest, "DuplicatedVariables", "two variables have the same name")
        }
        guard let wanted else { return names }
        if let missing = wanted.first(where: { !names.contains($0) }) {
            throw .azure(
                .badRequest, "ColumnNotFound",
                "the model has a variable \(Quote.text(missing)), which the data have not; it needs those that it was trained with"
            )
        }
        if let extra = names.first(where: { !wanted.contains($0) }) {
            throw .azure(
                .badRequest, "NumColumnsMismatch",
                "the data have a variable \(Quote.text(extra)), which the model has not; it needs those that it was trained with"
            )
        }
        return wanted
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
            // Each table has a time once.
            if mode == .outer || next - index == tables.count { times.append(sorted[index]) }
            index = next
        }
        return times
    }

    private static func filled(
        _ values: [Float], _ names: [String], _ policy: AlignPolicy
    ) throws(Problem) -> Series {
        do throws(DataError) {
            var series = try Series(values: values, features: names.count)
            switch policy.fill {
            case .previous: try series.fillMissing(.previous)
            case .linear: try series.fillMissing(.linear)
            case .zero: try series.fillMissing(.zero)
            case .subsequent:
                series = series.backwards
                try series.fillMissing(.previous)
                series = series.backwards
            case .fixed:
                let padding = Float(policy.padding ?? 0)
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
                "the variable \(Quote.text(names[feature])) has no value between startTime and endTime; use fillNAMethod Zero or Fixed, "
                    + "or leave it out")
        }
    }
}

/// What there was of a variable before gaps were filled.
package struct VariableState: Sendable, Equatable {
    /// Its name.
    package let variable: String
    /// The share of rows that had no value.
    package let filledNARatio: Double
    /// Rows that had one.
    package let effectiveCount: Int
    /// The time of the first of them.
    package let first: UTCTime?
    /// The time of the last.
    package let last: UTCTime?

    /// - Parameters:
    ///   - times: of some rows.
    ///   - values: `[rows][variables]`, of all rows.
    static func all(_ names: [String], _ times: ArraySlice<UTCTime>, _ values: [Float]) -> [VariableState] {
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

extension Series {
    /// The rows from the last to the first.
    fileprivate var backwards: Series {
        var copy = self
        for row in 0..<rows {
            for feature in 0..<features {
                copy.values[row * features + feature] = values[(rows - 1 - row) * features + feature]
            }
        }
        return copy
    }
}
