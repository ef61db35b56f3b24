import JSON
import TimeSeries

/// The method that cuts a series into windows.
enum Windowing: String, CaseIterable {
    /// T consecutive rows, starting every `stride` rows.
    case sliding
    /// The function `temporalize` of "Step-by-step understanding LSTM Autoencoder layers".
    case temporalize
}

/// How rows become windows.
struct WindowOptions {
    /// T; nil if it was not given.
    var timesteps: Int?
    var stride: Int?
    var windowing: Windowing?
    var missing: MissingValuePolicy

    /// Cuts rows into windows.
    func windows(
        of series: Series<Double>, _ recordings: [Range<Int>], timesteps: Int
    ) throws(DataError) -> Windows<Double> {
        windowing == .temporalize
            ? try .temporalize(series, recordings: recordings, lookback: timesteps)
            : try .sliding(over: series, recordings: recordings, timesteps: timesteps, stride: stride ?? 1)
    }
}

extension FieldReader {
    /// Reads `timesteps`, `stride`, `windowing` and `missing`.
    /// - Parameter timesteps: T of the model's windows; nil without a model.
    mutating func windowOptions(timesteps ofModel: Int?) throws(JSONError) -> WindowOptions {
        let timesteps = try int("timesteps", in: 1...(1 << 20))
        if let timesteps, let ofModel, timesteps != ofModel {
            throw error("timesteps", "is \(timesteps), but the model's windows have \(ofModel)")
        }
        let options = WindowOptions(
            timesteps: ofModel ?? timesteps, stride: try int("stride", in: 1...Int(Int32.max)),
            windowing: try choice("windowing"), missing: try choice("missing", default: .error))
        if options.windowing == .temporalize, options.stride != nil {
            throw error("stride", "applies to windowing: sliding; temporalize has a stride of one row")
        }
        return options
    }
}
