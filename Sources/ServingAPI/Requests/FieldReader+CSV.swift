import DataFormats
import HTTP1
import JSON
import TimeSeries

extension FieldReader {
    /// The members of a JSON request that a CSV body replaces.
    private static let membersOfCSV: Set<String> = [
        "series", "windows", "recordings", "feature_names", "timestamps",
    ]

    /// Reads a request with a CSV body and options in the query. The reader then has the members of a JSON
    /// request. The parameters `columns`, `ignore`, `timestamp` and `recording` assign the columns.
    /// - Parameter flag: the parameter that names a column of 0 and 1; nil for a path without one.
    /// - Throws: 422 for invalid CSV or parameters.
    init(csv request: Request, flag: String?) throws(Problem) {
        do throws(JSONError) {
            try self.init(query: request.target.queryItems, besides: Self.membersOfCSV)
            let recording = try string("recording")
            var columns = CSVColumns(
                features: try uniqueStrings("columns"), ignored: Set(try uniqueStrings("ignore") ?? []),
                timestamp: try string("timestamp"), recording: recording)
            let flagged = try flag.flatMap { (flag) throws(JSONError) in try string(flag) }
            if let flagged { columns.flags = [flagged] }
            let table = try Self.table(request.body, columns)
            if let place = table.firstMissing, try string("missing") ?? "error" == "error" {
                throw JSONError(
                    .invalid,
                    "line \(place.line): the column \(Quote.text(place.column)) has no value; send a "
                        + "number, or fill gaps with missing: previous, linear or zero")
            }
            set(table, hasRecordings: recording != nil)
            if let flag, let flagged, let values = table.flags[flagged] {
                set(flag, .tensor(Tensor(shape: [values.count], values: values.map(Double.init))))
            }
        } catch {
            throw Problem(error)
        }
    }

    private static func table(_ csv: [UInt8], _ columns: CSVColumns) throws(JSONError) -> CSVTable {
        do throws(CSVError) {
            return try CSVTable(csv: csv, columns)
        } catch {
            throw JSONError(.invalid, "\(error)")
        }
    }

    /// Sets the data members of a JSON request from a table.
    private mutating func set(_ table: CSVTable, hasRecordings: Bool) {
        let features = table.series.features
        func tensor(_ values: [Float]) -> JSONValue {
            let values = values.map(Double.init)
            let missing = table.firstMissing == nil ? [] : values.indices.filter { values[$0].isNaN }
            return .tensor(
                Tensor(shape: [values.count / features, features], values: values, missing: missing))
        }
        if hasRecordings {
            let recordings = table.recordings.map { rows in
                tensor(
                    Array(table.series.values[(rows.lowerBound * features)..<(rows.upperBound * features)]))
            }
            set("recordings", .array(recordings))
        } else {
            set("series", tensor(table.series.values))
        }
        set("feature_names", .array(table.features.map(JSONValue.string)))
        if let timestamps = table.timestamps { set("timestamps", .array(Self.values(timestamps))) }
    }

    /// Timestamps as numbers, if all are valid JSON numbers such as Unix seconds; as strings otherwise.
    private static func values(_ timestamps: [String]) -> [JSONValue] {
        var numbers: [JSONValue] = []
        for timestamp in timestamps {
            switch interpreted(timestamp) {
            case .integer(let integer): numbers.append(.integer(integer))
            case .number(let number): numbers.append(.number(number))
            default: return timestamps.map(JSONValue.string)
            }
        }
        return numbers
    }
}
