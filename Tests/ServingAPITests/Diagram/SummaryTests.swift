import APITesting
import Foundation
import ModelStore
import Testing

/// Summaries as text equal those of Keras, written by scripts/fixtures.py. Tests/clients compares more networks
/// with Keras itself.
@Suite struct SummaryTests {
    private static let fixture: JSON = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/keras-summaries.json").standardized
        return (try? JSON(Array(Data(contentsOf: file)))) ?? .null
    }()
    private static let architectures = fixture["architectures"]?.array ?? []
    private static let models = fixture["models"]?.array ?? []

    private static func text(_ record: JSON) -> String? {
        record["summary"]?.array?.map { ($0.string ?? "") + "\n" }.joined()
    }

    @Test func thereAreFixtures() {
        #expect(Self.architectures.count >= 14 && Self.models.count >= 5)
    }

    @Test(arguments: architectures) func theSummaryOfAnArchitectureIsThatOfKeras(record: JSON) throws {
        var limits = RuntimeLimits()
        limits.maxParameters = 1 << 31
        let api = try API(.inProcess, runtime: limits)
        let response = try api.post(
            "/summary", text: "\(record["request"] ?? .null)", fields: [(name: "Accept", value: "text/plain")]
        )
        #expect(response.status == 200)
        #expect(response.text == Self.text(record), "\(record["case"] ?? .null)")
    }

    /// The title has the name of the model, which Keras' users give to a network with `name=`.
    @Test(arguments: models) func theSummaryOfAModelIsThatOfKeras(record: JSON) throws {
        let api = try API(.inProcess)
        let name = try #require(record["model"]?.string)
        let layers: JSON = [["type": "Dense", "units": 2]]
        #expect(try api.post("/train", Small.training(name, ["units": nil, "layers": layers])).status == 201)
        let response = try api.get("/summary?model=\(name)", accept: "text/plain")
        #expect(response.status == 200)
        #expect(response.text == Self.text(record))
    }
}
