import DataFormats
import Inspection
import JSON
import ModelFiles
import TimeSeries

extension JSONWriter {
    /// What data are, without the warnings, as members of the current object.
    package mutating func members(of inspection: Inspection) {
        member("rows", inspection.rows)
        if let timesteps = inspection.timesteps {
            member("timesteps", timesteps)
        } else {
            member("recordings", inspection.recordings)
        }
        name("time")
        if let time = inspection.time { object { $0.members(of: time) } } else { null() }
        array("columns", of: inspection.columns) { json, column in
            json.object { json in
                json.member("name", column.column.name)
                json.member("role", column.column.role.rawValue)
                json.member("reason", column.column.reason)
                if let statistics = column.statistics { json.members(of: statistics) }
            }
        }
        object("suggestions") { $0.members(of: inspection.suggestions) }
    }

    /// `"preview":{…}`: the rows in points.
    package mutating func member(_ preview: Preview) {
        object("preview") { json in
            json.member("rows_per_point", preview.rowsPerPoint)
            if let timestamps = preview.timestamps {
                json.member("timestamps", timestamps, rows: preview.firstRows)
                json.member("times", preview.firstRows.map { Double(timestamps.instants[$0]) / 1e9 })
            }
            json.array("columns", of: preview.columns) { json, column in
                json.object { json in
                    json.member("name", column.name)
                    json.member("minimum", column.minimum)
                    json.member("maximum", column.maximum)
                }
            }
            if let flags = preview.flags { json.array("flags", of: flags) { $0.value($1) } }
            json.member("recordings", preview.recordings)
        }
    }

    /// `"warnings":[…]`.
    package mutating func warnings(of inspection: Inspection) { member("warnings", inspection.warnings) }

    private mutating func members(of time: TimeInspection) {
        member("format", time.format)
        member("clock", time.clock.rawValue)
        member("order", time.order.rawValue)
        member("interval", time.interval)
        member("duplicates", time.duplicates)
        let maxGaps = 100
        member("gaps", time.gaps.count)
        array("gap_rows", of: time.gaps.prefix(maxGaps)) { $0.value($1) }
    }

    private mutating func members(of statistics: ColumnStatistics) {
        member("missing", statistics.missingShare)
        member("minimum", statistics.minimum)
        member("median", statistics.median)
        member("maximum", statistics.maximum)
        member("median_absolute_deviation", statistics.medianAbsoluteDeviation)
        member("distinct", statistics.distinct)
        array("bad_rows", of: statistics.badRows) { $0.value($1) }
    }

    private mutating func members(of suggestions: Suggestions) {
        if !suggestions.ignore.isEmpty { array("ignore", of: suggestions.ignore) { $0.value($1) } }
        if !suggestions.difference.isEmpty {
            array("difference", of: suggestions.difference) { $0.value($1) }
        }
        if let exclude = suggestions.exclude { member("exclude", exclude) }
        if let recording = suggestions.recording { member("recording", recording) }
        if let order = suggestions.order { member("order", order.rawValue) }
        if let duplicates = suggestions.duplicates { member("duplicates", duplicates.rawValue) }
        if let interval = suggestions.interval { member("interval", "\(interval)") }
        if let missing = suggestions.missing { member("missing", missing.rawValue) }
        if let timesteps = suggestions.timesteps { member("timesteps", timesteps) }
        if let scaling = suggestions.scaling { member("scaling", scaling.rawValue) }
    }
}
