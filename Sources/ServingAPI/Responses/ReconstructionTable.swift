import HTTP1
import ModelFiles
import ModelStore
import TimeSeries

/// The reconstructions of windows as CSV, with a line for each row of each window.
struct ReconstructionTable {
    let entry: ModelRegistry.Entry
    let data: RequestData

    /// `window,timestamp,error,scaled_error,pressure,flow,…`: each feature has the column with its name.
    /// Windows that were sent as windows have `timestep` in place of the columns of rows.
    /// - Parameters:
    ///   - values: `[N][T][F]` in the data's units.
    ///   - errors: `[N]`, in the square of the data's units.
    ///   - scaledErrors: `[N]`.
    func response(
        _ values: ArraySlice<Double>, errors: ArraySlice<Float>, _ scaledErrors: ArraySlice<Float>
    ) -> Response {
        let windows = data.windows
        let description = entry.trained.description
        let isDouble = description.scaler.needsDoublePrecision
        var columns = RowColumns(of: data)
        var csv = CSVWriter(reservingCapacity: 12 * (values.count + 4 * windows.count * windows.timesteps))
        csv.header(
            ["window"] + (data.isSeries ? columns.names : ["timestep"]) + ["error", "scaled_error"],
            features: (0..<windows.features).map(description.name(ofFeature:)))
        var next = values.startIndex
        for (index, (error, scaledError)) in zip(errors, scaledErrors).enumerated() {
            for timestep in 0..<windows.timesteps {
                csv.cell(index)
                if data.isSeries {
                    columns.write(windows.starts[index] + timestep, to: &csv)
                } else {
                    csv.cell(timestep)
                }
                csv.cell(error)
                csv.cell(scaledError)
                for value in values[next..<(next + windows.features)] { csv.cell(value, isDouble: isDouble) }
                next += windows.features
                csv.endLine()
            }
        }
        return .csv(csv)
    }
}

extension CSVWriter {
    /// Writes a number with the digits of a double or of a float.
    mutating func cell(_ number: Double, isDouble: Bool) {
        if isDouble { cell(number) } else { cell(number.isNaN ? .nan : Float.limiting(number)) }
    }
}

extension ModelDescription {
    /// The name of a feature. Those without names are called 0, 1 and so on.
    func name(ofFeature index: Int) -> String { featureNames?[index] ?? "\(index)" }
}
