import JSON
import TimeSeries

/// Warnings in the metadata of a model's file: `code`, `level`, `message`, and `columns` and `rows` where
/// they apply.
extension JSONWriter {
    /// Writes `"name":[{"code":"outliers","level":"warning","message":"…","rows":[[8,9]]}]`.
    package mutating func member(_ name: String, _ warnings: [Warning]) {
        array(name, of: warnings) { json, warning in
            json.object { json in
                json.member("code", warning.code.rawValue)
                json.member("level", warning.level.rawValue)
                json.member("message", warning.message)
                if let columns = warning.columns { json.member("columns", columns) }
                if let rows = warning.rows { json.member("rows", rows) }
            }
        }
    }

    /// Writes `"name":[[8,9],…]`: the first and the last row of each range.
    package mutating func member(_ name: String, _ rows: [Range<Int>]) {
        array(name, of: rows) { json, rows in
            json.array { json in
                json.value(rows.lowerBound)
                json.value(rows.upperBound - 1)
            }
        }
    }
}

extension FieldReader {
    /// Reads warnings. Those whose code or level this release does not know are left out.
    mutating func warnings(_ name: String) throws(JSONError) -> [Warning] {
        var warnings: [Warning] = []
        for var json in try objects(name) ?? [] {
            let code = WarningCode(rawValue: try json.requiredString("code"))
            let level = Warning.Level(rawValue: try json.requiredString("level"))
            let message = try json.requiredString("message")
            let columns = try json.uniqueStrings("columns")
            let rows = try json.rowRanges("rows")
            try json.rejectUnknown()
            guard let code, let level else { continue }
            warnings.append(Warning(code, level, message, columns: columns, rows: rows))
        }
        return warnings
    }

    /// Reads `[[first, last], …]`; nil if it is absent.
    private mutating func rowRanges(_ name: String) throws(JSONError) -> [Range<Int>]? {
        guard let elements = try array(name, of: "ranges of rows") else { return nil }
        var ranges: [Range<Int>] = []
        for element in elements {
            guard case .array(let pair) = element, pair.count == 2, case .integer(let first) = pair[0],
                case .integer(let last) = pair[1], 0 <= first, first <= last, last < .max
            else { throw error(name, "must be an array of [first, last]") }
            ranges.append(Int(first)..<(Int(last) + 1))
        }
        return ranges
    }
}
