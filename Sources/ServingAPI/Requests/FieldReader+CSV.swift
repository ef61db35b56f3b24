import DataFormats
import HTTP1
import JSON
import TimeSeries

extension FieldReader {
    /// The members of a JSON request that a CSV body takes the place of.
    private static let membersOfCSV: Set<String> = [
        "series", "windows", "recordings", "feature_names", "timestamps",
    ]

    /// Reads a request whose data are a CSV body, and whose options are its query: it has the members of a JSON request
    /// from now on. What the columns are for is said by `columns`, `ignore`, `timestamp` and `recording`.
    /// - Parameter flag: the parameter that names a column of 0 and 1, if there is one.
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
                    "line \(place.line): the column \(Quote.text(place.column)) has no value; send a number, or say how "
                        + "to fill gaps with missing: previous, linear or zero")
            }
            take(table, isRecorded: recording != nil)
            if let flag, let flagged, let values = table.flags[flagged] {
                set(flag, .tensor(Tensor(shape: [values.count], values: values)))
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

    /// Puts a table where a JSON request has its data.
    private mutating func take(_ table: CSVTable, isRecorded: Bool) {
        let features = table.series.features
        func tensor(_ values: [Float]) -> JSONValue {
            let missing = table.firstMissing == nil ? [] : values.indices.filter { values[$0].isNaN }
            return .tensor(
                Tensor(shape: [values.count / features, features], values: values, missing: missing))
        }
        if isRecorded {
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

    /// Numbers if all of them are written as JSON writes numbers, such as seconds of Unix; texts otherwise.
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
