import HTTP1
import Logging
import ModelFiles
import ModelStore

/// Download and upload of models as files.
struct ModelFileRoutes: RouteGroup {
    private let models: ModelLookup
    private let limits: RuntimeLimits
    private let logger: Logger

    init(_ core: ServingCore) {
        models = core.models
        limits = core.limits
        logger = core.logger
    }

    var routes: [Route] {
        ["/models/{model}", "/models/{model}/versions/{version}"].flatMap { path in
            [
                Route(
                    .get, path + "/model.safetensors", scope: .read, produces: [.file],
                    .onQueue { (call) throws(Problem) in try safetensors(call) }),
                Route(
                    .get, path + "/model.onnx", scope: .read, produces: [.file],
                    .onQueue { (call) throws(Problem) in try onnx(call) }),
            ]
        } + [
            Route(
                .put, "/models/{model}/model.safetensors", scope: .train, mutatesModels: true,
                accepts: .file, .onUpload { (call, file) throws(Problem) in try upload(file, for: call) })
        ]
    }

    private func safetensors(_ call: Call) throws(Problem) -> Response {
        let (name, version) = (try call.modelName(), try call.version())
        let download = try models.onDisk { (registry) throws(FileError) in
            try registry.download(name, version)
        }
        guard let download else { throw .unknownModel(name, version) }
        return Response(
            status: .ok, fields: Self.fields("\(name)-\(download.version).safetensors", download.digest),
            body: .stream { FileStream(download, to: $0).send() })
    }

    private func onnx(_ call: Call) throws(Problem) -> Response {
        let entry = try models.entry(try call.modelName(), try call.version())
        guard let file = ONNXFile(entry.trained, limit: limits.maxONNXBytes) else {
            throw .tooLargeForONNX(entry.name, limit: limits.maxONNXBytes)
        }
        return Response(
            status: .ok, fields: Self.fields("\(entry.name)-\(entry.version).onnx", file.digest),
            body: .bytes(file.bytes))
    }

    /// The header fields of a file.
    private static func fields(_ name: String, _ digest: String) -> [(name: String, value: String)] {
        [
            (name: "Content-Type", value: MediaType.file.rawValue),
            (name: "Content-Disposition", value: "attachment; filename=\"\(name)\""),
            (name: "ETag", value: "\"\(digest.prefix(32))\""),
        ]
    }

    private func upload(_ file: ModelUpload, for call: Call) throws(Problem) -> Response {
        let name = try call.modelName()
        let trained = try models.uploading { (registry) throws(UploadError) in try registry.read(file) }
        let version: ModelRegistry.Description
        do throws(RegistryError) {
            version = try models.registry.publish(name, trained)
        } catch {
            logger.error(
                "cannot publish an uploaded model",
                metadata: ["model": "\(name)", "reason": "\(error)"])
            throw Problem(error)
        }
        logger.info("model uploaded", metadata: ["model": "\(name)", "version": "\(version.version)"])
        let location = "/models/\(name)/versions/\(version.version)"
        return .json(.created, fields: [(name: "Location", value: location)]) { $0.members(of: version) }
    }
}
