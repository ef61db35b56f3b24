import APITesting
import DataFormats
import Foundation
import Testing

/// One cell that is larger than any that a model was trained on, up to the largest double: its row has the
/// largest score, and rows whose windows do not contain it keep theirs.
@Suite struct LargeValueTests {
    /// A model: members of POST /train besides the data.
    struct Model: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let members: [String: JSON]
    }

    static let models: [Model] = ["mse", "mae", "mahalanobis", "level_spread"].flatMap { kind in
        ["tanh", "relu", "linear"].map { activation in
            Model(
                testDescription: "\(kind), \(activation)",
                members: ["error_kind": .string(kind), "activation": .string(activation)])
        }
    }
    static let values = [
        1e19, -1e25, Double(Float.greatestFiniteMagnitude), 1e40, 1e300, -Double.greatestFiniteMagnitude,
    ]
    /// The row and the column with the large value.
    private static let (row, column) = (40, 0)
    private static let timesteps = Waves.timesteps

    private func rows(_ value: Double? = nil) -> [[Double]] {
        Waves.rows(60) { index, row in
            if let value, index == Self.row { row[Self.column] = value }
        }
    }

    private func trained(_ model: Model) throws -> API {
        let api = try API(.inProcess)
        let response = try api.post("/train", Waves.training("m", Waves.rows(400), model.members))
        #expect(response.status == 201, "\(response.text)")
        return api
    }

    private func post(_ api: API, _ path: String, _ members: [String: JSON?]) throws -> JSON {
        let body: JSON = ["model": "m"]
        let response = try api.post(path, body.with(members))
        #expect(response.status == 200, "\(path): \(response.text.prefix(300))")
        return try response.json
    }

    /// Checks that all numbers are finite; `null` is how JSON has NaN and infinity. So few calibration
    /// windows have no return period.
    private func expectNumbers(_ document: JSON?, _ name: String) {
        let text = document.map { "\($0)".replacingOccurrences(of: "\"return_period\":null", with: "") }
        #expect(text?.contains("null") == false, "\(name): \((text ?? "").prefix(200))")
    }

    @Test(arguments: models) func theRowHasTheLargestScoreAndOthersTheirOwn(_ model: Model) throws {
        let api = try trained(model)
        let include: JSON = ["windows", "timesteps", "features", "rows", "events"]
        // Rows of the mode whole would share the score of their neighbours.
        let rule: [String: JSON?] = ["include": include, "combine": "newest"]
        let clean = try post(api, "/score", rule.merging(["series": JSON(rows())]) { $1 })
        let expected = try #require(clean["rows"]?["scores"]?.array)
        for value in Self.values {
            let found = try post(api, "/score", rule.merging(["series": JSON(rows(value))]) { $1 })
            let scores = try #require(found["rows"]?["scores"]?.array)
            #expect(scores.count == 60)
            let known = scores.dropFirst(Self.timesteps - 1)
            #expect(known.allSatisfy { $0.double?.isFinite == true }, "\(value): \(scores)")
            #expect(scores[Self.row].double == known.compactMap(\.double).max(), "\(value): \(scores)")
            for index in scores.indices where !(Self.row..<(Self.row + Self.timesteps)).contains(index) {
                #expect(scores[index] == expected[index], "\(value), row \(index)")
            }
            expectNumbers(found["windows"], "\(value), windows")
            expectNumbers(found["events"], "\(value), events")
            let windows = try #require(found["windows"]?.array)
            let named = windows.filter { ($0["score"]?.double ?? 0) > 1e6 }
            #expect(named.count == Self.timesteps, "\(value)")
            for window in named {
                #expect(window["features"]?[0]?["feature"] == .integer(Self.column), "\(value): \(window)")
            }
            let event = try #require(
                found["events"]?.array?.first { event in
                    (event["first_row"]?.int ?? 60) <= Self.row && Self.row <= (event["last_row"]?.int ?? 0)
                })
            #expect(event["features"]?[0]?["feature"] == .integer(Self.column), "\(value): \(event)")
        }
    }

    /// CSV and arrays have the scores of JSON.
    @Test func everyFormatHasTheSameScores() throws {
        let api = try trained(Self.models[0])
        for value in [1e19, 1e300] {
            let rows = rows(value)
            let json = try post(api, "/score", ["series": JSON(rows)])["rows"]?["scores"]
            let csv = "a,b\n" + rows.map { "\($0[0]),\($0[1])\n" }.joined()
            let array = NumPyArray.encode(rows.flatMap { $0 }[...], shape: [60, 2])
            for (type, body) in [("text/csv", Array(csv.utf8)), ("application/x-npy", array)] {
                let response = try api.send(
                    "POST", "/score?model=m", fields: [(name: "Content-Type", value: type)], body: body)
                #expect(response.status == 200, "\(type), \(value): \(response.text.prefix(300))")
                #expect(try response.json["rows"]?["scores"] == json, "\(type), \(value)")
            }
        }
    }

    @Test(arguments: models.filter { $0.testDescription.hasPrefix("mse") })
    func reconstructionsEncodingsAndLayersAreNumbers(_ model: Model) throws {
        let api = try trained(model)
        for value in Self.values {
            let spoilt: [String: JSON?] = ["series": JSON(rows(value))]
            let clean: [String: JSON?] = ["series": JSON(rows())]
            for path in ["/reconstruct", "/encode", "/layers"] {
                let found = try post(api, path, spoilt)
                expectNumbers(found.with(["layers": nil]), "\(path), \(value)")
                for layer in found["layers"]?.array ?? [] {
                    expectNumbers(layer["outputs"], "\(path), \(value), \(layer["name"] ?? nil)")
                }
                let expected = try post(api, path, clean)
                let name = path == "/encode" ? "encodings" : "reconstructions"
                guard let all = expected[name]?.array else { continue }
                for index in all.indices
                where !(Self.row - Self.timesteps + 1...Self.row).contains(index) {
                    #expect(found[name]?[index] == all[index], "\(path), \(value), window \(index)")
                }
            }
        }
    }

    @Test func theEvaluationRanksTheRowFirst() throws {
        let api = try trained(Self.models[0])
        for value in Self.values {
            let labels = JSON.array((0..<60).map { .integer((40..<48).contains($0) ? 1 : 0) })
            let found = try post(
                api, "/evaluate",
                ["series": JSON(rows(value)), "labels": labels, "combine": "newest"])
            #expect(found["roc_auc"] == 1, "\(value): \(found["roc_auc"] ?? nil)")
            expectNumbers(found["baselines"], "\(value), baselines")
        }
    }

    /// A value past the range in which the network computes is limited, and counted.
    @Test func clampedCellsAreCounted() throws {
        let api = try trained(Self.models[0])
        let body: [String: JSON?] = ["series": JSON(rows(1e300))]
        for path in ["/score", "/reconstruct", "/encode", "/layers"] {
            let found = try post(api, path, body)
            #expect("\(found["warnings"] ?? nil)".contains("1 value"), "\(path): \(found["warnings"] ?? nil)")
        }
        #expect(
            try !"\(post(api, "/score", ["series": JSON(rows(1e19))])["warnings"] ?? nil)".contains("limit"))
    }

    /// A cell like that among the training rows does not prevent the training.
    @Test(arguments: ["robust", "standard", "minmax"]) func aLargeTrainingValueIsNoReasonToFail(
        _ scaling: String
    ) throws {
        let api = try API(.inProcess)
        for value in Self.values {
            let rows = Waves.rows(400) { index, row in if index == 100 { row[0] = value } }
            let response = try api.post(
                "/train", Waves.training("m", rows, ["scaling": .string(scaling), "epochs": 2]))
            #expect(response.status == 201, "\(value): \(response.text.prefix(300))")
            #expect("\(try response.json["warnings"] ?? nil)".contains("outl"), "\(value)")
            let scores = try post(api, "/score", ["series": JSON(self.rows())])["rows"]?["scores"]?.array
            #expect(scores?.dropFirst(7).allSatisfy { $0.double?.isFinite == true } == true)
        }
    }
}
