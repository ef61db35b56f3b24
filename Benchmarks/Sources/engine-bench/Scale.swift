import ArgumentParser
import NeuralNetwork

/// Measures the cost of training as one size grows and the others are constant. Prints a table.
struct Scale: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Training cost per window and timestep as units, timesteps, features and batch size grow.")

    private struct Size {
        var units = 64
        var timesteps = 30
        var features = 8
        var batch = 32
    }

    func run() throws {
        print("| units | timesteps | features | batch | ns per window and timestep | GFLOP/s | memory MiB |")
        print("|---|---|---|---|---|---|---|")
        for units in [16, 32, 64, 128, 256, 512] { try row(Size(units: units)) }
        for timesteps in [3, 10, 30, 100, 300, 1000] { try row(Size(timesteps: timesteps)) }
        for features in [1, 3, 10, 30, 100, 300] { try row(Size(features: features)) }
        for batch in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] { try row(Size(batch: batch)) }
        try row(Size(units: 256, timesteps: 1000, features: 300, batch: 64))
    }

    private func row(_ size: Size) throws {
        // Whole batches with enough windows for about 0.1 s.
        let shape = Workload.Shape(
            timesteps: size.timesteps, features: size.features, units: [size.units, size.units / 2],
            activation: .tanh, batch: size.batch, windows: size.batch, epochs: 1)
        let network = try shape.network()
        let batches = max(1, Int(5e9 / (3 * shape.operations * Double(size.batch))))
        let windows = try shape.data(
            windows: size.batch * min(batches, 400_000 / (size.batch * size.timesteps) + 1))
        var options = TrainingOptions()
        options.batchSize = size.batch
        let initial = network.initialWeights(seed: 0)
        func fit(epochs: Int) throws -> Double {
            options.epochs = epochs
            return try seconds { _ = try network.fit(windows, options: options, initial: initial) }
        }
        _ = try fit(epochs: 1)
        // The difference excludes the fixed cost of a training, such as page faults of its memory.
        let times = try (0..<3).map { _ in (try fit(epochs: 4) - fit(epochs: 1)) / 3 }
        let time = median(times) / Double(windows.count)
        let memory = options.trainingByteCount(network, windows: windows.count) >> 20
        let cells = [
            "\(size.units)-\(size.units / 2)", "\(size.timesteps)", "\(size.features)", "\(size.batch)",
            "\(Int(time / Double(size.timesteps) * 1e9))", "\(Int(3 * shape.operations / time / 1e9))",
            "\(memory)",
        ]
        print("| \(cells.joined(separator: " | ")) |")
    }
}
