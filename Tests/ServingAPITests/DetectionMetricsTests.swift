import APITesting
import Foundation
import Testing

/// The metrics of scores, drift, trainings and the models' folder in GET /metrics.
@Suite struct DetectionMetricsTests {
    private let api: API
    private static let labels = ["model": "toy", "version": "1"]

    init() throws {
        api = try API(.live)
        let training = Small.training("toy", ["series": Small.series(rows: 200)])
        #expect(try api.post("/train", training).status == 201)
    }

    private func metrics() throws -> Exposition { try Exposition(api.get("/metrics").text) }

    /// The windows that were scored and those of them that were anomalies, as far as they are exposed.
    private func counts() throws -> [Double?] {
        let metrics = try metrics()
        let names = [
            "reprise_scored_windows_total", "reprise_anomalous_windows_total", "reprise_window_score_count",
        ]
        return names.map { metrics.value($0, Self.labels) }
    }

    /// The scores in a response to POST /score.
    private func scores(_ members: [String: JSON?]) throws -> [Double] {
        let body: JSON = ["model": "toy", "windows": Small.windows]
        let response = try api.post("/score", body.with(members))
        #expect(response.status == 200, "\(response.text)")
        let windows = try #require(try response.json["windows"]?.array)
        for window in windows {
            #expect((try #require(window["score"]?.double) > 1) == window["is_anomaly"]?.bool)
        }
        return windows.compactMap { $0["score"]?.double }
    }

    @Test func scoresAreCountedAsInTheResponse() throws {
        #expect(try metrics().value("reprise_scored_windows_total", Self.labels) == nil)
        // With the version's threshold, with one that both windows exceed, and with one at a window's error.
        let error = try #require(
            try api.post("/score", ["model": "toy", "windows": Small.windows]).json["windows"]?[0]?["error"]?
                .double)
        // Those of the first request, which are the same as those of the second, are counted too.
        let own = try scores([:])
        let all = try own + own + scores(["threshold": 1e-7]) + scores(["threshold": .number(error)])
        let metrics = try metrics()
        #expect(metrics.value("reprise_scored_windows_total", Self.labels) == 8)
        let anomalies = Double(all.count { $0 > 1 })
        #expect(anomalies >= 2 && anomalies < 8, "\(all)")
        #expect(metrics.value("reprise_anomalous_windows_total", Self.labels) == anomalies)
        for bound in ["0.5", "1", "2", "100"] {
            let count = metrics.value(
                "reprise_window_score_bucket", Self.labels.merging(["le": bound]) { $1 })
            let expected = all.count { $0 <= Double(bound) ?? 0 }
            #expect(count == Double(expected), "le \(bound): \(all)")
        }
        let sum = try #require(metrics.value("reprise_window_score_sum", Self.labels))
        let expected = all.reduce(0) { $0 + min($1, 10_000) }
        #expect(abs(sum - expected) < 1e-3 * expected, "\(sum) \(expected)")
    }

    @Test func onlyRequestsForScoresAreCounted() throws {
        let input: JSON = [
            "name": "windows", "datatype": "FP32", "shape": [2, 2, 2], "data": Small.windows,
        ]
        func infer(_ output: String) throws {
            let body: JSON = ["inputs": [input], "outputs": [["name": .string(output)]]]
            #expect(try api.post("/v2/models/toy/infer", body).status == 200)
        }
        try infer("score")
        let counted = try counts()
        #expect(counted[0] == 2 && counted[1] != nil && counted[2] == 2)
        try infer("error")
        let labelled: JSON = ["model": "toy", "series": Small.series, "labels": [[4, 5]]]
        #expect(try api.post("/evaluate", labelled).status == 200)
        #expect(try api.post("/reconstruct", ["model": "toy", "windows": Small.windows]).status == 200)
        #expect(try counts() == counted)
        // All outputs, by default.
        #expect(try api.post("/v2/models/toy/infer", ["inputs": [input]]).status == 200)
        #expect(try counts()[0] == 4)
    }

    @Test func driftIsThatOfTheLastResponseThatHasOne() throws {
        func share(_ rows: Int) throws -> Double? {
            let response = try api.post("/score", ["model": "toy", "series": Small.series(rows: rows)])
            return try response.json["drift"]?["share"]?.double
        }
        #expect(try share(10) == nil)
        #expect(try metrics().value("reprise_drift_share", Self.labels) == nil)
        let first = try #require(try share(100))
        #expect(try metrics().value("reprise_drift_share", Self.labels) == first)
        let shifted = JSON.array((0..<100).map { _ in [9, 9] })
        let response = try api.post("/score", ["model": "toy", "series": shifted])
        #expect(try response.json["drift"]?["is_drift"] == true)
        #expect(try metrics().value("reprise_drift_share", Self.labels) == 1)
        #expect(try share(10) == nil)
        #expect(try metrics().value("reprise_drift_share", Self.labels) == 1)
    }

    @Test func theTimeOfCreationIsThatOfTheVersion() throws {
        let name = "reprise_model_created_timestamp_seconds"
        #expect(try metrics().value(name) == nil, "no version has been used yet")
        _ = try scores([:])
        let text = try #require(try api.get("/models/toy").json["created_at"]?.string)
        let created = try #require(try? Date(text, strategy: .iso8601)).timeIntervalSince1970
        #expect(try metrics().value(name, Self.labels) == created)
    }

    @Test func trainingsAreTimedByOutcome() throws {
        func count(_ outcome: String) throws -> Double? {
            try metrics().value("reprise_training_duration_seconds_count", ["outcome": outcome])
        }
        #expect(try api.post("/train", Small.diverging("bad")).status == 422)
        // The response can be there before the end of the job is counted.
        let deadline = ContinuousClock.now + .seconds(10)
        while try count("failed") != 1, ContinuousClock.now < deadline { usleep(1000) }
        #expect(try count("succeeded") == 1)
        #expect(try count("failed") == 1)
        #expect(try count("cancelled") == 0)
        let sum = try metrics().value("reprise_training_duration_seconds_sum", ["outcome": "succeeded"])
        #expect(try #require(sum) > 0)
    }

    @Test func theFreeSpaceOfTheFolderIsExposed() throws {
        #expect(try #require(try metrics().value("reprise_models_folder_free_bytes")) > 1e6)
    }
}
