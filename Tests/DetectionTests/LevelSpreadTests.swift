import Detection
import NeuralNetwork
import Testing
import TimeSeries

/// The error of level and spread, and the thresholds of rows.
@Suite struct LevelSpreadTests {
    private static let (timesteps, features) = (16, 3)

    /// Noise around sums of a common signal; `change` may change the noise of the last feature.
    private static func windows(seed: UInt64, change: (Float) -> Float = { $0 }) throws -> Windows<Float> {
        var random = UniformNoise(seed: seed)
        let values = (0..<3000).flatMap { _ -> [Float] in
            let common = (random.next() - 0.5) / 2
            return (0..<features).map { feature in
                let noise = (random.next() - 0.5) * Float(feature + 1)
                return common + (feature == features - 1 ? change(noise) : noise)
            }
        }
        return try .sliding(over: Series(values: values, features: features), timesteps: timesteps)
    }

    private static func fit(
        _ kind: ErrorKind, _ windows: Windows<Float>
    ) throws -> (model: Model, measure: ErrorMeasure, errors: ErrorDistribution, rows: RowErrors) {
        let network = try Sequential(
            .autoencoder(units: [2], activation: .tanh, recurrentActivation: .sigmoid), timesteps: timesteps,
            features: features)
        let model = try Model(network, weights: network.initialWeights(seed: 0))
        let fitted = try #require(
            Detector.fit(
                kind, model: model, windows: windows, training: 0..<2000, calibration: 2000..<windows.count,
                source: .calibration))
        return (model, fitted.detector.measure, fitted.errors, fitted.rowErrors)
    }

    @Test func errorsOfNormalWindowsAverageOneAndTheirFeaturesAddUp() throws {
        let windows = try Self.windows(seed: 1)
        let (model, measure, calibration, _) = try Self.fit(.levelSpread, windows)
        #expect(measure.kind == .levelSpread)
        #expect(abs(calibration.mean - 1) < 0.15, "expected about 1, got \(calibration.mean)")
        let errors = measure.errors(of: try Self.windows(seed: 2), by: model, [.features, .timesteps])
        let mean = errors.windows.reduce(0, +) / Float(errors.windows.count)
        #expect(abs(mean - 1) < 0.15, "expected about 1, got \(mean)")
        #expect(errors.timesteps.count == Self.timesteps * errors.windows.count)
        for (index, error) in errors.windows.enumerated() {
            let shares = errors.features[(index * Self.features)..<((index + 1) * Self.features)]
            #expect(abs(shares.reduce(0, +) / 3 - Double(error)) <= 1e-4 * (1 + Double(error)))
        }
    }

    /// Noise that doubles or freezes keeps its mean, which is all that `mahalanobis` sees.
    @Test(arguments: [Float(2.5), 0]) func aSpreadThatChangesIsFound(_ factor: Float) throws {
        let windows = try Self.windows(seed: 1)
        let changed = try Self.windows(seed: 3) { $0 * factor }
        func share(_ kind: ErrorKind) throws -> Double {
            let (model, measure, calibration, _) = try Self.fit(kind, windows)
            let threshold = calibration.quantile(0.99)
            let errors = measure.errors(of: changed, by: model).windows
            return Double(errors.count { $0 > threshold }) / Double(errors.count)
        }
        let (level, both) = (try share(.mahalanobis), try share(.levelSpread))
        #expect(both > 0.5, "level_spread flags \(both)")
        #expect(both > level + 0.2, "mahalanobis flags \(level), level_spread \(both)")
    }

    @Test func aSpreadThatIsConstantInCalibrationHasAFloor() throws {
        // The last feature rests in the calibration windows alone.
        var windows = try Self.windows(seed: 1)
        var values = windows.series.values
        for row in 2000..<windows.series.rows { values[row * Self.features + 2] = 0 }
        windows = windows.replacingValues(with: values)
        let (model, measure, _, _) = try Self.fit(.levelSpread, windows)
        guard case .levelSpread(let fitted) = measure else {
            Issue.record("expected level_spread, got \(measure.kind)")
            return
        }
        #expect(fitted.spreadDeviation.allSatisfy { $0 >= 0.1 })
        let errors = measure.errors(of: windows[0..<1900], by: model).windows
        #expect(errors.allSatisfy { $0.isFinite })
    }

    @Test func theWholeModeHasItsOwnThresholdNeverBelowThatOfWindows() throws {
        let (_, _, errors, rows) = try Self.fit(.levelSpread, try Self.windows(seed: 1))
        #expect(rows.smoothing == 2 * Self.timesteps)
        #expect(rows.errors.standardDeviation < errors.standardDeviation)
        let threshold = Threshold(
            value: errors.upperLimit(0.99), source: .calibration, rule: .quantile(0.99))
        let scoring = try #require(Scoring(threshold, calibration: errors, rows: rows))
        #expect(scoring.rowRule == RowRule(.mean, smoothing: 32))
        #expect(scoring.rowThreshold >= scoring.threshold)
        #expect(scoring.scoring(rowsIn: .causal).rowThreshold == scoring.threshold)
        #expect(scoring.scoring(rowsIn: .causal).scoring(rowsIn: .whole).rowRule == scoring.rowRule)
        // Rows that vary more than the windows raise it.
        let large = try #require(ErrorDistribution(of: [10 * threshold.value]))
        let wide = RowErrors(smoothing: 4, errors: large)
        let raised = try #require(Scoring(threshold, calibration: errors, rows: wide))
        #expect(raised.rowThreshold == 10 * threshold.value && raised.threshold == threshold.value)
        // A given threshold holds for both.
        let given = try #require(Scoring(threshold, calibration: errors, rows: wide, rule: .value(3)))
        #expect(given.rowThreshold == 3)
        // A model without errors of rows stays with the newest window, and has one threshold.
        let older = try #require(Scoring(threshold, calibration: errors))
        #expect(older.rowRule == .causal)
        #expect(older.scoring(rowsIn: .whole).rowRule == RowRule(.mean))
        #expect(older.scoring(rowsIn: .whole).rowThreshold == threshold.value)
    }

    @Test func scoresOfRowsAreInUnitsOfTheirThreshold() throws {
        let errors = try #require(ErrorDistribution(of: [1, 2]))
        let rows = RowErrors(smoothing: 1, errors: try #require(ErrorDistribution(of: [8])))
        let threshold = Threshold(value: 2, source: .calibration, rule: .quantile(1))
        let scoring = try #require(Scoring(threshold, calibration: errors, rows: rows))
        let series = try Series<Float>(values: [0, 0, 0], features: 1)
        let windows = try Windows.sliding(over: series, timesteps: 1)
        #expect(scoring.rowScores([4, 8, 16], windows) == [0.5, 1, 2])
        #expect(scoring.scoring(rowsIn: .causal).rowScores([4, 8, 16], windows) == [2, 4, 8])
    }

    /// Smoothed errors tell something new every 2T rows, and a limit is near errors that were seen.
    @Test func rowsCountAsOneForEachTwoWindows() throws {
        let (_, _, errors, rows) = try Self.fit(.levelSpread, Self.windows(seed: 1))
        #expect(errors.calibration.independent == 1000 / Self.timesteps)
        #expect(rows.errors.count == 1000)
        #expect(rows.errors.calibration.independent == 1000 / (2 * Self.timesteps))
        #expect(rows.errors.floor == errors.floor && rows.errors.floor > 0)
        let largest = try #require(rows.errors.ranked.last)
        #expect(rows.errors.upperLimit(0.99) <= 1.5 * largest)
        #expect(rows.errors.upperLimit(0.99) >= rows.errors.quantile(0.99))
    }

    /// A feature that moves while the weights are fitted, and rests in the calibration windows, may move
    /// again.
    @Test(arguments: [ErrorKind.mahalanobis, .levelSpread])
    func aFeatureThatRestsWhileCalibratingMayMoveAgain(_ kind: ErrorKind) throws {
        let moving = try Self.windows(seed: 1)
        var values = moving.series.values
        for row in 2000..<3000 { values[row * Self.features + 2] = 0 }
        let resting = moving.replacingValues(with: values)
        let (model, measure, errors, _) = try Self.fit(kind, resting)
        let threshold = Threshold.Rule.standard.threshold(of: errors)
        let scores = measure.errors(of: moving, by: model).windows.map { $0 / threshold }
        let share = Double(scores.count { $0 > 1 }) / Double(scores.count)
        #expect(share < 0.1, "\(share) of the windows, up to \(scores.max() ?? 0)")
    }
}
