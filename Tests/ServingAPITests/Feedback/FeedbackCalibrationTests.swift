import APITesting
import Testing

/// Which errors POST /models/{model}/feedback takes out of a calibration: those of anomalous rows that are
/// known to be in it, and no others.
@Suite struct FeedbackCalibrationTests {
    private static let marked = JSON.array([[900, 919]])

    private func removed(_ model: JSON) throws -> Int {
        try #require(model["feedback"]?["removed_windows"]?.int)
    }

    /// An anomaly among the rows that the threshold was learned from, measured without and with a covariance.
    @Test(arguments: ["mse", "mahalanobis", "level_spread"]) func anAnomalyOfTheTrainingLeaves(
        _ kind: String
    ) throws {
        let series = FeedbackExample.series(1000, seed: 1, lift: 8, in: 900..<920)
        let api = try FeedbackExample.trained(
            .inProcess, ["series": series, "error_kind": .string(kind), "outliers": "keep"])
        let before = try api.get("/models/m").json
        let model = try api.feedback(["series": series, "anomalous": [[900, 919]]])
        #expect(model["feedback"]?["anomalous_windows"] == 23)
        #expect(try #require(model["feedback"]?["removed_windows"]?.int) >= 20)
        let (old, new) = try (#require(before["threshold"]?.double), #require(model["threshold"]?.double))
        #expect(new < 0.8 * old, "\(old), \(new)")
        // The same request again finds nothing to remove.
        let again = try api.feedback(["series": series, "anomalous": [[900, 919]]])
        #expect(again["feedback"]?["removed_windows"] == 0 && again["threshold"] == model["threshold"])
    }

    /// Outliers did not calibrate, so that nothing has to leave for them.
    @Test func noErrorLeavesForOutliersThatWereLeftOut() throws {
        let series = FeedbackExample.series(1000, seed: 1, lift: 80, in: 900..<905)
        let api = try FeedbackExample.trained(.live, ["series": series])
        let before = try api.get("/models/m").json
        #expect(try api.get("/models/m/model.safetensors").text.contains("were left out"))
        #expect(before["error_kind"] == "level_spread")
        let same = try api.feedback(["series": series, "anomalous": [[900, 904]]])
        #expect(same["feedback"]?["anomalous_windows"] == 8 && same["feedback"]?["removed_windows"] == 0)
        #expect(same["threshold"] == before["threshold"])
        #expect(same["threshold_windows"] == before["threshold_windows"])
        // The windows that begin behind the outliers did calibrate.
        let more = try api.feedback(["series": series, "anomalous": Self.marked])
        #expect(try removed(more) == 15 && more["feedback"]?["anomalous_windows"] == 23)
    }

    /// The data of the training are not those of the calibration.
    @Test func noErrorLeavesACalibrationWithOtherData() throws {
        let training = FeedbackExample.series(1000, seed: 1, lift: 8, in: 900..<920)
        let other = FeedbackExample.series(500, seed: 9, lift: 8, in: 300..<320)
        let api = try FeedbackExample.trained(.inProcess, ["series": training, "outliers": "keep"])
        let before = try api.created("/models/m/calibrate", ["series": other, "outliers": "keep"])
        let same = try api.feedback(["series": training, "anomalous": Self.marked])
        #expect(try removed(same) == 0 && same["threshold"] == before["threshold"])
        // Those of the calibration are.
        let less = try api.feedback(["series": other, "anomalous": [[300, 319]]])
        #expect(try removed(less) >= 20)
        #expect(try #require(less["threshold"]?.double) < #require(before["threshold"]?.double))
        // A calibration begins anew.
        let again = try api.created("/models/m/calibrate", ["series": other, "outliers": "keep"])
        #expect(again["feedback"] == nil && again["threshold"] == before["threshold"])
        #expect(try removed(api.feedback(["series": other, "anomalous": [[300, 319]]])) >= 20)
    }

    /// Errors of other data that happen to be equal stay.
    @Test func noErrorLeavesByChance() throws {
        let api = try FeedbackExample.trained(.inProcess, ["error_kind": "mse"])
        let before = try api.get("/models/m").json
        let other = FeedbackExample.series(4000, seed: 5)
        let model = try api.feedback(["series": other, "anomalous": [[0, 3999]]])
        #expect(model["feedback"]?["anomalous_windows"] == 3997)
        #expect(try removed(model) == 0 && model["threshold"] == before["threshold"])
        #expect(model["warnings"]?.array?.contains { $0["code"] == "feedback_without_effect" } == true)
        // So do they after a feedback, which has added others.
        let more = try api.feedback(["series": FeedbackExample.series(60, seed: 6), "normal": [[0, 59]]])
        let after = try api.feedback(["series": other, "anomalous": [[0, 3999]]])
        #expect(try removed(after) == 0 && after["threshold"] == more["threshold"])
    }

    /// The same rows are the same observations, however often they are sent.
    @Test func windowsJoinOnce() throws {
        let api = try FeedbackExample.trained(.live)
        let before = try api.get("/models/m").json
        let data = FeedbackExample.series(200, seed: 6, lift: 2, in: 50..<71)
        let request: [String: JSON?] = ["series": data, "normal": [[50, 70]]]
        let first = try api.feedback(request)
        #expect(first["feedback"]?["normal_windows"] == 21 && first["feedback"]?["known_windows"] == 0)
        let second = try api.feedback(request)
        #expect(second["feedback"]?["normal_windows"] == 0 && second["feedback"]?["known_windows"] == 21)
        #expect(second["threshold"] == first["threshold"])
        #expect(second["threshold_windows"] == first["threshold_windows"])
        #expect(second["warnings"]?.array?.contains { $0["code"] == "feedback_without_effect" } == true)
        // Both have the windows, and one feedback takes them out again.
        let removed = try api.feedback(["series": data, "anomalous": [[50, 70]]])
        #expect(try self.removed(removed) == 21 && removed["threshold"] == before["threshold"])
        let again = try api.feedback(request)
        #expect(again["feedback"]?["normal_windows"] == 21 && again["threshold"] == first["threshold"])
    }

    @Test func aWarmStartAfterFeedbackHasACalibrationOfItsOwn() throws {
        let api = try FeedbackExample.trained()
        _ = try api.feedback(["series": FeedbackExample.series(100, seed: 3), "normal": [[0, 99]]])
        let series = FeedbackExample.series(1000, seed: 4, lift: 8, in: 900..<920)
        let warm = try api.created(
            "/train",
            ["model": "m", "series": series, "epochs": 1, "warm_start": true, "outliers": "keep"])
        #expect(warm["feedback"] == nil && warm["warm_start"] == 2)
        let model = try api.feedback(["series": series, "anomalous": Self.marked])
        #expect(try removed(model) >= 20)
    }

    @Test func anAnomalyOfAGridOfTimeLeaves() throws {
        let times: JSON = .array((0..<2000).map { .integer(1_767_225_600 + $0) })
        let data: [String: JSON?] = [
            "series": FeedbackExample.series(2000, seed: 1, lift: 8, in: 1800..<1840), "timestamps": times,
        ]
        let api = try FeedbackExample.trained(
            .inProcess, data.merging(["interval": "2s", "outliers": "keep"]) { $1 })
        let model = try api.feedback(data.merging(["anomalous": [[1800, 1839]]]) { $1 })
        #expect(model["feedback"]?["anomalous_windows"] == 23)
        #expect(try removed(model) >= 20)
    }

    @Test func anAnomalyOfSortedRowsLeaves() throws {
        let rows = FeedbackExample.rows(1000, seed: 1, lift: 8, in: 900..<920)
        let times: JSON = .array((0..<1000).reversed().map { .integer(1_767_225_600 + $0) })
        let data: [String: JSON?] = [
            "series": FeedbackExample.json(rows.reversed()), "timestamps": times, "order": "sort",
        ]
        let api = try FeedbackExample.trained(.inProcess, data.merging(["outliers": "keep"]) { $1 })
        let model = try api.feedback(data.merging(["anomalous": [[80, 99], [500, 519]]]) { $1 })
        #expect(model["feedback"]?["anomalous_windows"] == 46)
        #expect(try removed(model) >= 20)
        let warning = model["warnings"]?.array?.first { $0["code"] == "missed_anomalies" }
        #expect(warning?["rows"]?.array?.last == [500, 519], "\(model)")
    }

    /// Neither errors of rows nor those of baselines are lost.
    @Test(arguments: [JSON.array([[0, 29]]), [[7, 7], [15, 15], [22, 22]]])
    func aCalibrationOfWhichNothingIsLeftIsRefused(_ rows: JSON) throws {
        let api = try FeedbackExample.trained(.inProcess, ["error_kind": "mse"])
        let data = FeedbackExample.series(30, seed: 7)
        #expect(try api.created("/models/m/calibrate", ["series": data])["mode"] == "whole")
        let response = try api.post("/models/m/feedback", ["series": data, "anomalous": rows])
        #expect(response.status == 422, "\(response.text)")
        let detail = try #require(response.json["detail"]?.string)
        #expect(detail.contains("normal") && detail.contains("calibrate"), "\(detail)")
        #expect(try api.get("/models/m").json["versions"] == [1, 2])
        let more = FeedbackExample.series(60, seed: 7)
        let kept = try api.feedback(["series": more, "anomalous": rows, "normal": [[30, 59]]])
        #expect(kept["mode"] == "whole")
    }
}
