import APITesting
import Foundation
import Glibc
import ModelFiles
import ModelStore
import NeuralNetwork
import Testing

/// What the registry has is on disk, and what is on disk it has.
@Suite struct RegistryTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ relative: String) -> String { "\(folder.path)/\(relative)" }

    @Test func whatIsPublishedIsThereAfterARestart() throws {
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

    @Test func aNumberIsNeverGivenTwice() throws {
        let registry = try Example.registry(folder.path)
        let model = try Example.model()
        for version in 1...3 { #expect(try registry.publish("m", model).version == version) }
        #expect(try registry.remove("m", version: 3))
        #expect(try registry.remove("m", version: 3) == false)
        #expect(try registry.entry("m")?.version == 2, "the one before is the latest again")
        #expect(try Example.registry(folder.path).publish("m", model).version == 4)
        #expect(try registry.remove("m"))
        #expect(try registry.versions("m") == nil)
        #expect(try registry.names(after: nil, limit: 10).names == [])
        #expect(try Example.registry(folder.path).publish("m", model).version == 5)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path("m")).sorted()
                == [".lock", "4.deleted", "5"])
    }

    @Test func twoServersSeeEachOther() throws {
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

    /// Many threads of two servers, and one name.
    @Test func versionsOfSeveralServersAreAllThere() throws {
        let registries = [try Example.registry(folder.path), try Example.registry(folder.path)]
        let model = try Example.model()
        let outcomes = (0..<8).map { thread in
            Future { try (0..<10).map { _ in try registries[thread % 2].publish("m", model).version } }
        }
        let numbers = try outcomes.flatMap { try $0.wait() }
        #expect(numbers.sorted() == Array(1...80))
        for registry in registries { #expect(try registry.versions("m")?.numbers == Array(1...80)) }
    }

    @Test func whatHasDiedLeavesNothing() throws {
        #expect(try Example.registry(folder.path).publish("m", Example.model()).version == 1)
        try FileManager.default.createDirectory(atPath: path("m/.new-1"), withIntermediateDirectories: true)
        try Data([1]).write(to: URL(filePath: path("m/.new-1/model.safetensors")))
        try Data([1]).write(to: URL(filePath: path("m/.new-2")))
        // What a server is about to write is left alone.
        try FileManager.default.createDirectory(atPath: path("m/.new-3"), withIntermediateDirectories: true)
        try Data([1]).write(to: URL(filePath: path("m/.new-3/model.safetensors")))
        let isLocked = try Files.withLock(path("m/.new-3/model.safetensors")) { () throws(FileError) in
            _ = try? Example.registry(folder.path)
        }
        #expect(isLocked)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path("m")).sorted() == [
                ".lock", ".new-3", "1",
            ])
    }

    @Test func whatIsDamagedIsSetAside() throws {
        let registry = try Example.registry(folder.path)
        for _ in 1...3 { _ = try registry.publish("m", Example.model()) }
        try Data("no model".utf8).write(to: URL(filePath: path("m/3/model.safetensors")))
        try FileManager.default.removeItem(atPath: path("m/1/model.safetensors"))
        let next = try Example.registry(folder.path)
        #expect(try next.entry("m")?.version == 2)
        #expect(try next.versions("m")?.numbers == [2])
        #expect(try FileManager.default.contentsOfDirectory(atPath: path(".damaged")).count == 1)
        #expect(try next.publish("m", Example.model()).version == 4, "its number is not given again")
        #expect(try Example.registry(folder.path).names(after: nil, limit: 9).names == ["m"])
    }

    @Test func strangeFilesHurtNobody() throws {
        let model = try Example.model()
        for name in ["hole", "pipe", "loop", "fine"] {
            _ = try Example.registry(folder.path).publish(name, model)
        }
        // A file that only claims to be large, a pipe that nobody writes to, a link to itself, a number at the end of all.
        #expect(truncate(path("hole/1/model.safetensors"), 1 << 40) == 0)
        for name in ["pipe", "loop"] {
            try FileManager.default.removeItem(atPath: path("\(name)/1/model.safetensors"))
        }
        #expect(mkfifo(path("pipe/1/model.safetensors"), 0o644) == 0)
        #expect(symlink("model.safetensors", path("loop/1/model.safetensors")) == 0)
        #expect(symlink("circle", path("circle")) == 0)
        try FileManager.default.createDirectory(
            atPath: path("fine/\(Int.max)"), withIntermediateDirectories: true)
        let registry = try Example.registry(folder.path)
        for name in ["hole", "pipe", "loop"] {
            #expect(try registry.description(name) == nil, "\(name)")
            #expect(try registry.entry(name) == nil, "\(name)")
            #expect(try registry.download(name, .latest) == nil, "\(name)")
        }
        #expect(try registry.names(after: nil, limit: 9).names == ["fine"])
        #expect(try registry.publish("fine", model).version == 2)
    }

    @Test func whatIsModelAgainIsSeenAgain() throws {
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

    @Test func aDownloadOutlivesItsVersion() throws {
        let registry = try Example.registry(folder.path)
        _ = try registry.publish("m", Example.model())
        let download = try #require(try registry.download("m", .latest))
        let before = try download.read(from: 0)
        #expect(try registry.remove("m"))
        #expect(try download.read(from: 0) == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path("m")).sorted() == [".lock", "1.deleted"])
        #expect(try Data(contentsOf: URL(filePath: path("m/1.deleted"))).isEmpty)
    }

    /// One that can't be moved is counted once, however often it is asked for.
    @Test func theCountDoesNotDrift() throws {
        let registry = try Example.registry(folder.path) { $0.modelVersions = 3 }
        try Data([1]).write(to: URL(filePath: path(".damaged")))
        _ = try registry.publish("m", Example.model())
        try Data([1]).write(to: URL(filePath: path("m/1/model.safetensors")))
        let fresh = try Example.registry(folder.path) { $0.modelVersions = 3 }
        for version in 2...9 {
            #expect(try fresh.entry("m") == nil)
            #expect(try fresh.publish("m", Example.model()).version == version)
            #expect(try fresh.remove("m", version: version))
        }
    }

    @Test func whatIsNoModelIsLeftAlone() throws {
        try Data([1]).write(to: URL(filePath: path("README")))
        try FileManager.default.createDirectory(atPath: path("lost+found"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: path("m/notes"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: path("m/7/model.safetensors"), withIntermediateDirectories: true)
        let registry = try Example.registry(folder.path)
        #expect(try registry.entry("m") == nil)
        #expect(try registry.publish("m", Example.model()).version == 8)
        #expect(try registry.names(after: nil, limit: 9).names == ["m"])
    }

    @Test func oldVersionsGo() throws {
        let registry = try Example.registry(folder.path) { $0.keptVersions = 2 }
        let model = try Example.model()
        for _ in 1...2 { _ = try registry.publish("m", model) }
        #expect(try registry.setAlias("stable", of: "m", to: 1))
        for _ in 3...5 { _ = try registry.publish("m", model) }
        #expect(try registry.versions("m")?.numbers == [1, 4, 5])
    }

    @Test func whatIsPublishedIsToldEvenIfOldVersionsStay() throws {
        let registry = try Example.registry(folder.path) { $0.keptVersions = 1 }
        _ = try registry.publish("m", Example.model())
        // In the way of the name that a deleted version's file gets.
        try FileManager.default.createDirectory(
            atPath: path("m/1.deleted/x"), withIntermediateDirectories: true)
        #expect(try registry.publish("m", Example.model()).version == 2)
        #expect(try registry.versions("m")?.numbers == [1, 2])
    }

    @Test func onlySoMuchIsKeptInMemory() throws {
        let model = try Example.model()
        let registry = try Example.registry(folder.path) { $0.loadedBytes = 3 * model.byteCount }
        for name in ["a", "b", "c", "d"] { _ = try registry.publish(name, model) }
        #expect(registry.loaded("a", .latest) == nil)
        #expect(registry.loaded("b", .latest) != nil)
        #expect(try registry.entry("a") != nil)
        #expect(registry.loaded("c", .latest) == nil, "it was not used for the longest time")
        #expect(registry.loaded("b", .latest) != nil)
        #expect(try registry.remove("b"))
        #expect(registry.loaded("b", .latest) == nil)
        #expect(try registry.entry("c") != nil)
        #expect(registry.loaded("a", .latest) != nil, "there was room again")
    }

    @Test func aFullRegistryRefuses() throws {
        let registry = try Example.registry(folder.path) { $0.modelVersions = 1 }
        _ = try registry.publish("m", Example.model())
        #expect(throws: RegistryError.full(1)) { try registry.publish("n", Example.model()) }
        #expect(try registry.remove("m"))
        #expect(try registry.publish("n", Example.model()).version == 1)
    }

    @Test func aFolderThatIsNoneIsRefused() throws {
        try Data([1]).write(to: URL(filePath: path("file")))
        #expect(throws: FileError.self) { try Example.registry(path("file")) }
        #expect(throws: FileError.self) { try Example.registry(path("a/b/c")) }
    }
}
