import JSON
import TimeSeries

/// The rows of a request, before they are cut into windows.
struct DataSource {
    /// The name of the member: `windows`, `series` or `recordings`.
    let name: String
    /// All rows, `[rows][F]`. Windows and recordings are concatenated.
    let series: Series<Double>
    /// The range of rows of each window or recording.
    let segments: [Range<Int>]
    /// T of windows; nil for rows.
    let timesteps: Int?

    /// The JSON pointer of a row, relative to the member.
    func pointer(toRow row: Int) -> String {
        guard name != "series", let index = segments.firstIndex(where: { $0.contains(row) }) else {
            return "/\(row)"
        }
        return "/\(index)/\(row - segments[index].lowerBound)"
    }
}

extension FieldReader {
    /// Reads `windows`, `series` or `recordings`.
    /// - Parameter rowsOnly: whether windows are refused.
    /// - Throws: an error if there are several, or none.
    mutating func source(rowsOnly: Bool) throws(JSONError) -> DataSource {
        let windows = rowsOnly && !isQuery ? nil : try tensor("windows", rank: 3...3)
        if rowsOnly, windows != nil {
            throw error("windows", "has windows [N][T][F], but this path requires rows [rows][F]")
        }
        let series = try tensor("series", rank: 2...2)
        let recordings = try tensors("recordings", rank: 2...2)
        let names = [
            ("windows", windows != nil), ("series", series != nil), ("recordings", recordings != nil),
        ]
        .filter(\.1).map(\.0)
        guard names.count < 2 else {
            throw error(names[0], "and \"\(names[1])\" are both present; send one of them")
        }
        switch (windows, series, recordings) {
        case (let tensor?, _, _):
            let timesteps = tensor.shape[1]
            return try source(
                "windows", tensor.values, features: tensor.shape[2],
                rowCounts: Array(repeating: timesteps, count: tensor.shape[0]), timesteps: timesteps)
        case (_, let tensor?, _):
            return try source(
                "series", tensor.values, features: tensor.shape[1], rowCounts: [tensor.shape[0]])
        case (_, _, let tensors?):
            let features = tensors[0].shape[1]
            if let other = tensors.firstIndex(where: { $0.shape[1] != features }) {
                throw error(
                    "recordings", other,
                    "has \(tensors[other].shape[1]) features (F), but the first has \(features)")
            }
            return try source(
                "recordings", tensors.flatMap(\.values), features: features,
                rowCounts: tensors.map { $0.shape[0] })
        case (nil, nil, nil):
            // Report a misspelt name first: it is the likely reason that the data are missing.
            try rejectUnknown()
            throw missing(
                "series",
                "rows of numbers [rows][F]" + (rowsOnly ? "" : "; or send windows [N][T][F] instead"))
        }
    }

    /// Makes a source from values.
    /// - Parameters:
    ///   - values: `[rows][features]`.
    ///   - rowCounts: the number of rows of each window or recording.
    private func source(
        _ name: String, _ values: [Double], features: Int, rowCounts: [Int], timesteps: Int? = nil
    ) throws(JSONError) -> DataSource {
        var segments: [Range<Int>] = []
        segments.reserveCapacity(rowCounts.count)
        for rows in rowCounts {
            let start = segments.last?.upperBound ?? 0
            segments.append(start..<(start + rows))
        }
        do throws(DataError) {
            return DataSource(
                name: name, series: try Series(values: values, features: features), segments: segments,
                timesteps: timesteps)
        } catch {
            throw self.error(name, "cannot be used: \(error)")
        }
    }
}
