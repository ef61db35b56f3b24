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
                    .get, path + "/model.safetensors", scope: .read, query: [], produces: [.file],
                    .onQueue { (call) throws(Problem) in try safetensors(call) }),
                Route(
                    .get, path + "/model.onnx", scope: .read, query: [], produces: [.file],
                    .onQueue { (call) throws(Problem) in try onnx(call) }),
            ]
        } + [
            Route(
                .put, "/models/{model}/model.safetensors", scope: .train, mutatesModels: true,
                storesVersions: true, accepts: .file, query: [],
                .onUpload { (call, file) throws(Problem) in try upload(file, for: call) })
        ]
    }

    private func safetensors(_ call: Call) throws(Problem) -> Response {
        let (model, version) = (try call.model(), try call.version())
        let download = try models.download(model, version)
        return try Self.file(
            "\(model.name)-\(download.version).safetensors", download.digest, length: download.length,
            to: call
        ) { bytes in
            .stream(length: bytes.count) { FileStream(download, to: $0).send(bytes) }
        }
    }

    private func onnx(_ call: Call) throws(Problem) -> Response {
        let entry = try models.entry(try call.model(), try call.version())
        guard let file = ONNXFile(entry.trained, limit: limits.maxONNXBytes) else {
            throw .tooLargeForONNX(entry.name, limit: limits.maxONNXBytes)
        }
        return try Self.file(
            "\(entry.name)-\(entry.version).onnx", file.digest, length: file.bytes.count, to: call
        ) { bytes in
            .bytes(bytes.count == file.bytes.count ? file.bytes : Array(file.bytes[bytes]))
        }
    }

    /// The response with a file: whole, a part of it, or 304.
    /// - Parameters:
    ///   - digest: identifies the content, in hexadecimal.
    ///   - content: returns the bytes of a range.
    private static func file(
        _ name: String, _ digest: String, length: Int, to call: Call, _ content: (Range<Int>) -> ResponseBody
    ) throws(Problem) -> Response {
        let tag = EntityTag(fileDigest: digest)
        let (status, range): (Status, Range<Int>)
        var fields = [(name: "ETag", value: tag.text), (name: "Accept-Ranges", value: "bytes")]
        switch try Selection(of: tag, length: length, for: call.request.head) {
        case .notModified: return Response(status: .notModified, fields: fields)
        case .whole: (status, range) = (.ok, 0..<length)
        case .part(let bytes):
            (status, range) = (.partialContent, bytes)
            fields.append(
                (name: "Content-Range", value: "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(length)"))
        }
        fields += [
            (name: "Content-Type", value: MediaType.file.rawValue),
            (name: "Content-Disposition", value: "attachment; filename=\"\(name)\""),
        ]
        return Response(status: status, fields: fields, body: content(range))
    }

    private func upload(_ file: ModelUpload, for call: Call) throws(Problem) -> Response {
        let name = try call.model().name
        let trained = try models.uploading { (registry) throws(UploadError) in try registry.read(file) }
        let version: ModelRegistry.Description
        let conditions = call.preconditions
        var failure: Problem?
        do throws(RegistryError) {
            // The conditions were true when the body arrived. Other requests may have changed the model.
            version = try models.registry.publish(
                name, trained,
                replacing: conditions.isEmpty
                    ? nil
                    : { digest in
                        failure = conditions.failure(ofFile: digest)
                        return failure == nil
                    })
        } catch {
            if let failure { throw failure }
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
