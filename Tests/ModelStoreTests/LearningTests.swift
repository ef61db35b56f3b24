import Foundation
import ModelFiles
import NeuralNetwork
import Testing
import TimeSeries
import Training

/// A network that has learned nothing is named whatever the data, loss, seed and scaling; one that has
/// learned something is not.
@Suite struct LearningTests {
    /// Rows of columns with and without structure.
    enum Kind: String, CaseIterable {
        case sines, oneColumn, constantColumns, slowDrift, randomWalk, step, burst

        func rows(seed: UInt64) -> [[Double]] {
            var noise = Noise(seed: seed)
            var walk = [0.0, 0.0]
            return (0..<300).map { row in
                let time = Double(row)
                let (a, b) = (sin(time / 3 + Double(seed)), cos(time / 3))
                switch self {
                case .sines: return [a, b]
                case .oneColumn: return [a]
                case .constantColumns: return [a, 5, b, 0]
                case .slowDrift: return [time / 100 + 0.3 * noise.next(), 0.3 * noise.next() - time / 150]
                case .randomWalk:
                    walk = walk.map { $0 + noise.next() }
                    return walk
                case .step: return [row < 150 ? a : a + 10, b]
                case .burst: return [a, b, row % 19 == 0 ? 1 : 0]
                }
            }
        }
    }

    private struct Noise {
        private var generator: LinearCongruential

        init(seed: UInt64) { generator = LinearCongruential(state: seed &+ 1) }

        /// Mean 0, variance 1.
        mutating func next() -> Double {
            (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
        }
    }

    private struct LinearCongruential: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 32) | (state << 32)
        }
    }

    private func warning(
        of rows: [[Double]], scaling: Scaling = .robust, outliers: OutlierPolicy = .exclude,
        _ change: (inout TrainingOptions) -> Void
    ) throws -> Warning? {
        let series = try Series(values: rows.flatMap(\.self), features: rows[0].count)
        var specification = Example.specification(.autoencoder(units: [8, 4]), scaling: scaling, change)
        specification.outliers = outliers
        return try PlannedTraining(specification, on: .sliding(over: series, timesteps: 8)).run()
            .description.warnings.first { $0.code == .nothingLearned }
    }

    @Test(arguments: Kind.allCases, Loss.allCases) func whatLearnsNothingIsNamed(_ kind: Kind, _ loss: Loss)
        throws
    {
        for seed: UInt64 in 0..<3 {
            let rows = kind.rows(seed: seed)
            for validation in [0, 0.2] {
                for (epochs, learningRate) in [(1, 1e-6), (2, 1e-5)] as [(Int, Float)] {
                    let warning = try warning(of: rows) {
                        ($0.loss, $0.seed, $0.validationSplit) = (loss, seed, validation)
                        ($0.epochs, $0.learningRate) = (epochs, learningRate)
                    }
                    #expect(
                        warning?.level == .error, "seed \(seed), validation \(validation), \(learningRate)")
                }
            }
        }
    }

    @Test(arguments: Kind.allCases, Loss.allCases) func whatLearnsIsNot(_ kind: Kind, _ loss: Loss) throws {
        for (seed, scaling, validation) in [(0, .robust, 0), (1, .robust, 0.2), (2, .standard, 0)]
            as [(UInt64, Scaling, Double)]
        {
            let warning = try warning(of: kind.rows(seed: seed), scaling: scaling) {
                ($0.loss, $0.seed, $0.validationSplit) = (loss, seed, validation)
                ($0.epochs, $0.learningRate) = (25, 0.003)
            }
            #expect(warning == nil, "seed \(seed), \(scaling): \(warning?.message ?? "")")
        }
    }

    /// Weights so large that the outputs are the same whatever the input.
    @Test(arguments: Loss.allCases) func aLearningRateThatIsTooLargeIsNamed(_ loss: Loss) throws {
        for seed: UInt64 in 0..<3 {
            for kind in [Kind.sines, .oneColumn, .slowDrift] {
                let warning = try warning(of: kind.rows(seed: seed)) {
                    ($0.loss, $0.seed, $0.epochs, $0.learningRate) = (loss, seed, 8, 10)
                }
                #expect(warning != nil, "\(kind), seed \(seed)")
            }
        }
    }

    /// A column of kept outliers has nearly the whole loss, which hides nothing that was learned of others.
    @Test func outliersThatAreKeptHideNothing() throws {
        var rows = Kind.sines.rows(seed: 0).map { $0 + [$0[0] * $0[1]] }
        for row in [50, 120, 200] { rows[row][2] = -9999 }
        let learned = try warning(of: rows, outliers: .keep) { ($0.epochs, $0.learningRate) = (30, 0.003) }
        #expect(learned == nil, "\(learned?.message ?? "")")
        let untrained = try warning(of: rows, outliers: .keep) { ($0.epochs, $0.learningRate) = (1, 1e-6) }
        #expect(untrained != nil)
    }
}
