import Foundation
import ModelFiles
import NeuralNetwork
import Testing
import TimeSeries
import Training

/// A strict training makes no version if there is a warning of level `error`.
@Suite struct StrictTrainingTests {
    private func training(strict: Bool, learningRate: Float) throws -> PlannedTraining {
        var values: [Double] = []
        for row in 0..<200 { values += [sin(Double(row) / 3), cos(Double(row) / 3)] }
        // An outlier, whose warning is no error.
        values[21] = -9999
        let windows = try Windows<Double>.sliding(
            over: Series(values: values, features: 2), timesteps: 6)
        var specification = Example.specification(scaling: .robust) {
            $0.epochs = 30
            $0.learningRate = learningRate
        }
        specification.isStrict = strict
        return try PlannedTraining(specification, on: windows)
    }

    @Test func nothingLearnedFailsAStrictTraining() throws {
        let codes = try training(strict: false, learningRate: 10).run().description.warnings.map(\.code)
        #expect(codes.contains(.nothingLearned) && codes.contains(.outliers), "\(codes)")
        let failure = #expect(throws: TrainingFailure.self) {
            try training(strict: true, learningRate: 10).run()
        }
        guard case .refused(let warnings) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(warnings.map(\.code) == [.nothingLearned])
        #expect(warnings.allSatisfy { $0.level == .error })
    }

    @Test func otherWarningsDoNot() throws {
        let warnings = try training(strict: true, learningRate: 0.01).run().description.warnings
        #expect(warnings.contains { $0.code == .outliers && $0.rows == [10..<11] && $0.columns == ["1"] })
        #expect(warnings.allSatisfy { $0.level != .error })
    }
}
