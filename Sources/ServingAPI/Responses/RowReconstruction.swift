import DataFormats
import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

/// A reconstruction of rows whose request has been read and checked: each row is the mean of its
/// reconstructions in all windows that cover it.
struct RowReconstruction: Computation {
    let entry: ModelRegistry.Entry
    let data: RequestData
    /// The request. Its media type selects JSON, a NumPy array or CSV for the response.
    let call: Call
    let metrics: InferenceMetrics

    private var windows: Windows<Double> { data.windows }

    var multiplications: Int { windows.count * entry.trained.model.network.multiplications }

    var byteCount: Int { 4 * windows.series.values.count * MemoryLayout<Double>.stride }

    func run() {
        let means = metrics.measure(entry, windows: windows.count, for: call) { self.means() }
        // A row that no window covers has no value, as it was not used.
        let actual = zip(windows.series.values, means).map { $1.isNaN ? .nan : $0 }
        call.responder.send(response(actual, means))
    }

    /// The reconstruction of each row, `[rows][F]` in the data's units; NaN for a row that no window covers.
    private func means() -> [Double] {
        let features = windows.features
        var sums = [Double](repeating: 0, count: windows.series.values.count)
        var counts = [Int](repeating: 0, count: windows.series.rows)
        let size = windows.timesteps * features
        for part in entry.trained.scale(windows).chunks {
            let output = entry.trained.model.reconstruct(part)
            for (index, start) in part.starts.enumerated() {
                for position in 0..<size {
                    sums[start * features + position] += Double(output[index * size + position])
                }
                for row in start..<(start + windows.timesteps) { counts[row] += 1 }
            }
        }
        let scaled = sums.enumerated().map { Float($1 / Double(max(1, counts[$0 / features]))) }
        var means = entry.trained.description.scaler.inverseTransform(scaled)
        for index in means.indices where counts[index / features] == 0 { means[index] = .nan }
        return means
    }

    private func response(_ actual: [Double], _ means: [Double]) -> Response {
        let shape = [windows.series.rows, windows.features]
        let isDouble = entry.trained.description.scaler.needsDoublePrecision
        func floats(_ values: [Double]) -> ArraySlice<Float> {
            values.map { $0.isNaN ? .nan : Float.limiting($0) }[...]
        }
        switch call.mediaType {
        case .csv: return table(actual, means, isDouble: isDouble)
        case .npy:
            return isDouble ? .npy(means[...], shape: shape) : .npy(floats(means), shape: shape)
        default: break
        }
        let warnings = data.warnings(by: entry.trained, for: windows)
        return .json(reserving: 24 * means.count + 256) { json in
            json.member("model", entry.name)
            json.member("version", entry.version)
            if let names = entry.trained.description.featureNames { json.member("feature_names", names) }
            json.object("rows") { json in
                for (name, values) in [("actual", actual), ("reconstructions", means)] {
                    if isDouble {
                        json.tensor(name, values[...], shape: shape)
                    } else {
                        json.tensor(name, floats(values), shape: shape)
                    }
                }
                if let timestamps = data.timestamps { json.member("timestamps", timestamps) }
            }
            if !warnings.isEmpty { json.member("warnings", warnings) }
        }
    }

    /// `timestamp,pressure_actual,pressure_reconstructed,…`.
    private func table(_ actual: [Double], _ means: [Double], isDouble: Bool) -> Response {
        let features = windows.features
        var columns = RowColumns(of: data)
        var csv = CSVWriter(reservingCapacity: 12 * (2 * means.count + 2 * windows.series.rows))
        csv.header(
            columns.names,
            features: (0..<features).flatMap { feature in
                let name = entry.trained.description.name(ofFeature: feature)
                return ["\(name)_actual", "\(name)_reconstructed"]
            })
        for row in 0..<windows.series.rows {
            columns.write(row, to: &csv)
            for index in (row * features)..<((row + 1) * features) {
                csv.cell(actual[index], isDouble: isDouble)
                csv.cell(means[index], isDouble: isDouble)
            }
            csv.endLine()
        }
        return .csv(csv)
    }
}
