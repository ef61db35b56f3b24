import APITesting
import Foundation
import Glibc
import ModelStore
import Testing

@Suite("A data folder") struct DataFolderTests {
    private let temporary: TemporaryFolder
    private let folder: DataFolder
    private var root: String { temporary.path + "/data" }

    init() throws {
        temporary = try TemporaryFolder()
        let root = temporary.path + "/data"
        try FileManager.default.createDirectory(atPath: root + "/deep/er", withIntermediateDirectories: true)
        for name in ["a.csv", "b.csv", ".hidden.csv", "deep/er/c.csv", "notes.txt", "../secret.csv"] {
            try Data(name.utf8).write(to: URL(fileURLWithPath: "\(root)/\(name)"))
        }
        folder = try DataFolder(root)
    }

    private func text(_ names: [String], limit: Int = 100) throws -> String {
        String(decoding: try folder.file(names, limit: limit), as: UTF8.self)
    }

    private func refusal(_ names: [String], limit: Int = 100) -> DataFolder.Refusal? {
        do throws(DataFolder.Refusal) {
            _ = try folder.file(names, limit: limit)
            return nil
        } catch {
            return error
        }
    }

    @Test func regularFilesAreReadAndMissingOnesRefused() throws {
        #expect(try text(["a.csv"]) == "a.csv")
        #expect(try text(["deep", "er", "c.csv"]) == "deep/er/c.csv")
        #expect(refusal(["none.csv"]) == .missing)
        #expect(refusal(["none", "a.csv"]) == .missing)
        #expect(refusal([String(repeating: "x", count: 5000)]) == .missing)
    }

    @Test(
        arguments: [
            [], [""], ["."], [".."], ["..", "secret.csv"], ["deep", "..", "..", "secret.csv"],
            ["../secret.csv"],
            ["/etc/passwd"], ["deep/er"], ["a.csv\0"], ["", "a.csv"], ["deep", "", "er", "c.csv"],
        ])
    func pathsThatLeaveTheFolderAreRefused(_ names: [String]) {
        #expect(refusal(names) == .outside)
    }

    @Test func symbolicLinksAreNotFollowed() throws {
        for (link, target) in [
            ("out.csv", "../secret.csv"), ("absolute.csv", "/etc/passwd"), ("in.csv", "a.csv"), ("up", ".."),
            ("deep/loop", "loop"), ("folder", "deep"),
        ] { #expect(symlink(target, "\(root)/\(link)") == 0) }
        for name in ["out.csv", "absolute.csv", "in.csv"] { #expect(refusal([name]) == .outside) }
        #expect(refusal(["deep", "loop"]) == .outside)
        for names in [["up", "secret.csv"], ["folder", "er", "c.csv"]] {
            #expect(refusal(names) == .otherKind)
        }
        #expect(throws: DataFolder.Refusal.self) { try folder.names(in: ["up"], suffix: ".csv", limit: 9) }
    }

    @Test func onlyRegularFilesAreRead() throws {
        // Opening a pipe without a writer blocks unless O_NONBLOCK is set.
        #expect(mkfifo(root + "/pipe.csv", 0o600) == 0)
        #expect(refusal(["pipe.csv"]) == .otherKind)
        #expect(refusal(["deep"]) == .otherKind)
        #expect(refusal(["a.csv", "b.csv"]) == .otherKind)
        #expect(throws: DataFolder.Refusal.otherKind) {
            try folder.names(in: ["a.csv"], suffix: "", limit: 9)
        }
    }

    @Test func filesAboveTheLimitAreRefused() throws {
        #expect(try text(["a.csv"], limit: 5) == "a.csv")
        #expect(refusal(["a.csv"], limit: 4) == .tooLarge)
    }

    @Test func listingsAreSortedAndLimited() throws {
        let inner = try DataFolder(temporary.path)
        #expect(try inner.names(in: ["data"], suffix: ".csv", limit: 2) == ["a.csv", "b.csv"])
        #expect(throws: DataFolder.Refusal.tooMany) {
            try inner.names(in: ["data"], suffix: ".csv", limit: 1)
        }
        #expect(throws: DataFolder.Refusal.missing) {
            try inner.names(in: ["none"], suffix: ".csv", limit: 1)
        }
    }

    @Test func aMissingFolderOrAFileIsRefused() {
        #expect(throws: FileError.self) { try DataFolder("/no/such/folder") }
        #expect(throws: FileError.self) { try DataFolder(root + "/a.csv") }
    }
}
