import APITesting
import Foundation
import Testing

/// Files as people send them: an anomaly of +6 in a good column is found, or a warning names the trouble.
@Suite struct SpoiltDataTests {
    private let api: API

    init() throws { api = try API(.inProcess) }

    private func send(_ target: String, _ body: [UInt8], type: String = "text/csv", status: Int = 200) throws
        -> JSON
    {
        let response = try api.send(
            "POST", target, fields: [(name: "Content-Type", value: type)], body: body)
        #expect(response.status == status, "\(target): \(response.text.prefix(300))")
        return try response.json
    }

    private func csv(_ header: String, _ rows: [[Double]], _ line: (Int, [Double]) -> String) -> [UInt8] {
        Array((header + "\n" + rows.enumerated().map { line($0, $1) + "\n" }.joined()).utf8)
    }

    private func train(_ body: [UInt8], _ query: String = "", type: String = "text/csv") throws -> JSON {
        try send("/train?model=m&timesteps=8&units=8,4&epochs=8\(query)", body, type: type, status: 201)
    }

    private func codes(_ response: JSON) -> [String] {
        response["warnings"]?.array?.compactMap { $0["code"]?.string } ?? []
    }

    private let bumped = Waves.rows(60) { index, row in if (40..<45).contains(index) { row[0] += 6 } }

    /// A clock among the columns is the timestamp, and hides nothing.
    @Test func aClockAmongTheColumnsHidesNothing() throws {
        let trained = try train(
            csv("a,epoch,b", Waves.rows(400)) { "\($1[0]),\(1_700_000_000 + $0),\($1[1])" })
        #expect(trained["data"]?["columns"]?[1]?["role"] == "timestamp", "\(trained["data"] ?? nil)")
        let found = try send(
            "/score?model=m&combine=newest",
            csv("a,epoch,b", bumped) { "\($1[0]),\(1_700_000_400 + $0),\($1[1])" })
        #expect(found["events"]?.array?.map { $0["first_row"] } == [40], "\(found["events"] ?? nil)")
        #expect(found["events"]?[0]?["first_timestamp"] == 1_700_000_440)
    }

    /// Counters as int64, of more digits than float32 has, with their rate as the feature.
    @Test func countersInAnInt64ArrayAreReadAsTheyAre() throws {
        var counter = 4_000_000_000_000
        func array(_ rows: [[Double]]) -> [UInt8] {
            var bytes = Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }) + [1, 0]
            let text = "{'descr': '<i8', 'fortran_order': False, 'shape': (\(rows.count), 3), }"
            let header = text.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
            bytes += [UInt8(header.utf8.count), 0] + Array(header.utf8)
            for (index, row) in rows.enumerated() {
                counter += 1500 + index * 37 % 100
                for value in [counter, Int(row[0] * 1000), Int(row[1] * 1000)] {
                    withUnsafeBytes(of: Int64(value).littleEndian) { bytes += $0 }
                }
            }
            return bytes
        }
        let type = "application/x-npy"
        #expect(try codes(train(array(Waves.rows(400)), type: type)).contains("monotone_column"))
        counter = 4_000_000_000_000
        #expect(
            try !codes(train(array(Waves.rows(400)), "&difference=0", type: type)).contains("monotone_column")
        )
        let normal = try send("/score?model=m&combine=newest", array(Waves.rows(60)), type: type)
        #expect(normal["events"]?.array?.isEmpty == true, "\(normal["events"] ?? nil)")
        let found = try send("/score?model=m&combine=newest", array(bumped), type: type)
        #expect(found["events"]?.array?.first?["first_row"] == 40, "\(found["events"] ?? nil)")
    }

    /// A column that is nearly empty is named with its share, whatever fills it.
    @Test(arguments: ["zero", "previous", "linear"]) func aNearlyEmptyColumnIsNamed(_ policy: String) throws {
        let trained = try train(
            csv("a,b", Waves.rows(400)) { "\($1[0]),\($0 % 30 == 0 ? "\($1[1])" : "")" }, "&missing=\(policy)"
        )
        let warning = trained["warnings"]?.array?.first { $0["code"] == "mostly_missing" }
        #expect(warning?["columns"] == ["b"], "\(trained["warnings"] ?? nil)")
        #expect(warning?["message"]?.string?.contains("%") == true, "\(warning ?? nil)")
    }

    /// The words for labels that spreadsheets and pandas write.
    @Test(arguments: [("True", "False"), ("yes", "no"), ("TRUE", "FALSE"), ("1", "0")])
    func labelsAreReadInAnySpelling(_ anomaly: String, _ normal: String) throws {
        _ = try train(csv("a,b", Waves.rows(400)) { "\($1[0]),\($1[1])" })
        let evaluation = try send(
            "/evaluate?model=m&labels=state&combine=newest",
            csv("a,b,state", bumped) { "\($1[0]),\($1[1]),\((40..<52).contains($0) ? anomaly : normal)" })
        #expect(try #require(evaluation["roc_auc"]?.double) > 0.95, "\(evaluation)")
    }

    /// Recordings that are too short are named with what is too short.
    @Test func shortRecordingsOfATableAreNamed() throws {
        let trained = try train(
            csv("run,a,b", Waves.rows(405)) { "\($0 < 400 ? 1 : 2),\($1[0]),\($1[1])" }, "&recording=run")
        #expect(codes(trained).contains("short_recordings"), "\(trained["warnings"] ?? nil)")
    }

    /// The largest value there is, in each column: varying, constant and rarely set, and in all at once.
    @Test(arguments: ["mse", "mae", "mahalanobis", "level_spread"], ["tanh", "relu", "linear", "sigmoid"])
    func aHugeCellInAnyColumnHasTheLargestScore(_ kind: String, _ activation: String) throws {
        func rows(_ count: Int) -> [[Double]] {
            Waves.rows(count) { index, row in row += [5, index % 20 == 0 ? 1 : 0] }
        }
        let training = Waves.training(
            "m", rows(400), ["error_kind": .string(kind), "activation": .string(activation), "epochs": 2])
        #expect(try api.post("/train", training).status == 201)
        for columns in [[0], [1], [2], [3], [0, 1, 2, 3]] {
            for value in [1e300, -1e300] {
                var rows = rows(60)
                for column in columns { rows[40][column] = value }
                let found = try api.post(
                    "/score", ["model": "m", "series": JSON(rows), "combine": "newest"]
                ).json
                let scores = found["rows"]?["scores"]?.array?.dropFirst(7).map { $0.double ?? .nan } ?? []
                #expect(scores.count == 53 && scores.allSatisfy(\.isFinite), "\(columns), \(value)")
                #expect(scores.dropFirst(33).first == scores.max(), "\(columns), \(value): \(scores)")
            }
        }
    }
}
