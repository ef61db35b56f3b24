import APITesting
import Foundation
import ModelStore
import Testing

/// Summaries as text equal those of Keras, written by scripts/fixtures.py. Tests/clients compares more
/// networks with Keras itself.
@Suite struct SummaryTests {
    private static let fixture: JSON = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/keras-summaries.json").standardized
        return (try? JSON(Array(Data(contentsOf: file)))) ?? .null
    }()
    private static let architectures = records("architectures", name: "case")
    private static let models = records("models", name: "model")

    private static func records(_ member: String, name: String) -> [String: JSON] {
        let records = fixture[member]?.array ?? []
        return Dictionary(uniqueKeysWithValues: records.map { ($0[name]?.string ?? "", $0) })
    }

    private static func text(_ record: JSON) -> String? {
        record["summary"]?.array?.map { ($0.string ?? "") + "\n" }.joined()
    }

    @Test func thereAreFixtures() { #expect(Self.architectures.count >= 15 && Self.models.count >= 6) }

    @Test(arguments: architectures.keys.sorted())
    func theSummaryOfAnArchitectureIsThatOfKeras(name: String) throws {
        var limits = RuntimeLimits()
        limits.maxParameters = 1 << 31
        let api = try API(.inProcess, runtime: limits)
        let record = try #require(Self.architectures[name])
        let response = try api.post(
            "/summary", text: "\(record["request"] ?? .null)", fields: [(name: "Accept", value: "text/plain")]
        )
        #expect(response.status == 200)
        #expect(response.text == Self.text(record))
    }

    /// The title has the name of the model, which Keras' users give to a network with `name=`.
    @Test(arguments: models.keys.sorted()) func theSummaryOfAModelIsThatOfKeras(name: String) throws {
        let api = try API(.inProcess)
        let layers: JSON = [["type": "Dense", "units": 2]]
        #expect(try api.post("/train", Small.training(name, ["units": nil, "layers": layers])).status == 201)
        let response = try api.get("/summary?model=\(name)", accept: "text/plain")
        #expect(response.status == 200)
        #expect(try response.text == Self.text(#require(Self.models[name])))
    }
}
