import APITesting
import Testing

/// POST /evaluate: scores compared with labels.
@Suite struct EvaluateTests {
    private let api: API
    /// Two correlated features, except in rows 30 to 35.
    private static let series: JSON = .array(
        (0..<60).map { row in
            let first = Double(row % 4) / 2
            return [.number(first), .number(1 - first + ((30..<36).contains(row) ? 5 : 0))]
        })

    init() throws {
        api = try API(.inProcess)
        let normal = JSON.array(Array(try #require(Self.series.array).prefix(30)))
        let training: JSON = [
            "model": "m", "series": normal, "timesteps": 2, "units": [8, 4], "epochs": 60,
            "learning_rate": 0.01, "sigmas": 3,
        ]
        #expect(try api.post("/train", training).status == 201)
    }

    private func evaluate(_ members: [String: JSON?] = [:]) throws -> JSON {
        let body: JSON = [
            "model": "m", "series": Self.series, "labels": [[30, 36]], "combine": "newest",
        ]
        let response = try api.post("/evaluate", body.with(members))
        #expect(response.status == 200, "\(response.text)")
        return try response.json
    }

    @Test func detectionsAreMeasuredAgainstTheLabels() throws {
        let found = try evaluate()
        #expect(found["rows"] == 59)
        #expect(found["anomalies"] == 7)
        #expect(try #require(found["roc_auc"]?.double) > 0.99)
        #expect(try #require(found["average_precision"]?.double) > 0.95)
        #expect(try #require(found["best"]?["f1"]?.double) > 0.9)
        #expect(found["at_threshold"]?["recall"] == 1)
        #expect(found["events"] == ["labelled": 1, "detected": 1, "found": 1, "false_alarms": 0])
        let curve = try #require(found["precision_recall_curve"]?.array)
        #expect(curve.first?["recall"] == 1)
        // Equal labels as one flag for each row.
        let byRow: JSON = .array((0..<60).map { .integer((30...36).contains($0) ? 1 : 0) })
        #expect(try evaluate(["labels": byRow]) == found)
    }

    @Test func theVerdictNamesTheBestDetector() throws {
        let few = try #require(try evaluate()["verdict"])
        #expect(few["is_significant"]?.isNull == true)
        // The model learns nothing from labels that no detector can know, so no difference is significant.
        let labels: JSON = .array((0..<60).map { .integer($0 % 7 == 3 ? 1 : 0) })
        let found = try evaluate(["labels": labels])
        let verdict = try #require(found["verdict"])
        let areas = [
            "model": found["roc_auc"]?.double, "pca": found["baselines"]?["pca"]?["roc_auc"]?.double,
            "z_score": found["baselines"]?["z_score"]?["roc_auc"]?.double,
        ].compactMapValues(\.self)
        let best = try #require(verdict["best"]?.string)
        #expect(areas[best] == areas.values.max())
        let next = try #require(verdict["runner_up"]?.string)
        #expect(abs((areas[best] ?? 0) - (areas[next] ?? 0) - (verdict["difference"]?.double ?? 9)) < 1e-9)
        #expect(verdict["is_significant"] == false && verdict["interval"]?.array?.count == 2)
        #expect(verdict["sentence"]?.string?.contains("may be chance") == true)
        #expect(verdict["blocks"]?["length"] == 2)
        let none = try evaluate(["labels": .array(Array(repeating: 0, count: 60))])
        #expect(none["verdict"]?["best"]?.isNull == true)
    }

    @Test func labelShiftMovesTheLabels() throws {
        // Each row is compared with the label two rows later, so the last two rows of the anomaly are false
        // positives.
        let (plain, shifted) = (try evaluate(), try evaluate(["label_shift": 2]))
        #expect(shifted["rows"] == 57)
        #expect(plain["at_threshold"]?["false_positives"] == 0)
        #expect(shifted["at_threshold"]?["false_positives"] == 2)
        #expect(shifted["at_threshold"]?["false_negatives"] == 2)
    }

    @Test func theThresholdChangesTheConfusionCountsOnly() throws {
        let (plain, strict) = (try evaluate(), try evaluate(["threshold": 1_000_000]))
        let (auc, strictAUC) = (plain["roc_auc"]?.double, strict["roc_auc"]?.double)
        #expect(auc == strictAUC)
        #expect(strict["at_threshold"]?["true_positives"] == 0)
        #expect(strict["events"]?["found"] == 0)
    }

    /// The best threshold, sent as `threshold`, flags the rows of the best F1, for each way to combine
    /// windows.
    @Test(arguments: ["newest", "mean", "median"]) func theBestThresholdCanBeApplied(combine: String) throws {
        let found = try evaluate(["combine": .string(combine)])
        let best = try #require(found["best_threshold"])
        let applied = try evaluate(["combine": .string(combine), "threshold": best])
        for count in ["true_positives", "false_positives", "true_negatives", "false_negatives", "f1"] {
            #expect(applied["at_threshold"]?[count] == found["best"]?[count], "\(combine), \(count)")
        }
        #expect(applied["best_threshold"]?.double != nil)
    }

    @Test func withoutAnomaliesRankingMetricsAreNull() throws {
        let found = try evaluate(["labels": .array(Array(repeating: 0, count: 60))])
        #expect(found["roc_auc"]?.isNull == true && found["best"]?.isNull == true)
        #expect(found["best_threshold"]?.isNull == true)
        #expect(found["at_threshold"]?["false_alarm_rate"]?.double != nil)
    }

    private static let wrong: [(labels: JSON?, pointer: String)] = [
        ([0, 1], "/labels"), ([[30]], "/labels/0"), ([[5, 4]], "/labels/0"),
        ([[1, 2], [59, 60]], "/labels/1"), (["x"], "/labels"), ([[0.5, 1]], "/labels/0"), (nil, ""),
    ]

    @Test(arguments: wrong.indices) func badLabelsAreRefusedWithTheirPointer(index: Int) throws {
        let (labels, pointer) = Self.wrong[index]
        let body: JSON = ["model": "m", "series": Self.series]
        let problem = try api.post("/evaluate", body.with(["labels": labels]))
        #expect(problem.status == 422)
        #expect(try #require(try problem.json["pointer"]?.string).hasPrefix(pointer), "\(problem.text)")
        var rows = [JSON](repeating: 0, count: 60)
        rows[7] = 2
        let seven = try api.post("/evaluate", body.with(["labels": .array(rows)]))
        #expect(try seven.json["pointer"] == "/labels/7")
    }
}
