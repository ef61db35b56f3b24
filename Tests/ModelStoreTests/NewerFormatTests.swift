import APITesting
import Foundation
import ModelFiles
import ModelStore
import NeuralNetwork
import Testing

/// Versions that a newer release has written into the folder of an older one.
@Suite("A newer release's version") struct NewerFormatTests {
    private let folder: TemporaryFolder
    private let log = LogRecorder()

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    private func registry(_ change: (inout RuntimeLimits) -> Void = { _ in }) throws -> ModelRegistry {
        var limits = RuntimeLimits()
        change(&limits)
        return try ModelRegistry(folder: folder.path, limits: limits, logger: log.logger)
    }

    private func isThere(_ version: Int) -> Bool {
        FileManager.default.fileExists(atPath: path("m/\(version)/model.safetensors"))
    }

    /// Changes that this release does not understand, each with the name that the reason must have.
    private static let changes: [(name: String, make: @Sendable ([UInt8]) throws -> ChangedModelFile)] = [
        ("magic", { try ChangedModelFile($0, requiring: "magic") }),
        ("quantile", { try ChangedModelFile($0, "scaling", "standard", "quantile") }),
        ("logcosh", { try ChangedModelFile($0, "errors", "\"mse\"", "\"logcosh\"") }),
        ("transformer", { try ChangedModelFile($0, "architecture", "autoencoder", "transformer") }),
        (
            "GRU",
            {
                try ChangedModelFile($0) { metadata in
                    metadata.removeAll { $0.name == "architecture" }
                    metadata.append(("architecture", "{\"layers\":[{\"type\":\"GRU\",\"units\":2}]}"))
                }
            }
        ),
        ("softplus", { try ChangedModelFile($0, "architecture", "\"tanh\"", "\"softplus\"") }),
        (
            "novelty",
            {
                try ChangedModelFile($0) { metadata in
                    metadata.removeAll { $0.name == "requires" }
                    metadata.removeAll { $0.name == "data" }
                    metadata.append(("data", "{\"windows\":1,\"sha256\":\"\",\"novelty\":1}"))
                }
            }
        ),
    ]

    @Test(arguments: changes.indices) func isLeftWhereItIsAndNotServed(index: Int) throws {
        let (name, make) = Self.changes[index]
        let first = try registry()
        for _ in 1...2 { _ = try first.publish("m", Example.model()) }
        let file = ModelFile.bytes(of: try Example.model())
        try make(file).store(in: folder.path, "m", 3)
        #expect(try first.setAlias("next", of: "m", to: 3))

        for registry in [first, try self.registry()] {
            #expect(try registry.entry("m")?.version == 2, "the latest version is the newest readable one")
            for reference in [VersionReference.number(3), .alias("next")] {
                let error = #expect(throws: VersionError.self) { try registry.entry("m", reference) }
                guard case .unreadable(let version) = error else {
                    Issue.record("\(reference): \(String(describing: error))")
                    continue
                }
                #expect(version.reason.contains(name), "\(version.reason)")
                #expect(version.software == Software.name)
                #expect(throws: VersionError.unreadable(version)) {
                    try registry.description("m", reference)
                }
                #expect(throws: VersionError.unreadable(version)) { try registry.download("m", reference) }
            }
            #expect(registry.loaded("m", .number(3)) == nil)
            #expect(try registry.latestDigest(of: "m") == registry.download("m", .number(2))?.digest)
            let versions = try registry.examinedVersions("m")
            #expect(versions?.numbers == [1, 2])
            #expect(versions?.unreadable.map(\.number) == [3])
            #expect(isThere(3))
            #expect(!FileManager.default.fileExists(atPath: path(".damaged")))
        }
        #expect(
            log.lines(with: "not understood").count == 2, "each of the two servers logs it once: \(log.lines)"
        )
        #expect(log.lines.allSatisfy { $0.hasPrefix("warning") })
        #expect(try first.publish("m", Example.model()).version == 4, "its number is taken")
    }

    @Test func isListedWithoutARequestForIt() throws {
        let registry = try registry()
        for _ in 1...3 { _ = try registry.publish("m", Example.model()) }
        let file = ModelFile.bytes(of: try Example.model())
        try ChangedModelFile(file, requiring: "magic").store(in: folder.path, "m", 2)
        let versions = try self.registry().examinedVersions("m")
        #expect(versions?.numbers == [1, 3])
        #expect(versions?.unreadable.map(\.number) == [2])
    }

    @Test func aModelOfWhichNothingIsReadableIsNotUnknown() throws {
        let file = ModelFile.bytes(of: try Example.model())
        try ChangedModelFile(file, requiring: "magic").store(in: folder.path, "m", 1)
        let registry = try registry()
        #expect(throws: VersionError.self) { try registry.description("m") }
        #expect(try registry.names(after: nil, limit: 9).names == ["m"])
        #expect(try registry.remove("m"))
        #expect(try registry.entry("m") == nil)
    }

    @Test func canBeDeletedAndCountsAsAVersion() throws {
        let registry = try registry { $0.maxVersionsPerModel = 2 }
        let file = ModelFile.bytes(of: try Example.model())
        for version in 1...2 {
            try ChangedModelFile(file, requiring: "magic").store(in: folder.path, "m", version)
        }
        #expect(throws: VersionError.self) { try registry.entry("m") }
        #expect(try registry.publish("m", Example.model()).version == 3)
        #expect(!isThere(1), "the oldest version beyond the limit is deleted")
        #expect(isThere(2))
        #expect(try registry.remove("m", version: 2))
        #expect(!isThere(2))
        #expect(try registry.versions("m")?.unreadable == [])
    }

    @Test func isServedOnceAReleaseUnderstandsIt() throws {
        let file = ModelFile.bytes(of: try Example.model())
        try ChangedModelFile(file, requiring: "magic").store(in: folder.path, "m", 1)
        let old = try registry()
        #expect(throws: VersionError.self) { try old.entry("m") }
        // What a newer release reads is a readable file to this one.
        try FileManager.default.removeItem(atPath: path("m/1/model.safetensors"))
        try Data(file).write(to: URL(filePath: path("m/1/model.safetensors")))
        #expect(try registry().entry("m")?.version == 1)
    }

    @Test(arguments: [true, false]) func isDamagedIfAChecksumFails(inHeader: Bool) throws {
        let registry = try registry()
        _ = try registry.publish("m", Example.model())
        let file = ModelFile.bytes(of: try Example.model())
        let changed = try ChangedModelFile(file, "scaling", "standard", "quantile")
        try changed.store(in: folder.path, "m", 2)
        var bytes = changed.bytes
        let position = inHeader ? try ModelFile.headerSize(bytes) - 1 : bytes.count - 1
        bytes[position] ^= 1
        try Data(bytes).write(to: URL(filePath: path("m/2/model.safetensors")))
        #expect(try registry.description("m", .number(2)) == nil)
        #expect(try registry.versions("m")?.numbers == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: path(".damaged")).count == 1)
        #expect(!isThere(2))
    }

    @Test func aModelInAFolderThatIsReplacedIsReadAnew() throws {
        let registry = try registry()
        _ = try registry.publish("m", Example.model(seed: 1))
        _ = try registry.publish("n", Example.model(seed: 2))
        #expect(try registry.entry("m")?.trained.model.weights == Example.model(seed: 1).model.weights)
        try FileManager.default.removeItem(atPath: path("m"))
        try FileManager.default.copyItem(atPath: path("n"), toPath: path("m"))
        #expect(
            try registry.entry("m")?.trained.model.weights == Example.model(seed: 2).model.weights,
            "version 1 of another folder is another version 1")
    }
}
