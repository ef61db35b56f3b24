import APITesting
import Foundation
import Testing

/// Models' folders that earlier releases have written. Every release must serve all of them, for ever, with
/// the same results: operators keep models for years, and train them again only if they want to.
///
/// `scripts/model-fixtures.py` adds the folder of a release. Do not change or remove a folder, and do not
/// raise the tolerance, to make this test pass.
@Suite struct ModelFileFixtureTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/model-files").standardized
    private static let releases =
        (try? FileManager.default.contentsOfDirectory(atPath: root.path))?.sorted() ?? []

    @Test func thereIsAFolderOfTheFirstReleaseWithThisFormat() {
        #expect(Self.releases.first == "0.2.0")
    }

    @Test(arguments: releases) func theModelsOfAReleaseAreServedUnchanged(release: String) throws {
        let folder = try TemporaryFolder()
        let source = Self.root.appending(path: release)
        for model in try FileManager.default.contentsOfDirectory(atPath: source.path + "/models") {
            try FileManager.default.copyItem(
                atPath: "\(source.path)/models/\(model)", toPath: "\(folder.path)/\(model)")
        }
        let log = LogRecorder()
        let api = try API(.inProcess, folder: folder, logger: log.logger)
        let records = try JSON(Array(Data(contentsOf: source.appending(path: "expected.json")))).array ?? []
        #expect(records.count > 20)
        for record in records {
            let (method, path) = (record["method"]?.string ?? "", record["path"]?.string ?? "")
            let body = record["body"].flatMap { $0.isNull ? nil : Array("\($0)".utf8) }
            let response = try api.send(method, path, body: body)
            #expect(response.status == 200, "\(path): \(response.text)")
            let difference = Self.difference(try response.json, from: record["response"] ?? .null)
            #expect(difference == nil, "\(record["body"] ?? .null): \(path)\(difference ?? "")")
        }
        #expect(log.lines.isEmpty, "nothing is damaged or not understood")
    }

    /// The place at which a response lacks or contradicts what is recorded; nil if there is none. Responses
    /// may have more members than an earlier release recorded.
    private static func difference(_ actual: JSON?, from recorded: JSON, at path: String = "") -> String? {
        switch (recorded, actual) {
        case (.object(let members), .object(let actual)?):
            // The text of warnings is no part of a model.
            return members.keys.filter { $0 != "warnings" }.sorted().lazy.compactMap {
                difference(actual[$0], from: members[$0] ?? .null, at: "\(path)/\($0)")
            }.first
        case (.array(let elements), .array(let actual)?) where elements.count == actual.count:
            return elements.indices.lazy.compactMap {
                difference(actual[$0], from: elements[$0], at: "\(path)/\($0)")
            }.first
        default:
            if let recorded = recorded.double, let actual = actual?.double,
                abs(actual - recorded) <= 1e-5 * max(1, abs(recorded))
            {
                return nil
            }
            return actual == recorded
                ? nil : "\(path): \(actual.map { "\($0)" } ?? "nothing"), not \(recorded)"
        }
    }
}
