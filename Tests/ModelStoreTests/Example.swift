import Logging
import ModelFiles
import ModelStore
import NeuralNetwork
import Testing
import TimeSeries
import Training

/// Small models, whose training takes milliseconds.
enum Example {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func windows(_ count: Int = 12) throws -> Windows<Double> {
        let values = (0..<(count * 6)).map { (index: Int) -> Double in
            Double(index * 7 % 11) / 3 - Double(index * index % 5)
        }
        return try Windows(values: values, timesteps: 3, features: 2)
    }

    static func specification(
        _ architecture: Architecture = .autoencoder(units: [3, 2]), scaling: Scaling = .standard,
        _ change: (inout TrainingOptions) -> Void = { _ in }
    ) -> TrainingSpecification {
        var options = TrainingOptions()
        options.epochs = 3
        change(&options)
        return TrainingSpecification(architecture: architecture, scaling: scaling, options: options)
    }

    static func model(seed: UInt64 = 0) throws -> TrainedModel {
        try train(specification { $0.seed = seed })
    }

    static func train(_ specification: TrainingSpecification) throws -> TrainedModel {
        try PlannedTraining(specification, on: windows()).run()
    }

    static func registry(
        _ folder: String, isReadOnly: Bool = false, _ change: (inout RuntimeLimits) -> Void = { _ in }
    ) throws -> ModelRegistry {
        var limits = RuntimeLimits()
        change(&limits)
        return try ModelRegistry(folder: folder, limits: limits, isReadOnly: isReadOnly, logger: logger)
    }
}
