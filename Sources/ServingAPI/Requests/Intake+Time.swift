import DataFormats
import Inspection
import JSON
import ModelFiles
import TimeSeries

/// The steps that depend on the times of rows.
extension Intake {
    /// The times of the rows; nil without timestamps.
    var timeInspection: TimeInspection? {
        table.timestamps.map { TimeInspection($0, recordings: table.recordings) }
    }

    /// The maximum number of values that resampling may make of fewer: 128 MiB.
    private static let maxResampledValues = 1 << 24

    /// Orders the rows by time, merges rows of the same time, ends recordings at gaps, and resamples, and
    /// adds a warning to the table for each change. Rows without timestamps stay as they are.
    /// - Parameters:
    ///   - options: what to do.
    ///   - model: the preparation of the model that the rows are for.
    ///   - reportsErrors: whether rows that must be refused stay as they are and become a warning of the
    ///     level `error`, for a report about the data.
    /// - Returns: the median interval of the rows; nil without timestamps.
    /// - Throws: 422 for rows out of order and rows of the same time, unless the options allow them.
    mutating func arrange(
        _ options: TimeOptions, for model: Preparation?, reportsErrors: Bool = false
    ) throws(Problem) -> TimeSpan? {
        guard let timestamps = table.timestamps else {
            if let name = options.requiringTimestamps {
                throw origin.problem("has no timestamps, which \(name) requires; \(Self.timestampsHint)")
            }
            if let required = options.resampling {
                throw origin.problem(
                    "has no timestamps, but the model takes rows every \(required.interval), so that rows "
                        + "have to be resampled; \(Self.timestampsHint)")
            }
            return nil
        }
        var rows = TimedRows(
            Series(unchecked: table.values, features: table.featureCount), instants: timestamps.instants,
            recordings: table.recordings, flags: table.flags, hasLocalClock: timestamps.clock == .local)
        // The rows own the values now, so that they can be changed without a copy.
        table.values = []
        let arranged: (warnings: [Warning], interval: TimeSpan?)
        do throws(TimeError) {
            arranged = try arrange(&rows, options, for: model, reportsErrors: reportsErrors)
        } catch {
            throw problem(error, timestamps)
        }
        take(rows, timestamps)
        table.warnings += arranged.warnings
        return arranged.interval
    }

    private mutating func arrange(
        _ rows: inout TimedRows, _ options: TimeOptions, for model: Preparation?, reportsErrors: Bool
    ) throws(TimeError) -> ([Warning], TimeSpan?) {
        var warnings: [Warning] = []
        do throws(TimeError) {
            warnings += try rows.order(options.order)
        } catch {
            guard reportsErrors else { throw error }
            var sorted = rows
            sorted.putInOrder()
            return ([error.warning] + Self.duplicates(in: sorted, options), nil)
        }
        // Rows of the same time are in the same cell of a grid.
        if options.resampling == nil {
            do throws(TimeError) {
                warnings += try rows.mergeDuplicates(options.duplicates)
            } catch {
                guard reportsErrors else { throw error }
                warnings.append(error.warning)
            }
        }
        let interval = options.resampling?.interval
        gaps = rows.gaps(options.gaps, interval: interval)
        warnings += rows.splitAtGaps(options.gaps, interval: interval)
        if let resampling = options.resampling {
            let maxValues = max(Self.maxResampledValues, 4 * rows.series.values.count)
            try rows.resample(resampling, maxValues: maxValues)
        }
        if let warning = model?.warning(about: rows) { warnings.append(warning) }
        return (warnings, rows.medianInterval)
    }

    /// The warning about rows of the same time that would be refused, if there are any.
    private static func duplicates(in rows: TimedRows, _ options: TimeOptions) -> [Warning] {
        guard options.resampling == nil, options.duplicates == .error else { return [] }
        var rows = rows
        do throws(TimeError) {
            return try rows.mergeDuplicates(.error)
        } catch {
            return [error.warning]
        }
    }

    private static let timestampsHint =
        "name the column that has them with timestamp, or send timestamps beside the rows"

    private mutating func take(_ rows: TimedRows, _ timestamps: Timestamps) {
        table.values = rows.series.values
        table.recordings = rows.recordings
        table.flags = rows.flags
        if rows.isResampled {
            table.timestamps = timestamps.replacing(with: rows.instants)
            origin.isResampled = true
            origin.rowCount = timestamps.instants.count
        } else {
            table.timestamps = timestamps.keeping(rows.origins, instants: rows.instants)
        }
        origin.rows = rows.rowOrigins
    }

    /// The problem of rows that cannot be used because of their times, with the place and the timestamp.
    private func problem(_ error: TimeError, _ timestamps: Timestamps) -> Problem {
        guard let row = error.row else { return origin.problem("cannot be resampled: \(error.detail)") }
        let remedies: [Remedy] =
            switch error.code {
            case .unordered: [Remedy(.order, "sort")]
            case .duplicateTimestamps: [Remedy(.duplicates, "last"), Remedy(.duplicates, "mean")]
            default: []
            }
        let cell = Quote.text(timestamps.text(ofRow: row))
        if let line = table.lines?[row] {
            return Problem(
                .invalidRequest, "line \(line): the timestamp \(cell) \(error.detail)",
                place: TablePlace(
                    line: line, column: table.columns.first { $0.role == .timestamp }?.name),
                remedies: remedies)
        }
        return Problem(
            .invalidRequest, "row \(row): the timestamp \(cell) \(error.detail)",
            pointer: origin.pointer == nil ? nil : "/timestamps/\(row)", remedies: remedies)
    }

    // MARK: Differences

    /// The indices of features that `difference` names. Features without names are called 0, 1 and so on.
    func features(named names: [String], _ options: FieldReader) throws(JSONError) -> [Int] {
        let known = table.featureNames
        guard origin.timesteps == nil else {
            throw options.error("difference", "applies to rows, but the data are windows")
        }
        var features: [Int] = []
        for name in names {
            guard let index = known.firstIndex(of: name) else {
                throw options.error(
                    "difference",
                    "has \(Quote.text(name)), but there is no such feature; \(table.listOfFeatures)")
            }
            features.append(index)
        }
        return features
    }

    /// Replaces features by their differences. Recordings lose their first rows.
    mutating func take(_ differences: Differences) {
        let names = differences.features.map { table.features?[$0.index] ?? "\($0.index)" }
        var series = Series(unchecked: table.values, features: table.featureCount)
        table.values = []
        let restarts = differences.apply(
            to: &series, recordings: &table.recordings, instants: table.timestamps?.instants)
        table.values = series.values
        origin.losesFirstRows = true
        for (feature, name) in zip(differences.features, names) {
            guard let rows = restarts[feature.index] else { continue }
            table.warnings.append(
                Warning(
                    .counterRestart, .info,
                    "The counter \(Quote.text(name)) started again in "
                        + (rows.count == 1 ? "row \(origin.rows[rows[0]] ?? rows[0])" : "\(rows.count) rows")
                        + ". Its rate there is that of the row before.",
                    columns: [name], rows: origin.rows.ranges(of: rows)))
        }
    }
}

extension Timestamps {
    /// The timestamp of a row as it was sent, as text.
    func text(ofRow row: Int) -> String {
        switch cells {
        case .texts(let texts): texts[row]
        case .integers(let integers): "\(integers[row])"
        case .numbers(let numbers): "\(numbers[row])"
        }
    }
}
