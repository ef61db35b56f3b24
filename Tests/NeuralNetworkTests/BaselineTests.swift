import NeuralNetwork
import Testing
import TimeSeries

/// Detectors without a network against plain implementations.
@Suite struct BaselineTests {
    /// 60 rows of 2 features, cut into windows of 3.
    private func windows(rows: Int = 60, seed: UInt64 = 1) throws -> Windows<Float> {
        var random = SplitMix64(seed: seed)
        let values = (0..<rows).flatMap { row -> [Float] in
            let wave = Float(row * 7 % 11) / 5
            return [wave + random.nextNormal() / 10, 1 - 2 * wave + random.nextNormal() / 10]
        }
        return try .sliding(over: Series(values: values, features: 2), timesteps: 3)
    }

    private func values(_ windows: Windows<Float>) -> [[Float]] {
        (0..<windows.count).map { index in
            var values: [Float] = []
            windows.withWindow(index) { values = Array($0) }
            return values
        }
    }

    private func model(_ baseline: Baseline, _ windows: Windows<Float>, seed: UInt64 = 0) throws -> Model {
        let network = try Sequential(
            .baseline(baseline), timesteps: windows.timesteps, features: windows.features)
        return try Model(network, weights: baseline.fit(windows, seed: seed))
    }

    @Test(arguments: Baseline.allCases) func weightsHaveTheShapesOfTheParameters(_ baseline: Baseline) throws
    {
        let windows = try windows()
        let model = try model(baseline, windows)
        #expect(model.weights.values.count == model.network.parameterCount)
        #expect(model.network.inputShape == .sequence(3, 2) && model.network.outputShape == .sequence(3, 2))
        #expect(model.network.encodingUnits == nil && model.encode(windows) == nil)
        #expect(model.reconstruct(windows).count == windows.count * 6)
        #expect(Model.windowByteCount(model.network) > 0 && model.network.multiplications > 0)
        // One window computes what it computes among others.
        #expect(model.reconstruct(windows[7..<8]) == Array(model.reconstruct(windows)[42..<48]))
    }

    @Test func theReconstructionOfPCAIsTheProjectionOntoItsComponents() throws {
        let windows = try windows()
        let found = PrincipalComponents(of: windows, count: 3)
        let reconstructed = try model(.pca, windows).reconstruct(windows)
        for (index, window) in values(windows).enumerated() {
            var expected = found.mean.map { Double($0) }
            for component in 0..<found.count {
                let direction = found.components[(component * 6)..<((component + 1) * 6)].map { Double($0) }
                let along = zip(direction, zip(window, found.mean)).reduce(0) {
                    $0 + $1.0 * Double($1.1.0 - $1.1.1)
                }
                for position in 0..<6 { expected[position] += along * direction[position] }
            }
            for position in 0..<6 {
                #expect(abs(Double(reconstructed[index * 6 + position]) - expected[position]) < 1e-4)
            }
        }
    }

    /// Constant windows have no components.
    @Test func constantWindowsAreReconstructedByTheirMean() throws {
        let series = try Series<Float>(values: [Float](repeating: 2, count: 40), features: 2)
        let windows = try Windows.sliding(over: series, timesteps: 3)
        for baseline in Baseline.allCases {
            #expect(try model(baseline, windows).reconstruct(windows).allSatisfy { $0 == 2 }, "\(baseline)")
        }
        #expect(throws: ArchitectureError.self) {
            try Sequential(.baseline(.pca), timesteps: 1, features: 1)
        }
    }

    @Test func theResidualOfZScoreIsTheZScore() throws {
        let windows = try windows()
        let scaler = Scaler(.standard, fittedTo: windows.series, rows: windows.coveredRows)
        let reconstructed = try model(.zscore, windows).reconstruct(windows)
        for (index, window) in values(windows).enumerated() {
            for position in 0..<6 {
                let feature = position % 2
                let z = (Double(window[position]) - scaler.offset[feature]) / scaler.scale[feature]
                #expect(abs(Double(window[position] - reconstructed[index * 6 + position]) - z) < 1e-5)
            }
        }
    }

    @Test func theReconstructionOfKMeansIsTheNearestCentre() throws {
        let windows = try windows()
        let model = try model(.kmeans, windows)
        let centres = model.weights.values
        let reconstructed = model.reconstruct(windows)
        func distance(_ window: [Float], _ centre: Int) -> Float {
            (0..<6).reduce(0) {
                let difference = window[$1] - centres[centre * 6 + $1]
                return $0 + difference * difference
            }
        }
        var members = [[Int]](repeating: [], count: Baseline.centreCount)
        let all = values(windows)
        for (index, window) in all.enumerated() {
            let distances = (0..<Baseline.centreCount).map { distance(window, $0) }
            let nearest = try #require(distances.indices.min { distances[$0] < distances[$1] })
            #expect(
                Array(reconstructed[(index * 6)..<(index * 6 + 6)])
                    == Array(centres[(nearest * 6)..<(nearest * 6 + 6)]))
            members[nearest].append(index)
        }
        // Lloyd's iterations have ended: each centre is the mean of its windows.
        for (centre, members) in members.enumerated() where !members.isEmpty {
            for position in 0..<6 {
                let mean = members.reduce(0.0) { $0 + Double(all[$1][position]) } / Double(members.count)
                #expect(abs(mean - Double(centres[centre * 6 + position])) < 1e-5)
            }
        }
    }

    @Test func kMeansIsDeterministicAndFindsSeparateGroups() throws {
        let windows = try windows()
        #expect(try Baseline.kmeans.fit(windows, seed: 3) == Baseline.kmeans.fit(windows, seed: 3))
        #expect(try Baseline.kmeans.fit(windows, seed: 3) != Baseline.kmeans.fit(windows, seed: 4))
        // 20 groups of equal windows: k-means++ draws each of them once.
        let rows = (0..<400).map { Float(($0 % 20) * 10) }
        let groups = try Windows(values: rows, timesteps: 1, features: 1)
        let centres = try Baseline.kmeans.fit(groups, seed: 0).values
        #expect(centres.sorted() == (0..<20).map { Float($0 * 10) })
        // Fewer different windows than centres.
        let few = try Windows(values: [Float](repeating: 1, count: 5), timesteps: 1, features: 1)
        #expect(try Baseline.kmeans.fit(few, seed: 0).values == [Float](repeating: 1, count: 20))
    }

    @Test func kMeansCanBeCancelled() throws {
        let windows = try windows()
        #expect(throws: TrainingError.cancelled) {
            try Baseline.kmeans.fit(windows, seed: 0) { true }
        }
    }

    /// Values that scaling has clamped have finite reconstructions.
    @Test(arguments: Baseline.allCases) func enormousValuesHaveFiniteReconstructions(
        _ baseline: Baseline
    ) throws {
        let model = try model(baseline, windows())
        let huge = try Windows<Float>(values: [1e30, -1e30, 1e30, 0, 1, 2], timesteps: 3, features: 2)
        #expect(model.reconstruct(huge).allSatisfy { $0.isFinite })
    }
}
