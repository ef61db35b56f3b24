import Detection
import Foundation
import NeuralNetwork
import Testing
import TimeSeries

/// What detectors learn is what scikit-learn finds: see scripts/metrics-fixtures.py.
@Suite struct LearningTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let timesteps: Int
        let features: Int
        let components: Int
        let series: [Float]
        let pcaErrors: [Double]
        let centred: [Double]
        let covariance: [Double]

        var testDescription: String { "T \(timesteps), F \(features)" }
        var windows: Windows {
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

    @Test func allCasesAreThere() { #expect(Self.cases.count == 4) }

    @Test(arguments: cases) func principalComponentsAreThoseOfScikitLearn(_ peer: Case) throws {
        let windows = try peer.windows
        let components = PrincipalComponents(of: windows, count: peer.components)
        #expect(components.count == peer.components)
        let baselines = Baselines(rows: .identity(features: peer.features), components: components)
        let errors = baselines.pcaErrors(of: windows)
        // The variance that is left is the least that there can be, and much the same of each window.
        let (ours, theirs) = (errors.reduce(0) { $0 + Double($1) }, peer.pcaErrors.reduce(0, +))
        #expect(abs(ours - theirs) <= 1e-4 * theirs + 1e-9)
        let largest = peer.pcaErrors.max() ?? 0
        for (ours, theirs) in zip(errors, peer.pcaErrors) {
            #expect(abs(Double(ours) - theirs) <= 0.01 * largest + 1e-9)
        }
    }

    @Test(arguments: cases) func theCovarianceIsLedoitAndWolfs(_ peer: Case) {
        let ours = Mahalanobis.shrunkCovariance(of: peer.centred, features: peer.features)
        for index in ours.indices {
            let diagonal = index / peer.features == index % peer.features ? 1e-3 : 0
            #expect(abs(ours[index] - peer.covariance[index] - diagonal) <= 1e-9)
        }
    }

    @Test func constantWindowsHaveNoComponents() throws {
        let series = try Series(values: [Float](repeating: 3, count: 40), features: 2)
        let windows = try Windows.sliding(over: series, timesteps: 5)
        let components = PrincipalComponents(of: windows, count: 4)
        #expect(components.count == 0)
        #expect(components.mean == [Float](repeating: 3, count: 10))
    }

    /// Of one direction that windows vary in, one component is found, not more that are rounding.
    @Test func onlyDirectionsThatVaryAreComponents() throws {
        let values = (0..<60).flatMap { row in [Float(row % 7), 2 * Float(row % 7)] }
        let windows = try Windows(values: values, timesteps: 1, features: 2)
        let components = PrincipalComponents(of: windows, count: 2)
        #expect(components.count == 1)
        let norm = components.components.reduce(0) { $0 + $1 * $1 }
        #expect(abs(norm - 1) < 1e-5)
        #expect(abs(abs(components.components[1]) - 2 / Float(5).squareRoot()) < 1e-5)
        // 0 to 6, nearly evenly, along a direction of length √5.
        #expect(abs(components.deviations[0] - 2 * Float(5).squareRoot()) < 0.1)
        // What is usual is taken, what is beyond stays.
        var near: [Float] = [1, 2]
        components.remove(first: 1, from: &near, upTo: 3)
        #expect(near.allSatisfy { abs($0) < 1e-4 })
        var far: [Float] = [100, 200]
        components.remove(first: 1, from: &far, upTo: 3)
        #expect(far[0] > 90 && abs(far[1] - 2 * far[0]) < 1e-3)
    }

    /// Distances of windows like those that were learned from are about 1, of their errors at any scale.
    @Test func distancesAreAboutOne() throws {
        var random = Noise(seed: 3)
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
        let learned = try #require(
            Detector.learn(
                .mahalanobis, by: model, from: windows, fitted: 0..<2000,
                calibration: 2000..<windows.count,
                source: .calibration))
        #expect(abs(learned.errors.mean - 1) < 0.1, "\(learned.errors.mean)")
        let errors = learned.detector.measure.errors(
            of: windows[2000..<windows.count], by: model, [.features, .timesteps])
        let mean = errors.windows.reduce(0, +) / Float(errors.windows.count)
        #expect(abs(mean - 1) < 0.1, "\(mean)")
        #expect(errors.timesteps.count == 4 * errors.windows.count)
        // The features' parts add up to the whole.
        for index in 0..<errors.windows.count {
            let sum = errors.features[(index * features)..<((index + 1) * features)].reduce(0, +)
            #expect(abs(sum / Float(features) - errors.windows[index]) <= 1e-4 * (1 + errors.windows[index]))
        }
    }
}
