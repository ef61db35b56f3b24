import JSON
import TimeSeries

/// Where a threshold comes from that was learned from other data than those of the training
/// (POST /models/{model}/calibrate).
public struct Calibration: Sendable, Equatable {
    /// The version that was calibrated. The weights are its own.
    public let base: Int
    /// The number of rows in the windows.
    public let rows: Int
    /// The number of windows that were used.
    public let windows: Int
    /// When: RFC 3339, in UTC.
    public let at: String
    /// What was odd about the data.
    public let warnings: [Warning]

    /// A calibration that has been done.
    package init(base: Int, rows: Int, windows: Int, at: String, warnings: [Warning]) {
        self.base = base
        self.rows = rows
        self.windows = windows
        self.at = at
        self.warnings = warnings
    }
}

extension JSONWriter {
    /// A calibration without its warnings, as members of the current object.
    package mutating func members(of calibration: Calibration) {
        member("version", calibration.base)
        member("at", calibration.at)
        member("rows", calibration.rows)
        member("windows", calibration.windows)
    }
}

extension FieldReader {
    /// Reads `calibration`, an object; nil if there is none.
    mutating func calibration() throws(JSONError) -> Calibration? {
        guard var json = try object("calibration") else { return nil }
        let calibration = Calibration(
            base: try json.requiredInt("version", in: 1...Int.max),
            rows: try json.requiredInt("rows", in: 1...Int.max),
            windows: try json.requiredInt("windows", in: 1...Int.max),
            at: try json.requiredString("at"), warnings: try json.warnings("warnings"))
        try json.rejectUnknown()
        return calibration
    }
}
