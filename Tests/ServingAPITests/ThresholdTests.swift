import APITesting
import Foundation
import Testing

/// Thresholds learned from little data, each test with data that break a threshold in another way.
@Suite struct ThresholdTests {
    private let api: API

    init() throws { api = try API(.inProcess) }

    private func train(_ rows: ArraySlice<[Double]>, _ members: [String: JSON?] = [:]) throws -> JSON {
        let body: JSON = [
            "model": "m", "series": JSON(Array(rows)), "timesteps": 10, "units": [16], "epochs": 15,
        ]
        let response = try api.post("/train", body.with(members))
        #expect(response.status == 201, "\(response.text.prefix(300))")
        return try response.json
    }

    private func warning(_ code: String, _ response: JSON) -> String? {
        response["warnings"]?.array?.first { $0["code"] == .string(code) }?["message"]?.string
    }

    /// The scores of all windows.
    private func scores(_ rows: ArraySlice<[Double]>) throws -> [Double] {
        let response = try api.post("/score", ["model": "m", "series": JSON(Array(rows))])
        #expect(response.status == 200, "\(response.text.prefix(300))")
        return try #require(response.json["windows"]?.array).compactMap { $0["score"]?.double }
    }

    private func share(above limit: Double, _ scores: [Double]) -> Double {
        Double(scores.count { $0 > limit }) / Double(scores.count)
    }

    /// 99 windows of 10 rows that overlap are about 10 observations, too few for a quantile of 0.99.
    @Test func overlappingWindowsAreNotCountedAsIndependent() throws {
        var noise = Noise(seed: 1)
        let rows = noise.series(504, columns: 4, memory: 30)
        let trained = try train(rows[...])
        #expect(trained["threshold_windows"] == 99)
        let text = try #require(warning("few_calibration_windows", trained))
        #expect(text.contains("99 calibration windows"), "\(text)")
        #expect(text.contains("10 separate ones"), "\(text)")
        #expect(text.contains("quantile 0.9,"), "\(text)")
        #expect(text.contains("at least 990 rows"), "\(text)")
        #expect(text.contains("anomalies may be missed"), "\(text)")
        // Scores say it too, and the quantile that is named needs no warning.
        let scored = try api.post("/score", ["model": "m", "series": JSON(rows)]).json
        #expect(warning("few_calibration_windows", scored) == text)
        let other = try api.post("/score", ["model": "m", "series": JSON(rows), "quantile": 0.9]).json
        #expect(warning("few_calibration_windows", other) == nil)
        // So does a calibration with as many rows as are named.
        let calibrated = try api.post(
            "/models/m/calibrate", ["series": JSON(noise.series(990, columns: 4, memory: 30))])
        #expect(calibrated.status == 201, "\(calibrated.text)")
        #expect(try warning("few_calibration_windows", calibrated.json) == nil)
        // As many windows that share no row are enough.
        let separate = noise.series(5000, columns: 2, memory: 30)
        let windows = JSON.array((0..<500).map { JSON(Array(separate[($0 * 10)..<($0 * 10 + 10)])) })
        let many = try api.post(
            "/train",
            ["model": "n", "windows": windows, "units": [4], "epochs": 1, "calibration_split": 0.2])
        #expect(try warning("few_calibration_windows", many.json) == nil, "\(many.text.prefix(300))")
    }

    /// Fewer than five observations: the threshold is more likely too low than too high.
    @Test func veryFewWindowsWarnOfFalseAlarms() throws {
        var noise = Noise(seed: 2)
        let trained = try train(noise.series(209, columns: 3, memory: 20)[...])
        let text = try #require(warning("few_calibration_windows", trained))
        #expect(text.contains("false alarms"), "\(text)")
    }

    /// A short burst among the calibration windows does not raise the threshold beyond 1.5 times its error,
    /// and what the threshold misses is said.
    @Test(arguments: [1, 2, 3] as [UInt64]) func aBurstDoesNotMakeTheThresholdRunAway(seed: UInt64) throws {
        var noise = Noise(seed: seed)
        // A regular process: nearly all errors are tiny, and their logarithms have a large variance.
        var rows = (0..<380).map { row in
            (0..<3).map { sin(Double(row) / 5 + Double($0)) + 0.01 * noise.normal() }
        }
        for row in 330..<336 { rows[row][1] += 10 }
        let trained = try train(rows[...], ["error_kind": "mse", "epochs": 60])
        #expect(trained["threshold_windows"] == 75)
        let threshold = try #require(trained["threshold"]?.double)
        let scored = try api.post("/score", ["model": "m", "series": JSON(rows)]).json
        let errors = try #require(scored["windows"]?.array).suffix(75).compactMap { $0["error"]?.double }
        let largest = try #require(errors.max())
        #expect(threshold <= 1.5001 * largest, "seed \(seed): threshold \(threshold), largest \(largest)")
        let median = errors.sorted()[37]
        let text = warning("high_threshold", trained)
        #expect(
            (text != nil) == (threshold > 50 * median), "seed \(seed): \(threshold / median), \(text ?? "")")
    }

    /// Columns that stand still while the threshold is learned do not make every motion an anomaly.
    @Test(arguments: [1, 3], [1, 2] as [UInt64])
    func calibrationWindowsThatDoNotVaryGiveAUsableThreshold(columns: Int, seed: UInt64) throws {
        var noise = Noise(seed: seed)
        var rows = noise.series(1200, columns: columns, memory: 12)
        for row in 460..<600 { rows[row] = rows[460] }
        let trained = try train(rows[..<600])
        let scores = try scores(rows[600...])
        let (alarms, highest) = (share(above: 1, scores), scores.max() ?? 0)
        #expect(alarms < 0.1, "\(columns) columns, seed \(seed): \(alarms), highest \(highest)")
        #expect(highest < 1000)
        #expect(
            warning("high_threshold", trained)?.contains("hardly vary") == true, "\(trained["warnings"]!)")
        // An anomaly is still found.
        var spoilt = rows
        for row in 900..<920 { spoilt[row][0] += 12 }
        #expect(try self.scores(spoilt[880..<930]).max() ?? 0 > 1)
    }

    /// If nothing ever varies, the threshold is what the data's precision allows.
    @Test func constantDataHaveAThresholdAboveTheirPrecision() throws {
        let rows = [[Double]](repeating: [5, 1e-3], count: 300)
        for kind in ["mse", "mae", "mahalanobis", "level_spread"] {
            _ = try train(rows[...], ["error_kind": .string(kind)])
            let rounded = rows[..<40].map { $0.map { Double(Float($0)) } }
            let scores = try scores(rounded[...])
            #expect(scores.allSatisfy { $0 < 1 }, "\(kind): \(scores.max() ?? 0)")
            let changed = [[Double]](repeating: [5.35, 1e-3], count: 20)
            #expect(try self.scores(changed[...]).allSatisfy { $0 > 1 }, "\(kind)")
        }
    }

    /// A command that changes while the weights are fitted, and rests while the threshold is learned, may
    /// change again.
    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func aCommandThatRestsMayChangeAgain(seed: UInt64) throws {
        var noise = Noise(seed: seed)
        var rows = noise.series(1600, columns: 2, memory: 20)
        var command = [0.0, 0.0]
        var flow = 0.0
        for row in rows.indices {
            for index in 0..<2 where noise.uniform() < 1.0 / 30 { command[index] = 1 - command[index] }
            if (440..<600).contains(row) { command[0] = 0 }
            flow += (10 * command[0] - flow) / 4
            rows[row] += command + [flow + 0.3 * noise.normal()]
        }
        _ = try train(rows[..<600])
        let alarms = try share(above: 1, scores(rows[600...]))
        #expect(alarms < 0.05, "seed \(seed): \(alarms)")
    }

    /// A model's file keeps what thresholds are computed from. A file of an older server, which lacks it,
    /// keeps the threshold that it has.
    @Test func aFileKeepsWhatThresholdsAreComputedFrom() throws {
        let api = try API(.live)
        var noise = Noise(seed: 3)
        let rows = noise.series(400, columns: 3, memory: 20)
        let training = Waves.training("m", rows, ["timesteps": 10])
        let trained = try api.post("/train", training).json
        let file = try api.get("/models/m/model.safetensors").body
        func upload(_ name: String, _ bytes: [UInt8]) throws {
            let response = try api.send(
                "PUT", "/models/\(name)/model.safetensors",
                fields: [(name: "Content-Type", value: "application/octet-stream")], body: bytes)
            #expect(response.status == 201, "\(response.text)")
        }
        func score(_ name: String, _ members: [String: JSON?] = [:]) throws -> JSON {
            let body: JSON = ["model": .string(name), "series": JSON(Array(rows[..<40]))]
            return try api.post("/score", body.with(members)).json
        }
        try upload("copy", file)
        for quantile in [0.5, 0.9, 0.99, 0.999] {
            let members: [String: JSON?] = ["quantile": .number(quantile)]
            #expect(try score("copy", members)["threshold"] == score("m", members)["threshold"])
        }
        #expect(try score("copy")["warnings"] == score("m")["warnings"])
        let older = try ChangedModelFile(file) { metadata in
            for index in metadata.indices where metadata[index].name == "errors" {
                for pattern in [#","fitted":\{[^}]*\}"#, #""independent":\d+,"#, #","floor":[^,}]+"#] {
                    metadata[index].value = metadata[index].value.replacingOccurrences(
                        of: pattern, with: "", options: .regularExpression)
                }
                #expect(!metadata[index].value.contains("independent"))
            }
        }
        try upload("older", older.bytes)
        #expect(try score("older")["threshold"] == trained["threshold"])
        #expect(try warning("few_calibration_windows", score("older"))?.contains("separate") == false)
    }
}
