import Foundation
import Testing
import TimeSeries

/// Metrics against those of scikit-learn, from fixtures that scripts/metrics-fixtures.py makes.
@Suite struct EvaluationTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let scores: [Float]
        let labels: [Int]
        let rocAUC: Double?
        let averagePrecision: Double
        let precision: [Double]
        let recall: [Double]
        let thresholds: [Float]
        let bestF1: Double
        let median: Float
        let confusion: [Int]

        var testDescription: String { name }
        var evaluation: Evaluation { Evaluation(scores: scores, labels: labels.map { $0 == 1 }) }
    }

    static let cases: [Case] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/sklearn/metrics.json")
        do {
            return try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
        } catch {
            Issue.record("\(error)")
            return []
        }
    }()

    @Test func theFixtureHasAllCases() { #expect(Self.cases.count == 9) }

    @Test(arguments: cases) func metricsEqualScikitLearns(_ expected: Case) throws {
        let evaluation = expected.evaluation
        if let auc = expected.rocAUC {
            #expect(abs(try #require(evaluation.rocAUC) - auc) <= 1e-9)
        } else {
            #expect(evaluation.rocAUC == nil)
        }
        #expect(abs(try #require(evaluation.averagePrecision) - expected.averagePrecision) <= 1e-9)
        #expect(abs(try #require(evaluation.bestF1).confusion.f1 - expected.bestF1) <= 1e-9)
        let curve = evaluation.precisionRecallCurve(maxPoints: .max)
        #expect(curve.map(\.threshold) == expected.thresholds)
        for (point, (precision, recall)) in zip(curve, zip(expected.precision, expected.recall)) {
            #expect(abs(point.confusion.precision - precision) <= 1e-9)
            #expect(abs(point.confusion.recall - recall) <= 1e-9)
        }
        let confusion = evaluation.confusion(above: expected.median)
        #expect(
            [
                confusion.truePositives, confusion.falsePositives, confusion.trueNegatives,
                confusion.falseNegatives,
            ] == expected.confusion)
    }

    @Test func aLongCurveIsSampledEvenlyWithBothEnds() throws {
        let evaluation = Evaluation(
            scores: (0..<1000).map { Float($0) }, labels: (0..<1000).map { $0 % 3 == 0 })
        let curve = evaluation.precisionRecallCurve(maxPoints: 100)
        #expect(curve.count == 100)
        #expect(curve.first?.threshold == 0)
        #expect(curve.last?.threshold == 999)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.threshold < $1.threshold })
    }

    @Test func withoutAnomaliesMetricsAreNilOrZero() {
        let evaluation = Evaluation(scores: [1, 2, 3], labels: [false, false, false])
        #expect(evaluation.rocAUC == nil && evaluation.averagePrecision == nil && evaluation.bestF1 == nil)
        let confusion = evaluation.confusion(above: 2)
        #expect(confusion.falsePositives == 1 && confusion.trueNegatives == 2)
        #expect(abs(confusion.falseAlarmRate - 1 / 3) < 1e-12)
        #expect(confusion.precision == 0 && confusion.recall == 0 && confusion.f1 == 0)
        #expect(Evaluation(scores: [], labels: []).confusion(above: 0).f1 == 0)
    }
}
