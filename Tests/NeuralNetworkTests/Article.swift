import NeuralNetwork
import TimeSeries

/// The series of "Step-by-step understanding LSTM Autoencoder layers", `[9][2]`: the second feature is the
/// cube of the first.
func articleSeries() throws -> Series<Float> {
    let rows = (1...9).map { (row: Int) -> [Float] in [Float(row) / 10, Float(row * row * row) / 1000] }
    return try Series(values: Array(rows.joined()), features: 2)
}

/// The article's 5 windows, `[5][3][2]`.
func articleWindows() throws -> Windows<Float> { try .temporalize(articleSeries(), lookback: 3) }

func articleNetwork(_ architecture: Architecture) throws -> Sequential {
    try Sequential(architecture, timesteps: 3, features: 2)
}

func articleOptions(seed: UInt64) -> TrainingOptions {
    var options = TrainingOptions()
    options.epochs = 300
    options.batchSize = 5
    options.seed = seed
    return options
}
