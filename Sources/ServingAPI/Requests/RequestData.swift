import DataFormats
import Inspection
import ModelFiles
import TimeSeries

/// The data of a request as windows, with the features in the order of the model.
struct RequestData {
    /// In the data's units.
    let windows: Windows<Double>
    /// Whether the windows were cut from rows.
    let isSeries: Bool
    /// The names of the features: those of the model, or of the request if the model has none.
    let featureNames: [String]?
    /// All columns of the request with their roles.
    let columns: [TableColumn]
    /// The timestamp of each row; nil if the request has none.
    let timestamps: Timestamps?
    /// The flags of the rows, `[rows]`, by the option that names them.
    let flags: [String: [Bool]]
    /// What was done with the rows before they became windows.
    let preparation: Preparation
    /// What was odd about the data.
    let warnings: [Warning]
    /// Whether warnings of the level `error` are refused.
    let isStrict: Bool
    /// The row of the request that each row is.
    let origins: RowOrigins
    /// The recordings of the request; nil if it has rows without recordings, or windows.
    let recordings: NamedRecordings?
    /// What the data are; nil if they were not inspected.
    var inspection: Inspection?
    /// The row of the request that is the first of the windows' series.
    var firstRow = 0

    /// The data with the last window only.
    var last: RequestData {
        guard let start = windows.starts.last else { return self }
        return RequestData(
            windows: windows.last, isSeries: isSeries, featureNames: featureNames, columns: columns,
            timestamps: timestamps, flags: flags, preparation: preparation, warnings: warnings,
            isStrict: isStrict, origins: origins, recordings: recordings, firstRow: start)
    }

    /// What was odd about the data, and reasons to doubt what a model computes for their windows.
    /// - Parameter windows: some of the windows.
    func warnings(by model: TrainedModel, for windows: Windows<Double>) -> [Warning] {
        warnings + model.warnings(for: windows).map(origins.locating)
    }

    /// Refuses warnings of the level `error` if the request is strict.
    func check(_ warnings: [Warning]) throws(Problem) {
        if isStrict { try Self.check(warnings) }
    }

    /// Refuses warnings of the level `error`.
    static func check(_ warnings: [Warning]) throws(Problem) {
        let errors = warnings.filter { $0.level == .error }
        guard errors.isEmpty else { throw .warned(errors) }
    }
}
