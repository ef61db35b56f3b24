import Detection
import Foundation
import NeuralNetwork
import Testing
import TimeSeries

/// Which detector is best, and whether the difference is more than chance.
@Suite struct VerdictTests {
    /// Rows with events: scores of a detector are noise that is correlated over rows, plus `gain` in events.
    private struct Sample {
        let labels: [Bool]
        private var generator: SplitMix64

        init(rows: Int = 1200, events: Int = 12, length: Int = 20, seed: UInt64) {
            generator = SplitMix64(seed: seed)
            var labels = [Bool](repeating: false, count: rows)
            for event in 0..<events {
                let start =
                    event * rows / events + Int(generator.nextUniform() * Float(rows / events - length))
                for row in start..<(start + length) { labels[row] = true }
            }
            self.labels = labels
        }

        /// A moving average over 10 rows of noise.
        mutating func noise() -> [Float] {
            let white = (0..<(labels.count + 9)).map { _ in generator.nextNormal() }
            return labels.indices.map { white[$0..<($0 + 10)].reduce(0, +) / Float(10).squareRoot() }
        }

        mutating func scores(gain: Float) -> [Float] {
            zip(noise(), labels).map { $0 + ($1 ? gain : 0) }
        }

        func result(_ scores: [Float], reach: Int = 10) -> RowEvaluation.DetectorResult {
            RowEvaluation.DetectorResult(
                threshold: 1, evaluation: Evaluation(scores: scores, labels: labels),
                events: EventMatch(found: [], labels: labels),
                blockedAUC: BlockedAUC(
                    scores: scores, labels: labels, blocks: RowBlocks(labels, reach: reach)))
        }

        func verdict(_ first: [Float], _ second: [Float], resamples: Int = 1000) -> Verdict {
            Verdict(
                [Verdict.Labelled(.model, [result(first)]), Verdict.Labelled(.pca, [result(second)])],
                resamples: resamples)
        }
    }

    /// The share of pairs of an anomaly and a normal row in which the anomaly scores higher.
    private func area(_ scores: [Float], _ labels: [Bool]) -> Double {
        let anomalies = scores.indices.filter { labels[$0] }.map { scores[$0] }
        let normals = scores.indices.filter { !labels[$0] }.map { scores[$0] }
        var won = 0.0
        for anomaly in anomalies {
            for normal in normals { won += anomaly > normal ? 1 : anomaly == normal ? 0.5 : 0 }
        }
        return won / Double(anomalies.count * normals.count)
    }

    @Test func blocksCoverAllRowsAndDoNotEndWithinEvents() {
        for seed in 0..<20 as Range<UInt64> {
            let labels = Sample(rows: 1000 + Int(seed), length: 5 + Int(seed), seed: seed).labels
            let blocks = RowBlocks(labels, reach: 7)
            #expect(blocks.ranges.flatMap { Array($0) } == Array(labels.indices))
            for end in blocks.ranges.map(\.upperBound) where end < labels.count {
                #expect(!(labels[end - 1] && labels[end]))
            }
            #expect(blocks.length == max(7, 5 + Int(seed)))
            #expect(blocks.ranges.dropLast().allSatisfy { $0.count >= blocks.length })
        }
        let many = RowBlocks([Bool](repeating: false, count: 100_000), reach: 1)
        #expect(many.ranges.count <= RowBlocks.maxCount && many.length == 391)
        #expect(RowBlocks([true, true], reach: 1).ranges == [0..<2])
    }

    /// Resamples of blocks, put together row by row, have the area that the sums give, ties included.
    @Test func theAreaOfAResampleIsThatOfItsRows() throws {
        var sample = Sample(rows: 300, events: 6, length: 8, seed: 3)
        let scores = sample.scores(gain: 1).map { ($0 * 3).rounded() }
        let blocked = sample.result(scores).blockedAUC
        var generator = SplitMix64(seed: 9)
        for _ in 0..<10 {
            let count = blocked.blocks.ranges.count
            let drawn = (0..<count).map { _ in Int.random(in: 0..<count, using: &generator) }
            var weights = [Double](repeating: 0, count: count)
            for block in drawn { weights[block] += 1 }
            let rows = drawn.flatMap { Array(blocked.blocks.ranges[$0]) }
            let expected = area(rows.map { scores[$0] }, rows.map { sample.labels[$0] })
            #expect(abs(try #require(blocked.area(weights)) - expected) < 1e-12)
        }
        #expect(blocked.area([Double](repeating: 0, count: blocked.blocks.ranges.count)) == nil)
    }

    /// The interval is that of a bootstrap that draws blocks, puts rows together and counts pairs.
    @Test func theIntervalIsThatOfAPlainBootstrap() throws {
        var sample = Sample(rows: 240, events: 8, length: 6, seed: 5)
        let (first, second) = (sample.scores(gain: 2), sample.scores(gain: 0.5))
        let verdict = sample.verdict(first, second, resamples: 200)
        let blocks = RowBlocks(sample.labels, reach: 10)
        var generator = SplitMix64(seed: 0)
        var differences: [Double] = []
        for _ in 0..<200 {
            let rows = blocks.ranges.indices.flatMap { _ in
                Array(
                    blocks.ranges[
                        Int(
                            generator.next().multipliedFullWidth(by: UInt64(blocks.ranges.count)).high)])
            }
            let labels = rows.map { sample.labels[$0] }
            differences.append(
                area(rows.map { first[$0] }, labels) - area(rows.map { second[$0] }, labels))
        }
        let mean = differences.reduce(0, +) / 200
        let deviation = (differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 199).squareRoot()
        let units = blocks.ranges.count { range in range.contains { sample.labels[$0] } }
        let interval = try #require(verdict.interval)
        let margin = (interval.upperBound - interval.lowerBound) / 2
        let t = StudentT.quantile(0.975, degreesOfFreedom: Double(units - 1))
        let expected = t * deviation * (Double(units) / Double(units - 1)).squareRoot()
        #expect(abs(margin - expected) < 1e-9)
        let difference = area(first, sample.labels) - area(second, sample.labels)
        #expect(abs(try #require(verdict.difference) - difference) < 1e-9)
        #expect(abs((interval.upperBound + interval.lowerBound) / 2 - difference) < 1e-9)
    }

    /// scipy.stats.t.ppf(0.975, n)
    @Test(arguments: [(4, 2.7764), (5, 2.5706), (10, 2.2281), (30, 2.0423), (250, 1.9695)])
    func quantilesOfStudentsDistribution(degrees: Int, expected: Double) {
        #expect(abs(StudentT.quantile(0.975, degreesOfFreedom: Double(degrees)) - expected) < 0.01)
    }

    @Test func equalDetectorsDoNotDiffer() {
        var sample = Sample(seed: 1)
        let scores = sample.scores(gain: 1)
        let verdict = sample.verdict(scores, scores)
        let areaText = "\((area(scores, sample.labels) * 1000).rounded() / 1000)"
        #expect(verdict.difference == 0 && verdict.interval == 0...0 && verdict.isSignificant == false)
        #expect(
            verdict.sentence
                == "The model and PCA have the same AUC, \(areaText) "
                + "(95 % interval 0.000 to 0.000 of the difference).")
    }

    @Test func aMuchBetterDetectorIsBetter() {
        var sample = Sample(seed: 2)
        let (good, bad) = (sample.scores(gain: 4), sample.scores(gain: 0))
        let verdict = sample.verdict(bad, good)
        #expect(verdict.best?.name == "pca" && verdict.runnerUp?.name == "model")
        #expect(verdict.isSignificant == true)
        #expect(verdict.sentence.hasPrefix("PCA is better than the model by 0."))
        #expect(verdict.sentence.contains(" AUC (95 % interval 0."))
        #expect(verdict.sentence.hasSuffix(" To use it, train a model with detector: pca."))
    }

    @Test func nothingIsSaidOfFewEvents() {
        var sample = Sample(events: 3, seed: 2)
        let verdict = sample.verdict(sample.scores(gain: 4), sample.scores(gain: 0))
        #expect(verdict.best?.name == "model" && verdict.interval == nil && verdict.isSignificant == nil)
        #expect(verdict.sentence.contains("nothing can be said about chance: only 3 separate blocks"))
    }

    @Test func withoutAnomaliesOrOtherDetectorsThereIsNoComparison() {
        var sample = Sample(seed: 2)
        let alone = Verdict([Verdict.Labelled(.model, [sample.result(sample.scores(gain: 1))])])
        #expect(alone.best?.name == "model" && alone.runnerUp == nil && alone.isSignificant == nil)
        var none = Sample(events: 0, seed: 2)
        let nothing = none.verdict(none.noise(), none.noise())
        #expect(nothing.best == nil && nothing.sentence.hasPrefix("Nothing can be said about detection"))
    }

    @Test func averagePrecisionIsNamedIfItContradicts() {
        // The first has more anomalies above most normal rows, the second one anomaly above all.
        let labels = (0..<400).map { $0 % 20 == 0 }
        let first = (0..<400).map { row -> Float in labels[row] ? 5 : row % 20 == 1 ? 6 : 0 }
        let second = (0..<400).map { row -> Float in
            labels[row] ? (row % 100 == 0 ? 0.5 : 9) : Float(row % 20) / 20
        }
        func result(_ scores: [Float]) -> RowEvaluation.DetectorResult {
            RowEvaluation.DetectorResult(
                threshold: 1, evaluation: Evaluation(scores: scores, labels: labels),
                events: EventMatch(found: [], labels: labels),
                blockedAUC: BlockedAUC(
                    scores: scores, labels: labels, blocks: RowBlocks(labels, reach: 1)))
        }
        let verdict = Verdict([
            Verdict.Labelled(.model, [result(first)]), Verdict.Labelled(.zScore, [result(second)]),
        ])
        #expect(verdict.best?.name == "model")
        #expect(verdict.averagePrecisionDifference ?? 0 < 0)
        #expect(verdict.sentence.contains("By average precision, the z-score is ahead"))
    }

    /// Of two detectors that are equally good, a difference is found in at most about 5 % of the samples,
    /// although rows are correlated; and the interval contains the difference of two that are not in at
    /// least 95 %.
    @Test(arguments: [(0.8, 0.8), (1.2, 0.4)] as [(Float, Float)])
    func theIntervalContainsTheTrueDifference(first: Float, second: Float) throws {
        // The area of a detector with unit variance and a gain g is Φ(g / √2).
        func trueArea(_ gain: Float) -> Double { 0.5 * (1 + erf(Double(gain) / 2)) }
        let difference = trueArea(first) - trueArea(second)
        let samples = 150
        var missed = 0
        for seed in 0..<UInt64(samples) {
            var sample = Sample(seed: 1000 + seed)
            let verdict = sample.verdict(
                sample.scores(gain: first), sample.scores(gain: second), resamples: 200)
            let interval = try #require(verdict.interval)
            let signed = verdict.best?.name == "model" ? difference : -difference
            if !interval.contains(signed) { missed += 1 }
        }
        // 7.5 are expected; 16 or more have a probability of .003.
        #expect(missed < 16)
    }

    @Test func networksWithoutLabelsAreComparedByTheirErrors() {
        let errors = (0..<200).map { Float(1 + 0.1 * Double($0 % 7)) }
        let (autoencoder, stacked) = (
            Verdict.Candidate("autoencoder", "the autoencoder"),
            Verdict.Candidate("stacked", "the stacked network")
        )
        let better = Verdict(
            [
                Verdict.Unlabelled(autoencoder, errors: [errors]),
                Verdict.Unlabelled(stacked, errors: [errors.map { $0 * 0.5 }]),
            ], timesteps: 5, variance: 2)
        #expect(better.best?.name == "stacked" && better.isSignificant == true && better.metric == .error)
        #expect(better.sentence.hasPrefix("The stacked network reconstructs better than the autoencoder"))
        let alike = Verdict(
            [
                Verdict.Unlabelled(autoencoder, errors: [errors]),
                Verdict.Unlabelled(stacked, errors: [errors.reversed()]),
            ], timesteps: 5, variance: 2)
        #expect(alike.isSignificant == false && alike.sentence.contains("may be chance"))
        let few = Verdict(
            [
                Verdict.Unlabelled(autoencoder, errors: [[1, 2]]),
                Verdict.Unlabelled(stacked, errors: [[2, 2]]),
            ], timesteps: 3, variance: 2)
        #expect(few.best?.name == "autoencoder" && few.interval == nil)
        #expect(few.sentence.contains("nothing can be said about chance: 2 windows of 3 timesteps"))
        // A difference that is small against the variance makes no difference.
        let close = Verdict(
            [
                Verdict.Unlabelled(autoencoder, errors: [[0.001, 0.002]]),
                Verdict.Unlabelled(stacked, errors: [[0.004, 0.004]]),
            ], timesteps: 3, variance: 2)
        #expect(
            close.sentence.hasPrefix(
                "The autoencoder and the stacked network reconstruct alike: they leave 0.1 % and 0.2 % of "
                    + "the variance of the windows"))
        let significant = Verdict(
            [
                Verdict.Unlabelled(autoencoder, errors: [errors.map { $0 / 1000 }]),
                Verdict.Unlabelled(stacked, errors: [errors.map { $0 / 2000 }]),
            ], timesteps: 5, variance: 2)
        #expect(significant.isSignificant == true)
        #expect(significant.sentence.contains("reconstruct alike"))
        #expect(significant.sentence.contains("though the difference is not chance"))
    }
}
