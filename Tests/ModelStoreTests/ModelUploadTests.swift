import APITesting
import Foundation
import Glibc
import ModelFiles
import ModelFormats
import ModelStore
import NeuralNetwork
import Testing

/// Files of models that arrive in pieces.
@Suite struct ModelUploadTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Names in the folder, or in one of a model; none if there is no such folder.
    private func names(_ model: String = "") -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(model)"))?.sorted() ?? []
    }

    private func upload(
        _ file: [UInt8], pieces size: Int, to registry: ModelRegistry
    ) throws(UploadError) -> ModelUpload {
        let upload = try registry.beginUpload(of: "m")
        for start in stride(from: 0, to: file.count, by: size) {
            try upload.append(Array(file[start..<min(start + size, file.count)]))
        }
        return upload
    }

    @Test func aFileThatArrivesInPiecesIsTheModel() throws {
        let registry = try Example.registry(folder.path)
        let file = ModelFile.bytes(of: try Example.model())
        for size in [1, 1000, file.count] {
            let upload = try upload(file, pieces: size, to: registry)
            #expect(names("m").count == 1 && names("m")[0].hasPrefix(".new-"))
            #expect(ModelFile.bytes(of: try registry.read(upload)) == file)
            #expect(names() == [], "the file is removed as soon as it is read")
        }
    }

    /// The tensors of a network that are larger than a piece, with one type in the file.
    @Test(arguments: ["F32", "F64", "F16", "BF16"])
    func largeTensorsOfEveryTypeAreRead(type: String) throws {
        let network = try Sequential(.stacked(units: [200]), timesteps: 2, features: 2)
        // Multiples of 1/8 below 8 are exact in every type.
        let values = (0..<network.parameterCount).map { Float($0 % 64) / 8 }
        var entries: [String] = []
        var data: [UInt8] = []
        for parameter in network.parameters.reversed() {
            let start = data.count
            for value in values[parameter.range] {
                switch type {
                case "F32": withUnsafeBytes(of: value) { data += $0 }
                case "F64": withUnsafeBytes(of: Double(value)) { data += $0 }
                case "F16": withUnsafeBytes(of: Float16(value)) { data += $0 }
                default: withUnsafeBytes(of: UInt16(value.bitPattern >> 16)) { data += $0 }
                }
            }
            entries.append(
                "\"\(parameter.name)\":{\"dtype\":\"\(type)\",\"shape\":\(parameter.shape),"
                    + "\"data_offsets\":[\(start),\(data.count)]}")
        }
        entries.append(
            #""__metadata__":{"timesteps":"2","features":"2","#
                + #""architecture":"{\"architecture\":\"stacked\",\"units\":[200]}"}"#)
        let header = Array("{\(entries.joined(separator: ","))}".utf8)
        let file = withUnsafeBytes(of: UInt64(header.count)) { Array($0) } + header + data
        let registry = try Example.registry(folder.path)
        #expect(data.count > 900_000)
        let read = try registry.read(upload(file, pieces: 100_003, to: registry))
        #expect(read.model.weights.values == values)
        #expect(try ModelFile.model(file, from: .upload).model.weights == read.model.weights)
    }

    @Test func invalidFilesAreReportedAndRemoved() throws {
        let registry = try Example.registry(folder.path)
        let good = ModelFile.bytes(of: try Example.model())
        var flipped = good
        flipped[good.count - 1] ^= 1
        for (file, detail) in [
            ([], "0 bytes"), (Array(good.prefix(5)), "5 bytes"), (Array(good.prefix(500)), "cut off"),
            (Array(good.dropLast()), "data end"), (good + [0], "nothing may follow"), (flipped, "checksum"),
        ] {
            let upload = try upload(file, pieces: 300, to: registry)
            let error = #expect(throws: UploadError.self) { try registry.read(upload) }
            let reason = try #require(error?.invalid)
            #expect(reason.description.contains(detail), "\(reason)")
            #expect(names() == [])
        }
    }

    @Test func whatANewerReleaseHasWrittenIsKeptOrReportedAsNewer() throws {
        let registry = try Example.registry(folder.path)
        let file = ModelFile.bytes(of: try Example.model())
        let kept = try ChangedModelFile(file) { $0.append(("later", "{\"x\": 1}")) }
        let read = try registry.read(upload(kept.bytes, pieces: 300, to: registry))
        let stored = try SafeTensors.read(ModelFile.bytes(of: read)).header
        #expect(stored["later"] == "{\"x\": 1}")
        for (changed, detail) in [
            (try ChangedModelFile(file, requiring: "magic"), "magic"),
            (try ChangedModelFile(file, "scaling", "standard", "quantile"), "quantile"),
        ] {
            let upload = try upload(changed.bytes, pieces: 300, to: registry)
            let reason = try #require(
                #expect(throws: UploadError.self) { try registry.read(upload) }?.invalid)
            #expect(reason.isNewer && reason.description.contains(detail), "\(reason)")
            #expect(names() == [])
        }
    }

    @Test func aModelBeyondTheLimitIsRefused() throws {
        let registry = try Example.registry(folder.path) { $0.maxParameters = 10 }
        let upload = try upload(ModelFile.bytes(of: try Example.model()), pieces: 4096, to: registry)
        let error = #expect(throws: UploadError.self) { try registry.read(upload) }
        let reason = try #require(error?.invalid)
        #expect(reason.description.contains("this server allows 10"))
    }

    @Test func aFileOfTheMaximumSizeIsAcceptedAndALongerOneIsNot() throws {
        let registry = try Example.registry(folder.path) { $0.maxParameters = 3 }
        let upload = try registry.beginUpload(of: "m")
        #expect(registry.limits.maxModelFileBytes == (16 << 20) + 8 + 3 * 8)
        for _ in 0..<16 { try upload.append([UInt8](repeating: 0, count: 1 << 20)) }
        try upload.append([UInt8](repeating: 0, count: 32))
        #expect(throws: UploadError.tooLarge) { try upload.append([0]) }
    }

    @Test func allUploadsTogetherAreBounded() throws {
        let registry = try Example.registry(folder.path) {
            $0.maxParameters = 1
            $0.maxQueuedBytes = 1
        }
        let half = [UInt8](repeating: 0, count: 16 << 20)
        var uploads = try (0..<2).map { _ in try registry.beginUpload(of: "m") }
        for upload in uploads { try upload.append(half) }
        let third = try registry.beginUpload(of: "m")
        #expect(throws: UploadError.busy) { try third.append(half) }
        third.remove()
        #expect(names("m").count == 2)
        // Space that is released can be used again, once.
        uploads.removeFirst()
        #expect(names("m").count == 1)
        let fourth = try registry.beginUpload(of: "m")
        try fourth.append(half)
        let fifth = try registry.beginUpload(of: "other")
        #expect(throws: UploadError.busy) { try fifth.append(half) }
        uploads = []
        fourth.remove()
        fifth.remove()
        #expect(names() == [])
    }

    @Test func aServerThatStartsRemovesUploadsOfDeadProcessesOnly() throws {
        let registry = try Example.registry(folder.path)
        let upload = try registry.beginUpload(of: "m")
        try upload.append([1])
        #expect(FileManager.default.createFile(atPath: "\(folder.path)/m/.new-dead", contents: Data([1])))
        _ = try Example.registry(folder.path)
        #expect(names("m").count == 1 && names("m") != [".new-dead"])
        upload.remove()
        #expect(names() == [])
    }

    @Test func aModelThatIsPublishedDuringAnUploadStays() throws {
        let registry = try Example.registry(folder.path)
        let upload = try registry.beginUpload(of: "m")
        #expect(try registry.publish("m", Example.model()).version == 1)
        upload.remove()
        #expect(names("m") == [".lock", "1"])
        #expect(try Example.registry(folder.path).entry("m")?.version == 1)
    }

    @Test func aReadOnlyRegistryTakesNoUploads() throws {
        _ = try Example.registry(folder.path)
        let registry = try Example.registry(folder.path, isReadOnly: true)
        let error = #expect(throws: UploadError.self) { try registry.beginUpload(of: "m") }
        guard case .disk(let reason) = error else { throw HarnessError("\(String(describing: error))") }
        #expect(reason.code == EROFS)
    }
}

extension UploadError {
    /// The reason that the file is not a valid model; nil for other errors.
    fileprivate var invalid: ModelFileError? { if case .invalid(let error) = self { error } else { nil } }
}
