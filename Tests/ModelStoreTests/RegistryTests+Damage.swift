import APITesting
import Foundation
import Glibc
import ModelStore
import Testing

/// Leftovers, damaged versions, and files that are not models.
extension RegistryTests {
    @Test func leftoversOfDeadProcessesAreRemovedAtTheStart() throws {
        #expect(try Example.registry(folder.path).publish("m", Example.model()).version == 1)
        try FileManager.default.createDirectory(atPath: path("m/.new-1"), withIntermediateDirectories: true)
        try Data([1]).write(to: URL(filePath: path("m/.new-1/model.safetensors")))
        try Data([1]).write(to: URL(filePath: path("m/.new-2")))
        // A live server holds the lock of the file that it writes.
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

    @Test func damagedVersionsAreQuarantined() throws {
        let registry = try Example.registry(folder.path)
        for _ in 1...3 { _ = try registry.publish("m", Example.model()) }
        try Data("no model".utf8).write(to: URL(filePath: path("m/3/model.safetensors")))
        try FileManager.default.removeItem(atPath: path("m/1/model.safetensors"))
        let next = try Example.registry(folder.path)
        #expect(try next.entry("m")?.version == 2)
        #expect(try next.versions("m")?.numbers == [2])
        #expect(try FileManager.default.contentsOfDirectory(atPath: path(".damaged")).count == 1)
        #expect(
            try next.publish("m", Example.model()).version == 4,
            "the number of a damaged version is not reused")
        #expect(try Example.registry(folder.path).names(after: nil, limit: 9).names == ["m"])
    }

    @Test func filesThatAreNotModelsAreNeitherServedNorInTheWay() throws {
        let model = try Example.model()
        for name in ["hole", "pipe", "loop", "fine"] {
            _ = try Example.registry(folder.path).publish(name, model)
        }
        // A file with a hole of 1 TiB, a pipe without a writer, a link to itself, a version number of
        // Int.max.
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

    @Test func aDamagedVersionThatCannotBeMovedDoesNotChangeTheCount() throws {
        let registry = try Example.registry(folder.path) { $0.maxModelVersions = 3 }
        try Data([1]).write(to: URL(filePath: path(".damaged")))
        _ = try registry.publish("m", Example.model())
        try Data([1]).write(to: URL(filePath: path("m/1/model.safetensors")))
        let fresh = try Example.registry(folder.path) { $0.maxModelVersions = 3 }
        for version in 2...9 {
            #expect(try fresh.entry("m") == nil)
            #expect(try fresh.publish("m", Example.model()).version == version)
            #expect(try fresh.remove("m", version: version))
        }
    }

    @Test func entriesThatAreNotModelsAreKept() throws {
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
}
