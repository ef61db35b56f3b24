import ArgumentParser
import NeuralNetwork
import TimeSeries

/// The networks and data that the performance goals are defined on.
enum Workload: String, CaseIterable, ExpressibleByArgument {
    case article, sensor, smd, large

    /// Sizes of the windows `[T][F]`, the network and the training.
    struct Shape {
        let timesteps: Int
        let features: Int
        let units: [Int]
        let activation: Activation
        let batch: Int
        let windows: Int
        let epochs: Int
    }

    var shape: Shape {
        switch self {
        case .article:
            Shape(
                timesteps: 3, features: 2, units: [128, 64], activation: .relu, batch: 5, windows: 5,
                epochs: 300)
        case .sensor:
            Shape(
                timesteps: 30, features: 8, units: [64, 32], activation: .tanh, batch: 32, windows: 2048,
                epochs: 2)
        case .smd:
            Shape(
                timesteps: 100, features: 38, units: [128, 64], activation: .tanh, batch: 64, windows: 1024,
                epochs: 1)
        case .large:
            Shape(
                timesteps: 100, features: 38, units: [256, 128], activation: .tanh, batch: 128, windows: 512,
                epochs: 1)
        }
    }
}

extension Workload.Shape {
    /// Returns the autoencoder of this shape.
    func network() throws -> Sequential {
        try Sequential(
            .autoencoder(units: units, activation: activation, recurrentActivation: .sigmoid),
            timesteps: timesteps,
            features: features)
    }

    /// Returns windows of numbers between -1 and 1, the same in every call.
    func data(windows: Int? = nil) throws -> Windows {
        var random = XorShift64Star()
        let count = (windows ?? self.windows) * timesteps * features
        let values = (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
        return try Windows(values: values, timesteps: timesteps, features: features)
    }

    /// Floating-point operations of the forward pass of one window by the textbook algorithm: two for each
    /// weight and timestep. It projects a repeated vector again at every timestep. Training takes three times
    /// as many.
    var operations: Double {
        let widths = units + units.reversed()
        var inputs = features
        var sum = 0
        for (index, width) in widths.enumerated() {
            sum += 4 * width * (inputs + width)
            // The decoder's first layer reads the encoding.
            inputs = index == units.count - 1 ? units[units.count - 1] : width
        }
        return 2 * Double(timesteps) * Double(sum + inputs * features)
    }
}

/// The xorshift64* generator with a fixed seed.
struct XorShift64Star: RandomNumberGenerator {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
