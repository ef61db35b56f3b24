import Detection
import Foundation
import NeuralNetwork
import Testing
import TimeSeries

/// Fitted detectors against scikit-learn, from fixtures that scripts/metrics-fixtures.py makes.
@Suite struct DetectorTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let timesteps: Int
        let features: Int
        let components: Int
        let series: [Float]
        let pcaErrors: [Double]
        let centred: [Double]
        let covariance: [Double]

        var testDescription: String { "T \(timesteps), F \(features)" }
        var windows: Windows<Float> {
            get throws {
                try .sliding(over: Series(values: series, features: features), timesteps: timesteps)
            }
        }
    }

    static let cases: [Case] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/sklearn/detection.json")
        do {
            return try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
        } catch {
            Issue.record("\(error)")
            return []
        }
    }()

    @Test func theFixtureHasAllCases() { #expect(Self.cases.count == 4) }

    @Test(arguments: cases) func principalComponentsEqualScikitLearns(_ expected: Case) throws {
        let windows = try expected.windows
        let components = PrincipalComponents(of: windows, count: expected.components)
        #expect(components.count == expected.components)
        let baselines = Baselines(rowScaler: .identity(features: expected.features), components: components)
        let errors = baselines.pcaErrors(of: windows)
        // The total error is minimal, so it is equal; the errors of single windows differ slightly.
        let (sum, expectedSum) = (errors.reduce(0) { $0 + Double($1) }, expected.pcaErrors.reduce(0, +))
        #expect(abs(sum - expectedSum) <= 1e-4 * expectedSum + 1e-9)
        let largest = expected.pcaErrors.max() ?? 0
        for (error, expectedError) in zip(errors, expected.pcaErrors) {
            #expect(abs(Double(error) - expectedError) <= 0.01 * largest + 1e-9)
        }
    }

    @Test(arguments: cases) func theShrunkCovarianceEqualsScikitLearns(_ expected: Case) {
        let covariance = Mahalanobis.shrunkCovariance(of: expected.centred, features: expected.features)
        for index in covariance.indices {
            let diagonal = index / expected.features == index % expected.features ? 1e-3 : 0
            #expect(abs(covariance[index] - expected.covariance[index] - diagonal) <= 1e-9)
        }
    }

    @Test func constantWindowsHaveNoComponents() throws {
        let series = try Series(values: [Float](repeating: 3, count: 40), features: 2)
        let windows = try Windows.sliding(over: series, timesteps: 5)
        let components = PrincipalComponents(of: windows, count: 4)
        #expect(components.count == 0)
        #expect(components.mean == [Float](repeating: 3, count: 10))
    }

    /// Windows that vary in one direction have one component; rounding errors do not add others.
    @Test func onlyDirectionsThatVaryAreComponents() throws {
        let values = (0..<60).flatMap { row in [Float(row % 7), 2 * Float(row % 7)] }
        let windows = try Windows<Float>(values: values, timesteps: 1, features: 2)
        let components = PrincipalComponents(of: windows, count: 2)
        #expect(components.count == 1)
        let norm = components.components.reduce(0) { $0 + $1 * $1 }
        #expect(abs(norm - 1) < 1e-5)
        #expect(abs(abs(components.components[1]) - 2 / Float(5).squareRoot()) < 1e-5)
        // Values from 0 to 6, nearly uniform, along a direction of length √5.
        #expect(abs(components.deviations[0] - 2 * Float(5).squareRoot()) < 0.1)
        // At most 3 standard deviations are subtracted.
        var near: [Float] = [1, 2]
        components.remove(first: 1, from: &near, upTo: 3)
        #expect(near.allSatisfy { abs($0) < 1e-4 })
        var far: [Float] = [100, 200]
        components.remove(first: 1, from: &far, upTo: 3)
        #expect(far[0] > 90 && abs(far[1] - 2 * far[0]) < 1e-3)
    }

    /// Distances of windows like the calibration windows are about 1, whatever the scale of their residuals.
    @Test func distancesOfNormalWindowsAverageOne() throws {
        var random = UniformNoise(seed: 3)
        let features = 3
        let values = (0..<4000).flatMap { _ -> [Float] in
            let common = random.next() - 0.5
            return (0..<features).map { common + (random.next() - 0.5) * Float($0 + 1) }
        }
        let windows = try Windows.sliding(over: Series(values: values, features: features), timesteps: 4)
        let network = try Sequential(
            .autoencoder(units: [2], activation: .tanh, recurrentActivation: .sigmoid), timesteps: 4,
            features: features)
        let model = try Model(network, weights: network.initialWeights(seed: 0))
        let fitted = try #require(
            Detector.fit(
                .mahalanobis, model: model, windows: windows, training: 0..<2000,
                calibration: 2000..<windows.count,
                source: .calibration))
        #expect(abs(fitted.errors.mean - 1) < 0.1, "expected about 1, got \(fitted.errors.mean)")
        let errors = fitted.detector.measure.errors(
            of: windows[2000..<windows.count], by: model, [.features, .timesteps])
        let mean = errors.windows.reduce(0, +) / Float(errors.windows.count)
        #expect(abs(mean - 1) < 0.1, "expected about 1, got \(mean)")
        #expect(errors.timesteps.count == 4 * errors.windows.count)
        // The mean of the features' errors is the window's error.
        for index in 0..<errors.windows.count {
            let sum = errors.features[(index * features)..<((index + 1) * features)].reduce(0, +)
            let error = Double(errors.windows[index])
            #expect(abs(sum / Double(features) - error) <= 1e-4 * (1 + error))
        }
    }

    /// Windows of five slow waves with noise.
    private func waves(_ rows: Int, from start: Int) throws -> Windows<Float> {
        var random = UniformNoise(seed: UInt64(start))
        var values: [Float] = []
        for row in start..<(start + rows) {
            for period in [7, 10, 13, 16, 19] {
                let wave = Float(sin(Double(row) / Double(period)))
                values.append(wave + 0.7 * (random.next() - 0.5))
            }
        }
        return try .sliding(over: Series(values: values, features: 5), timesteps: 10)
    }

    /// Components of the windows that calibrate fit these better than new ones: used for their errors, two
    /// thirds of the new windows of waves like these were above the threshold.
    @Test func thresholdsHoldWithoutOtherWindowsForTheComponents() throws {
        let network = try Sequential(
            .autoencoder(units: [2], activation: .tanh, recurrentActivation: .sigmoid), timesteps: 10,
            features: 5)
        let model = try Model(network, weights: network.initialWeights(seed: 0))
        let training = try waves(1000, from: 0)
        let known = try #require(
            Detector.fit(
                .mahalanobis, model: model, windows: training, training: 0..<800, calibration: 800..<991,
                source: .calibration)
        ).detector
        let new = try waves(2000, from: 5000)
        func alarms(rows: Int, keeping known: Detector?) throws -> Double {
            let shares = try (1...4).map { start in
                let windows = try waves(rows, from: 100_000 * start)
                let all = 0..<windows.count
                let fitted = try #require(
                    Detector.fit(
                        .mahalanobis, model: model, windows: windows, training: 0..<0, calibration: all,
                        source: .calibration, keeping: known))
                let threshold = fitted.errors.quantile(0.99)
                let errors = fitted.detector.measure.errors(of: new, by: model).windows
                return Double(errors.count { $0 > threshold }) / Double(errors.count)
            }
            return shares.reduce(0, +) / Double(shares.count)
        }
        let (kept, own) = (try alarms(rows: 120, keeping: known), try alarms(rows: 300, keeping: nil))
        #expect(kept < 0.05, "kept: \(kept)")
        #expect(own < 0.1, "own: \(own)")
    }
}
