import ArgumentParser
import CAllocationCount
import NeuralNetwork

@main
struct EngineBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine-bench",
        abstract: "Measures the engine and the readers of data. Prints one line of JSON.",
        subcommands: [Train.self, Predict.self, Scale.self, Read.self])
}

/// Measures training on all cores.
struct Train: ParsableCommand {
    @Argument var workload: Workload

    func run() throws {
        let shape = workload.shape
        let network = try shape.network()
        let windows = try shape.data()
        var options = TrainingOptions()
        options.batchSize = shape.batch
        let initial = network.initialWeights(seed: 0)
        func fit(epochs: Int) throws -> (seconds: Double, allocations: Double) {
            options.epochs = epochs
            let before = allocation_count()
            let time = try seconds { _ = try network.fit(windows, options: options, initial: initial) }
            return (time, Double(allocation_count() - before))
        }
        _ = try fit(epochs: 1)
        let rate = sgemmRate(cores: 2)
        let run = try fit(epochs: shape.epochs)
        // The allocations of one additional epoch are those of the steady state.
        let more = try fit(epochs: shape.epochs + 1)
        let batches = Double((shape.windows + shape.batch - 1) / shape.batch)
        let gflops = 3 * shape.operations * Double(shape.windows * shape.epochs) / run.seconds / 1e9
        report(
            workload.rawValue,
            [
                "seconds": run.seconds, "gflops": gflops, "sgemm_gflops": rate, "share": gflops / rate,
                "allocations_per_batch": (more.allocations - run.allocations) / batches,
            ])
    }
}

/// Measures prediction in process. Pin it to one core to measure one thread.
struct Predict: ParsableCommand {
    @Argument var workload: Workload

    func run() throws {
        let shape = workload.shape
        let network = try shape.network()
        let model = try Model(network, weights: network.initialWeights(seed: 0))
        let (one, many) = (try shape.data(windows: 1), try shape.data(windows: 256))
        /// Returns the median duration, in seconds, of about half a second of calls after a warm-up.
        func time(_ body: () -> Void) -> Double {
            for _ in 0..<3 { body() }
            var times: [Double] = []
            while times.count < 5 || times.reduce(0, +) < 0.5 { times.append(seconds(body)) }
            return median(times)
        }
        let single = time { _ = model.reconstruct(one) }
        let before = allocation_count()
        for _ in 0..<100 { _ = model.reconstruct(one) }
        let allocations = Double(allocation_count() - before) / 100
        let batch = time { _ = model.reconstruct(many) }
        report(
            workload.rawValue,
            [
                "microseconds": single * 1e6, "windows_per_second": 256 / batch,
                "gflops": shape.operations * 256 / batch / 1e9, "sgemm_gflops": sgemmRate(cores: 1),
                "allocations_per_window": allocations,
            ])
    }
}
