import Dispatch
import HTTP1
import Logging
import ModelFiles
import ModelStore

extension Service {
    /// Models that are taken away and brought in, as files.
    static let modelFileRoutes: [Route] = [
        Route(
            .get, "/models/{model}/model.safetensors", scope: .read, lane: .compute, produces: [.file]
        ) { (service, call) throws(Problem) in try service.file(call, .latest) },
        Route(
            .get, "/models/{model}/versions/{version}/model.safetensors", scope: .read, lane: .compute,
            produces: [.file]
        ) { (service, call) throws(Problem) in try service.file(call, call.version()) },
        Route(
            .put, "/models/{model}/model.safetensors", scope: .train, stores: true, lane: .compute,
            takes: .file
        ) {
            (service, call) throws(Problem) in
            try service.bringIn(call)
        },
        Route(.get, "/models/{model}/model.onnx", scope: .read, lane: .compute, produces: [.file]) {
            (service, call) throws(Problem) in try service.onnx(call, .latest)
        },
        Route(
            .get, "/models/{model}/versions/{version}/model.onnx", scope: .read, lane: .compute,
            produces: [.file]
        ) { (service, call) throws(Problem) in try service.onnx(call, call.version()) },
    ]

    private func file(_ call: Call, _ version: VersionReference) throws(Problem) -> Response {
        let name = try call.modelName()
        let download = try onDisk { (registry) throws(FileError) in try registry.download(name, version) }
        guard let download else { throw .unknownModel(name, version) }
        return Response(
            status: .ok, fields: Self.fields("\(name)-\(download.version).safetensors", download.digest),
            body: .stream { FileStream(download, to: $0).next() })
    }

    private func onnx(_ call: Call, _ version: VersionReference) throws(Problem) -> Response {
        let entry = try entry(try call.modelName(), version)
        guard let file = ONNXFile(entry.trained, limit: limits.onnxBytes) else {
            throw .tooLargeForONNX(entry.name, limit: limits.onnxBytes)
        }
        return Response(
            status: .ok, fields: Self.fields("\(entry.name)-\(entry.version).onnx", file.digest),
            body: .bytes(file.bytes))
    }

    /// Header fields of a file.
    private static func fields(_ name: String, _ digest: String) -> [(name: String, value: String)] {
        [
            (name: "Content-Type", value: MediaType.file.rawValue),
            (name: "Content-Disposition", value: "attachment; filename=\"\(name)\""),
            (name: "ETag", value: "\"\(digest.prefix(32))\""),
        ]
    }

    private func bringIn(_ call: Call) throws(Problem) -> Response {
        let name = try call.modelName()
        let trained: TrainedModel
        do throws(ModelFileError) {
            trained = try registry.read(call.request.body)
        } catch {
            throw .invalidModelFile(error)
        }
        let version: ModelRegistry.Description
        do throws(RegistryError) {
            version = try registry.publish(name, trained)
        } catch {
            logger.error(
                "can't publish what was brought in", metadata: ["model": "\(name)", "reason": "\(error)"])
            throw Problem(error)
        }
        logger.info("brought in", metadata: ["model": "\(name)", "version": "\(version.version)"])
        let location = "/models/\(name)/versions/\(version.version)"
        return .json(.created, fields: [(name: "Location", value: location)]) { $0.members(of: version) }
    }
}

/// A file on its way to a client, read as fast as that reads.
private final class FileStream: Sendable {
    private static let queue = DispatchQueue(label: "reprise.files")
    private let download: ModelDownload
    private let writer: BodyWriter

    init(_ download: ModelDownload, to writer: BodyWriter) {
        self.download = download
        self.writer = writer
    }

    /// Sends what follows a position.
    func next(from position: Int = 0) {
        Self.queue.async { [self] in
            guard writer.isOpen else { return }
            guard let bytes = try? download.read(from: position) else { return writer.abort() }
            guard !bytes.isEmpty else { return writer.finish() }
            writer.write(bytes)
            writer.onReady { self.next(from: position + bytes.count) }
        }
    }
}
