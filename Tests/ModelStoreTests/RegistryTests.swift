import APITesting
import Foundation
import Glibc
import ModelFiles
import ModelStore
import NeuralNetwork
import Testing

@Suite("A registry") struct RegistryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func path(_ relative: String) -> String { "\(folder.path)/\(relative)" }

    @Test func publishedVersionsSurviveARestart() throws {
        let model = try Example.model()
        let first = try Example.registry(folder.path)
        #expect(try first.publish("m", model).version == 1)
        #expect(try first.publish("m", Example.model(seed: 1)).version == 2)
        #expect(try first.publish("other", model).version == 1)
        let second = try Example.registry(folder.path)
        #expect(try second.versions("m")?.numbers == [1, 2])
        #expect(try second.names(after: nil, limit: 10).names == ["m", "other"])
        #expect(try second.names(after: "m", limit: 10).names == ["other"])
        #expect(try second.names(after: nil, limit: 1).isLast == false)
        #expect(try second.entry("m", .number(1))?.trained.model.weights == model.model.weights)
        #expect(try second.entry("m")?.version == 2)
        #expect(try second.entry("none") == nil)
        #expect(try second.description("m", .number(3)) == nil)
    }

    /// A client that has seen one version must not replace another one.
    @Test func aVersionIsPublishedOnlyIfItMayReplaceTheLatest() throws {
        let (first, second) = (try Example.registry(folder.path), try Example.registry(folder.path))
        let model = try Example.model()
        func digests(_ registry: ModelRegistry, isAllowed: Bool) throws -> String? {
            var digests: [String?] = []
            do throws(RegistryError) {
                _ = try registry.publish(
                    "m", model,
                    replacing: { digest in
                        digests.append(digest)
                        return isAllowed
                    })
                #expect(isAllowed)
            } catch {
                #expect(error == .cancelled && !isAllowed)
            }
            #expect(digests.count == 1)
            return digests.first ?? nil
        }
        #expect(try first.latestDigest(of: "m") == nil)
        #expect(try digests(first, isAllowed: true) == nil)
        #expect(try digests(second, isAllowed: false) == first.download("m", .number(1))?.digest)
        // The other server's version counts at once.
        #expect(try second.publish("m", Example.model(seed: 1)).version == 2)
        let latest = try first.download("m", .number(2))?.digest
        #expect(try digests(first, isAllowed: false) == latest)
        #expect(try first.latestDigest(of: "m") == latest)
        #expect(try first.versions("m")?.numbers == [1, 2])
        // A damaged version is not the latest.
        try Data("no model".utf8).write(to: URL(filePath: path("m/2/model.safetensors")))
        let next = try Example.registry(folder.path)
        #expect(try next.latestDigest(of: "m") == next.download("m", .number(1))?.digest)
    }

    @Test func versionNumbersAreNeverReused() throws {
        let registry = try Example.registry(folder.path)
        let model = try Example.model()
        for version in 1...3 { #expect(try registry.publish("m", model).version == version) }
        #expect(try registry.remove("m", version: 3))
        #expect(try registry.remove("m", version: 3) == false)
        #expect(try registry.entry("m")?.version == 2, "the version before is the latest again")
        #expect(try Example.registry(folder.path).publish("m", model).version == 4)
        #expect(try registry.remove("m"))
        #expect(try registry.versions("m") == nil)
        #expect(try registry.names(after: nil, limit: 10).names == [])
        #expect(try Example.registry(folder.path).publish("m", model).version == 5)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path("m")).sorted()
                == [".lock", "4.deleted", "5"])
    }

    @Test func twoServersSeeEachOthersChanges() throws {
        let (first, second) = (try Example.registry(folder.path), try Example.registry(folder.path))
        let model = try Example.model()
        #expect(try first.publish("m", model).version == 1)
        #expect(try second.entry("m")?.version == 1)
        #expect(try second.publish("m", model).version == 2)
        #expect(try first.entry("m")?.version == 2)
        #expect(try first.setAlias("stable", of: "m", to: 1))
        #expect(try second.entry("m", .alias("stable"))?.version == 1)
        #expect(try second.remove("m", version: 2))
        #expect(try first.entry("m")?.version == 1)
        #expect(try first.removeAlias("stable", of: "m"))
        #expect(try second.entry("m", .alias("stable")) == nil)
    }

    @Test func concurrentPublicationsOfTwoServersGetUniqueNumbers() throws {
        let registries = [try Example.registry(folder.path), try Example.registry(folder.path)]
        let model = try Example.model()
        let outcomes = (0..<8).map { thread in
            Future { try (0..<10).map { _ in try registries[thread % 2].publish("m", model).version } }
        }
        let numbers = try outcomes.flatMap { try $0.wait() }
        #expect(numbers.sorted() == Array(1...80))
        for registry in registries { #expect(try registry.versions("m")?.numbers == Array(1...80)) }
    }

    @Test func aModelThatIsPublishedAgainIsListedAgain() throws {
        let (first, second) = (try Example.registry(folder.path), try Example.registry(folder.path))
        let model = try Example.model()
        for version in 1...3 {
            #expect(try first.publish("m", model).version == version)
            #expect(try second.names(after: nil, limit: 9).names == ["m"])
            #expect(try first.remove("m"))
            #expect(try second.entry("m") == nil)
            #expect(try second.names(after: nil, limit: 9).names == [])
        }
    }

    @Test func aDownloadContinuesAfterItsVersionIsDeleted() throws {
        let registry = try Example.registry(folder.path)
        _ = try registry.publish("m", Example.model())
        let download = try #require(try registry.download("m", .latest))
        let before = try download.read(0..<download.length)
        #expect(before.count == download.length)
        #expect(try registry.remove("m"))
        #expect(try download.read(0..<download.length) == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path("m")).sorted() == [".lock", "1.deleted"])
        #expect(try Data(contentsOf: URL(filePath: path("m/1.deleted"))).isEmpty)
    }

    @Test func theOldestVersionsWithoutAliasAreDeleted() throws {
        let registry = try Example.registry(folder.path) { $0.maxVersionsPerModel = 2 }
        let model = try Example.model()
        for _ in 1...2 { _ = try registry.publish("m", model) }
        #expect(try registry.setAlias("stable", of: "m", to: 1))
        for _ in 3...5 { _ = try registry.publish("m", model) }
        #expect(try registry.versions("m")?.numbers == [1, 4, 5])
    }

    @Test func publishingSucceedsIfOldVersionsCannotBeDeleted() throws {
        let registry = try Example.registry(folder.path) { $0.maxVersionsPerModel = 1 }
        _ = try registry.publish("m", Example.model())
        // A folder has the name that the deleted version's file would get.
        try FileManager.default.createDirectory(
            atPath: path("m/1.deleted/x"), withIntermediateDirectories: true)
        #expect(try registry.publish("m", Example.model()).version == 2)
        #expect(try registry.versions("m")?.numbers == [1, 2])
    }

    @Test func theCacheKeepsTheVersionsUsedLast() throws {
        let model = try Example.model()
        let registry = try Example.registry(folder.path) { $0.maxLoadedBytes = 3 * model.byteCount }
        for name in ["a", "b", "c", "d"] { _ = try registry.publish(name, model) }
        #expect(registry.loaded("a", .latest) == nil)
        #expect(registry.loaded("b", .latest) != nil)
        #expect(try registry.entry("a") != nil)
        #expect(registry.loaded("c", .latest) == nil, "the least recently used version is removed")
        #expect(registry.loaded("b", .latest) != nil)
        #expect(try registry.remove("b"))
        #expect(registry.loaded("b", .latest) == nil)
        #expect(try registry.entry("c") != nil)
        #expect(registry.loaded("a", .latest) != nil, "a deleted version frees memory")
    }

    @Test func aFullRegistryRefusesNewVersions() throws {
        let registry = try Example.registry(folder.path) { $0.maxModelVersions = 1 }
        _ = try registry.publish("m", Example.model())
        #expect(throws: RegistryError.full(1)) { try registry.publish("n", Example.model()) }
        #expect(try registry.remove("m"))
        #expect(try registry.publish("n", Example.model()).version == 1)
    }

    @Test func aFileOrAMissingParentIsRefusedAsFolder() throws {
        try Data([1]).write(to: URL(filePath: path("file")))
        #expect(throws: FileError.self) { try Example.registry(path("file")) }
        #expect(throws: FileError.self) { try Example.registry(path("a/b/c")) }
    }
}
