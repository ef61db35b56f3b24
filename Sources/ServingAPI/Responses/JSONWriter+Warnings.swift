import JSON
import TimeSeries

extension JSONWriter {
    /// `"warnings":[{"code":"gaps","level":"warning","message":"…","columns":["a"],"rows":[[8,9]]},…]`.
    package mutating func warnings(_ warnings: [Warning]) {
        array("warnings", of: warnings) { json, warning in
            json.object { json in
                json.member("code", warning.code.rawValue)
                json.member("level", warning.level.rawValue)
                json.member("message", warning.message)
                if let columns = warning.columns {
                    json.array("columns", of: columns) { $0.value($1) }
                }
                if let rows = warning.rows { json.member("rows", rows) }
            }
        }
    }

    /// `"name":[[8,9],…]`: the first and the last row of each range.
    mutating func member(_ name: String, _ rows: [Range<Int>]) {
        array(name, of: rows) { json, range in
            json.array { json in
                json.value(range.lowerBound)
                json.value(range.upperBound - 1)
            }
        }
    }
}
