import Foundation
import Testing
import TimeSeries

/// Metrics are scikit-learn's: see scripts/metrics-fixtures.py.
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

    @Test func allCasesAreThere() { #expect(Self.cases.count == 9) }

    @Test(arguments: cases) func isAsInScikitLearn(_ peer: Case) throws {
        let ours = peer.evaluation
        if let auc = peer.rocAUC {
            #expect(abs(try #require(ours.rocAUC) - auc) <= 1e-9)
        } else {
            #expect(ours.rocAUC == nil)
        }
        #expect(abs(try #require(ours.averagePrecision) - peer.averagePrecision) <= 1e-9)
        #expect(abs(try #require(ours.best).confusion.f1 - peer.bestF1) <= 1e-9)
        let curve = ours.precisionRecallCurve(points: .max)
        #expect(curve.map(\.threshold) == peer.thresholds)
        for (point, (precision, recall)) in zip(curve, zip(peer.precision, peer.recall)) {
            #expect(abs(point.confusion.precision - precision) <= 1e-9)
            #expect(abs(point.confusion.recall - recall) <= 1e-9)
        }
        let confusion = ours.confusion(above: peer.median)
        #expect(
            [
                confusion.truePositives, confusion.falsePositives, confusion.trueNegatives,
                confusion.falseNegatives,
            ] == peer.confusion)
    }

    @Test func aCurveIsThinned() throws {
        let evaluation = Evaluation(
            scores: (0..<1000).map { Float($0) }, labels: (0..<1000).map { $0 % 3 == 0 })
        let curve = evaluation.precisionRecallCurve(points: 100)
        #expect(curve.count == 100)
        #expect(curve.first?.threshold == 0)
        #expect(curve.last?.threshold == 999)
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.threshold < $1.threshold })
    }

    @Test func withoutAnomaliesThereIsNothingToMeasure() {
        let evaluation = Evaluation(scores: [1, 2, 3], labels: [false, false, false])
        #expect(evaluation.rocAUC == nil && evaluation.averagePrecision == nil && evaluation.best == nil)
        let confusion = evaluation.confusion(above: 2)
        #expect(confusion.falsePositives == 1 && confusion.trueNegatives == 2)
        #expect(abs(confusion.falseAlarmRate - 1 / 3) < 1e-12)
        #expect(confusion.precision == 0 && confusion.recall == 0 && confusion.f1 == 0)
        #expect(Evaluation(scores: [], labels: []).confusion(above: 0).f1 == 0)
    }
}
