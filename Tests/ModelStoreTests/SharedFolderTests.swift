import APITesting
import Foundation
import Glibc
import ModelFiles
import ModelStore
import NeuralNetwork
import Testing
import Training

/// Several servers use one folder, and other processes put files there.
@Suite("A shared folder") struct SharedFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ relative: String) -> String { "\(folder.path)/\(relative)" }

    /// Whether a condition holds within a second.
    private func holdsWithinASecond(_ body: () throws -> Bool) throws -> Bool {
        for _ in 0..<100 {
            if try body() { return true }
            usleep(10_000)
        }
        return false
    }

    /// The clock of a file server may be late or stand still.
    @Test func modificationTimesAreNotComparedWithTheLocalClock() throws {
        let (first, second) = (try Example.registry(folder.path), try Example.registry(folder.path))
        let model = try Example.model()
        for version in 1...3 {
            _ = try first.publish("m", model)
            var times = [
                timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 0),
            ]
            #expect(utimensat(AT_FDCWD, path("m"), &times, 0) == 0)
            #expect(
                try holdsWithinASecond { try second.versions("m")?.numbers == Array(1...version) },
                "version \(version)")
        }
    }

    /// Another server may hold the lock for long: one that is suspended, or on a machine that is gone.
    @Test func waitingForTheLockDoesNotBlockReaders() throws {
        let (first, second) = (try Example.registry(folder.path), try Example.registry(folder.path))
        let model = try Example.model()
        _ = try first.publish("m", model)
        var publishing: Future<Int>?
        let isLocked = try Files.withLock(path("m/.lock")) { () throws(FileError) in
            publishing = Future { try first.publish("m", model).version }
            usleep(100_000)
            #expect((try? second.publish("n", model).version) == 1)
            let clock = ContinuousClock()
            let start = clock.now
            #expect((try? first.versions("n")?.numbers) == [1])
            #expect((try? first.entry("m")?.version) == 1)
            #expect(clock.now - start < .seconds(1))
            let error = #expect(throws: FileError.self) { try first.setAlias("stable", of: "m", to: 1) }
            #expect(error?.isBusy == true, "setting an alias fails after the timeout")
        }
        #expect(isLocked)
        #expect(try publishing?.wait() == 2)
        #expect(try first.setAlias("stable", of: "m", to: 1))
    }

    /// Several threads of each server publish, set aliases and delete.
    @Test func threeServersAgreeAfterConcurrentChanges() throws {
        let registries = try (0..<3).map { _ in try Example.registry(folder.path) }
        let model = try Example.model()
        let outcomes = (0..<6).map { thread in
            Future {
                let registry = registries[thread % 3]
                return try (0..<10).map { round in
                    let version = try registry.publish("m", model).version
                    _ = try registry.setAlias("a\(thread)", of: "m", to: version)
                    if round % 3 == 0 { _ = try registry.remove("m", version: version - 1) }
                    return version
                }
            }
        }
        let numbers = try outcomes.flatMap { try $0.wait() }
        #expect(numbers.sorted() == Array(1...60), "each number is assigned once")
        let first = try #require(try registries[0].versions("m"))
        for registry in registries {
            let versions = try #require(try registry.versions("m"))
            #expect(versions == first)
            #expect(versions.aliases.count == 6)
            for version in versions.aliases.values { #expect(versions.numbers.contains(version)) }
        }
    }

    @Test func changesOfOtherServersAreCounted() throws {
        let (first, second) = (try Example.registry(folder.path), try Example.registry(folder.path))
        let model = try Example.model()
        for name in ["m", "m", "n"] { _ = try first.publish(name, model) }
        second.rescan()
        #expect(second.counts.models == 2)
        #expect(second.counts.versions == 3)
        #expect(try first.remove("m"))
        #expect(
            try holdsWithinASecond {
                second.rescan()
                return second.counts.models == 1
            })
        #expect(!second.contains("m", version: 1))
    }

    @Test func aRequestThatReachesTwoServersMakesOneVersion() throws {
        let registries = [try Example.registry(folder.path), try Example.registry(folder.path)]
        func model(_ request: String) throws -> TrainedModel {
            var specification = Example.specification()
            specification.request = request
            return try Example.train(specification)
        }
        for (round, request) in ["a", "b"].enumerated() {
            let outcomes = registries.map { registry in
                let model = Result { try model(request) }
                return Future { try registry.publish("m", model.get()).version }
            }
            #expect(try outcomes.map { try $0.wait() } == [round + 1, round + 1])
        }
        #expect(try registries[0].version(of: "m", fingerprint: "a")?.version == 1)
        #expect(try registries[0].version(of: "n", fingerprint: "a") == nil)
        #expect(try registries[1].versions("m")?.numbers == [1, 2])
        let left = try FileManager.default.contentsOfDirectory(atPath: path("m")).sorted()
        #expect(left == [".lock", "1", "2"], "the second publication leaves no files")
        #expect(try registries[1].remove("m", version: 1))
        #expect(try registries[0].publish("m", model("a")).version == 3, "a deleted version is made again")
    }

    // MARK: Copies

    /// A copy that is taken while a folder changes may have an alias of a version that it lacks.
    @Test func anAliasWithoutItsVersionDoesNotPointToALaterTraining() throws {
        let model = try Example.model()
        _ = try Example.registry(folder.path).publish("m", model)
        try Data("2\n".utf8).write(to: URL(filePath: path("m/@stable")))
        let registry = try Example.registry(folder.path)
        #expect(try registry.entry("m", .alias("stable")) == nil)
        #expect(try registry.publish("m", model).version == 3, "2 may be another version elsewhere")
        #expect(try registry.entry("m", .alias("stable")) == nil)
        #expect(try registry.setAlias("stable", of: "m", to: 3))
        #expect(try registry.entry("m", .alias("stable"))?.version == 3)
    }

    @Test func deletingAModelDeletesAliasesWithoutAVersion() throws {
        let registry = try Example.registry(folder.path)
        _ = try registry.publish("m", Example.model())
        try Data("2\n".utf8).write(to: URL(filePath: path("m/@stable")))
        #expect(try registry.remove("m"))
        let left = try FileManager.default.contentsOfDirectory(atPath: path("m")).sorted()
        #expect(left == [".lock", "1.deleted"])
    }

    // MARK: Read-only

    @Test func aReadOnlyRegistryNeverChangesTheFolder() throws {
        let writer = try Example.registry(folder.path)
        let model = try Example.model()
        for _ in 1...2 { _ = try writer.publish("m", model) }
        try FileManager.default.createDirectory(atPath: path("m/.new-1"), withIntermediateDirectories: true)
        try Data("no model".utf8).write(to: URL(filePath: path("m/2/model.safetensors")))
        let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        let reader = try Example.registry(folder.path, isReadOnly: true)
        #expect(try reader.entry("m")?.version == 1, "a damaged version is not served")
        #expect(try reader.versions("m")?.numbers == [1])
        #expect(throws: RegistryError.self) { try reader.publish("m", model) }
        #expect(throws: FileError.self) { try reader.setAlias("stable", of: "m", to: 1) }
        #expect(throws: FileError.self) { try reader.remove("m") }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
        #expect(throws: FileError.self) { try Example.registry(path("none"), isReadOnly: true) }
    }

    /// A copied file grows without a change to the model's folder.
    @Test func aVersionThatIsCopiedIsServedOnceItIsComplete() throws {
        _ = try Example.registry(folder.path).publish("m", Example.model())
        let file = try Data(contentsOf: URL(filePath: path("m/1/model.safetensors")))
        let reader = try Example.registry(folder.path, isReadOnly: true)
        func version() throws -> Int? {
            usleep(100_000)
            return try reader.entry("m")?.version
        }
        #expect(try version() == 1)
        try FileManager.default.createDirectory(atPath: path("m/2"), withIntermediateDirectories: true)
        #expect(try (version(), version()) == (1, 1))
        for count in [0, 8, file.count / 2, file.count - 1] {
            let handle = try FileHandle(forWritingTo: Self.existing(path("m/2/model.safetensors")))
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: file.prefix(count))
            try handle.close()
            #expect(try (version(), version()) == (1, 1), "\(count) of \(file.count) bytes")
        }
        try file.write(to: URL(filePath: path("m/2/model.safetensors")))
        #expect(try holdsWithinASecond { try reader.entry("m")?.version == 2 })
        #expect(try reader.versions("m")?.numbers == [1, 2])
    }

    private static func existing(_ path: String) throws -> URL {
        let url = URL(filePath: path)
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: url) }
        return url
    }
}
