import JSON
import TimeSeries

/// The rows of a request as they came.
struct DataSource {
    /// The member that has them.
    let name: String
    /// All of them, one after the other.
    let series: Series
    /// The rows of each window or recording.
    let stretches: [Range<Int>]
    /// T, if they came as windows.
    let timesteps: Int?

    /// Where a row is in the member, as the end of a JSON pointer.
    func place(ofRow row: Int) -> String {
        guard name != "series", let index = stretches.firstIndex(where: { $0.contains(row) }) else {
            return "/\(row)"
        }
        return "/\(index)/\(row - stretches[index].lowerBound)"
    }
}

extension FieldReader {
    /// The one of `windows`, `series` and `recordings` that is there.
    /// - Parameter ofSeries: whether windows won't do.
    mutating func source(ofSeries: Bool) throws(JSONError) -> DataSource {
        let windows = ofSeries && !isQuery ? nil : try tensor("windows", rank: 3...3)
        if ofSeries, windows != nil {
            throw error("windows", "has windows [N][T][F], but only rows [rows][F] will do here")
        }
        let series = try tensor("series", rank: 2...2)
        let recordings = try tensors("recordings", rank: 2...2)
        let names = [
            ("windows", windows != nil), ("series", series != nil), ("recordings", recordings != nil),
        ]
        .filter(\.1).map(\.0)
        guard names.count < 2 else {
            throw error(names[0], "and \"\(names[1])\" are both there; send one of them")
        }
        switch (windows, series, recordings) {
        case (let tensor?, _, _):
            let timesteps = tensor.shape[1]
            return try source(
                "windows", tensor.values, features: tensor.shape[2],
                stretches: Array(repeating: timesteps, count: tensor.shape[0]), timesteps: timesteps)
        case (_, let tensor?, _):
            return try source(
                "series", tensor.values, features: tensor.shape[1], stretches: [tensor.shape[0]])
        case (_, _, let tensors?):
            let features = tensors[0].shape[1]
            if let other = tensors.firstIndex(where: { $0.shape[1] != features }) {
                throw error(
                    "recordings", other,
                    "has \(tensors[other].shape[1]) features (F) where the first has \(features)")
            }
            return try source(
                "recordings", tensors.flatMap(\.values), features: features,
                stretches: tensors.map { $0.shape[0] })
        case (nil, nil, nil):
            // A misspelt name explains the absence better than the absence does.
            try rejectUnknown()
            throw missing(
                "series",
                "rows of numbers [rows][F]" + (ofSeries ? "" : "; or send windows [N][T][F] instead"))
        }
    }

    /// - Parameter stretches: how many rows each has.
    private func source(
        _ name: String, _ values: [Float], features: Int, stretches: [Int], timesteps: Int? = nil
    ) throws(JSONError) -> DataSource {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(stretches.count)
        for rows in stretches {
            let start = ranges.last?.upperBound ?? 0
            ranges.append(start..<(start + rows))
        }
        do throws(DataError) {
            return DataSource(
                name: name, series: try Series(values: values, features: features), stretches: ranges,
                timesteps: timesteps)
        } catch {
            throw self.error(name, "can't be used: \(error)")
        }
    }
}
