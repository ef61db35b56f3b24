import DataFormats
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries

extension Problem {
    /// 400: something outside the body is malformed.
    package static func badRequest(_ detail: String) -> Problem {
        Problem(.badRequest, detail)
    }

    /// 401, with the challenge that RFC 9110, 15.5.2 requires.
    package static func unauthorized(_ detail: String, _ challenge: String) -> Problem {
        Problem(
            .unauthorized, detail, fields: [(name: "WWW-Authenticate", value: challenge)])
    }

    /// 403, with the challenge of RFC 6750, 3.
    package static func forbidden(_ detail: String, _ challenge: String) -> Problem {
        Problem(.forbidden, detail, fields: [(name: "WWW-Authenticate", value: challenge)])
    }

    /// 400 for malformed JSON, 422 for JSON with an invalid member.
    package init(_ error: JSONError) {
        switch error.kind {
        case .malformed: self.init(.malformedJSON, error.detail, pointer: error.pointer)
        case .invalid: self = .invalid(at: error.pointer, error.detail)
        }
    }

    /// 422: the body is well-formed but invalid.
    package static func invalid(at pointer: String?, _ detail: String) -> Problem {
        Problem(.invalidRequest, detail, pointer: pointer)
    }

    /// 422 for a table that cannot be used, 415 for bytes in another format than a table's.
    package init(_ error: TableError) {
        let place = TablePlace(
            line: error.line, row: error.line == nil ? error.row : nil, column: error.column)
        switch error.kind {
        case .content: self.init(.invalidRequest, "\(error)", place: place, remedies: error.remedies)
        case .format, .gzip:
            self.init(.unsupportedMediaType, "\(error)", place: place, remedies: error.remedies)
        }
    }

    /// 422: a strict request whose data or model have warnings of the level `error`.
    static func warned(_ warnings: [Warning]) -> Problem {
        Problem(
            .strictWarnings,
            "the request is strict, and there \(warnings.count == 1 ? "is a warning" : "are warnings") of "
                + "the level error: " + warnings.map(\.message).joined(separator: " "),
            warnings: warnings)
    }

    /// 403: a request that can change something comes from a page that is not the server's own.
    /// - Parameter reason: what shows it and what would be right.
    static func crossOrigin(_ reason: String) -> Problem {
        Problem(
            .crossOriginRequest,
            "a web page of another origin must not change the state of this server: \(reason)")
    }

    /// 421: the request is for a host that is not one of the server's.
    static func misdirected(_ host: String) -> Problem {
        Problem(
            .misdirectedRequest,
            "this server does not respond to requests for the host \(Quote.text(host)), only for IP "
                + "addresses, localhost, the value of --host, and hosts that --allowed-hosts names")
    }

    package static func unknownPath(_ head: RequestHead) -> Problem {
        Problem(
            .unknownPath,
            "the path \(Quote.text(head.path)) does not exist; GET /openapi.yaml lists every path")
    }

    package static func unknownModel(_ name: String, _ version: VersionReference = .latest) -> Problem {
        let missing =
            switch version {
            case .latest: "model \(Quote.text(name))"
            case .number(let number): "version \(number) of model \(Quote.text(name))"
            case .alias(let alias): "alias \(Quote.text(alias)) of model \(Quote.text(name))"
            }
        return Problem(.unknownModel, "there is no \(missing); GET /models lists all models")
    }

    package static func methodNotAllowed(_ method: Method, allowed: [String]) -> Problem {
        Problem(
            .methodNotAllowed,
            "this path does not support \(method); it supports \(allowed.joined(separator: ", "))",
            fields: [(name: "Allow", value: allowed.joined(separator: ", "))])
    }

    package static func readOnly(_ method: Method, allowed: [String]) -> Problem {
        Problem(
            .readOnly,
            "this server was started with --read-only and does not change models, so \(method) is not "
                + "allowed here. Send the request to a server without --read-only",
            fields: [(name: "Allow", value: allowed.joined(separator: ", "))])
    }

    /// 406, which is due to Accept, so that it varies by it even if the path offers one media type.
    package static func notAcceptable(offered: [String]) -> Problem {
        Problem(
            .notAcceptable,
            "the Accept field allows none of the media types of this path: "
                + offered.joined(separator: ", "),
            fields: [(name: "Vary", value: "Accept")])
    }

    /// 412: a condition of the request is false.
    static func preconditionFailed(_ detail: String) -> Problem { Problem(.preconditionFailed, detail) }

    /// 416, with the length that RFC 9110, 15.5.17 recommends.
    static func rangeNotSatisfiable(_ length: Int) -> Problem {
        Problem(
            .rangeNotSatisfiable, "the Range field selects none of the \(length) bytes of the file",
            fields: [(name: "Content-Range", value: "bytes */\(length)")])
    }

    package static func unsupportedMediaType(_ detail: String, accepted: [String]) -> Problem {
        Problem(
            .unsupportedMediaType, detail,
            fields: [(name: "Accept", value: accepted.joined(separator: ", "))])
    }

    package static func unsupportedContentCoding() -> Problem {
        Problem(
            .unsupportedMediaType,
            "the Content-Encoding of the body is not supported; send the body uncompressed, or in one of: "
                + ContentCoding.list,
            fields: [(name: "Accept-Encoding", value: ContentCoding.list)])
    }

    package static func malformedCoding(_ coding: ContentCoding) -> Problem {
        badRequest(
            "the body is compressed by its Content-Encoding or its first bytes, but it is not valid "
                + "\(coding), or is incomplete")
    }

    package static func contentTooLarge(limit: Int) -> Problem {
        Problem(
            .contentTooLarge,
            "the decompressed body exceeds the limit of \(limit >> 20) MiB; send less at once")
    }

    /// 413: an uploaded file cannot be that of a model that this server accepts.
    static func fileTooLarge(_ limits: RuntimeLimits) -> Problem {
        Problem(
            .contentTooLarge,
            "the file of a model with \(limits.maxParameters) parameters, the maximum of this server, has at "
                + "most \(limits.maxModelFileBytes) bytes; raise --max-parameters to accept larger models")
    }

    /// 422: windows for a model that takes differences of rows.
    package static func differencesOfWindows(_ model: ModelDescription, at pointer: String?) -> Problem {
        let features = model.preparation.differences?.features ?? []
        let names = features.map { model.featureNames?[$0.index] ?? "\($0.index)" }
        return .invalid(
            at: pointer,
            "the data are windows, but the model takes differences of \(Quote.list(names)), which need the "
                + "row before the window; send rows as \"series\" to /score or /reconstruct")
    }

    /// - Parameter what: what only a network has, such as `layers`.
    package static func noNetwork(_ name: String, _ detector: Baseline, _ what: String) -> Problem {
        Problem(
            .noNetwork,
            "model \(Quote.text(name)) is a detector without a network (\(detector.rawValue)), so it has no "
                + "\(what). Use /score, or train a model with detector: network")
    }

    package static func noEncoding(_ name: String) -> Problem {
        Problem(
            .noEncoding,
            "model \(Quote.text(name)) has no encoding: none of its layers reduces a window to one "
                + "vector before a RepeatVector. Train one with architecture: autoencoder")
    }

    package static func tooLargeForONNX(_ name: String, limit: Int) -> Problem {
        Problem(
            .tooLargeForONNX,
            "the ONNX file of model \(Quote.text(name)) would exceed \(limit) bytes; download its "
                + "model.safetensors, which has no such limit")
    }

    package static func noThreshold(_ name: String) -> Problem {
        Problem(
            .noThreshold,
            "model \(Quote.text(name)) was uploaded without a threshold, or without the calibration "
                + "errors that quantile and sigmas need; calibrate it with normal data (POST "
                + "/models/\(name)/calibrate), or send a threshold with the request")
    }

    static func noCalibration(_ name: String) -> Problem {
        Problem(
            .noThreshold,
            "model \(Quote.text(name)) was uploaded without calibration errors, which feedback is added to")
    }

    static func tooManyJoined() -> Problem {
        .invalid(
            at: "/normal",
            "has too many rows: feedback adds at most \(JoinedWindows.maxCount) windows to a calibration, "
                + "those of earlier feedback included. Learn the threshold from more data of normal "
                + "operation with POST /models/{model}/calibrate")
    }

    static func emptyCalibration() -> Problem {
        .invalid(
            at: "/anomalous",
            "has rows of all windows whose errors, or the errors of whose rows, a threshold is learned from, "
                + "so that none would be left. Mark rows of normal operation with \"normal\" in the same "
                + "request, or learn the threshold from other data with POST /models/{model}/calibrate")
    }

    package static func trainingFailed(_ detail: String) -> Problem {
        Problem(.trainingFailed, detail)
    }

    /// The problem of a version that could not be published.
    package init(_ error: RegistryError) {
        switch error {
        case .full(let limit):
            self.init(
                .registryFull,
                "the registry is full: it holds the maximum of \(limit) versions; delete some")
        case .cancelled: self = .trainingCancelled()
        case .folder(let fault): self.init(fault)
        case .disk(let error): self.init(error)
        }
    }

    /// The problem of a version that this release does not understand.
    package init(_ version: UnreadableVersion) {
        self = .newerFormat(
            "version \(version.number) of model \(Quote.text(version.name))", version.reason,
            software: version.software)
    }

    /// 409: a newer release has written a file.
    private static func newerFormat(_ what: String, _ reason: String, software: String?) -> Problem {
        let writer = software.map { "; it was written by \(Quote.text($0))" } ?? ""
        return Problem(
            .newerFormat,
            "\(Software.name) does not understand \(what): \(reason)\(writer). Upgrade this server")
    }

    /// The problem of a request that changes a folder with a fault.
    package init(_ fault: FolderStatus.Fault) {
        self =
            fault.isFull
            ? Problem(.diskFull, "\(fault). Nothing was stored; delete versions that are no longer needed")
            : .folderUnavailable(fault)
    }

    /// 503: the models' folder has a fault.
    package static func folderUnavailable(_ fault: FolderStatus.Fault) -> Problem {
        Problem(
            .modelsFolderUnavailable, fault.description, fields: [(name: "Retry-After", value: "5")])
    }

    /// A disk error. The path is in the log only, not in the response.
    package init(_ error: FileError) {
        if error.isFull {
            self.init(
                .diskFull,
                "the server's disk is full; nothing was stored. Delete versions that are no longer needed"
            )
        } else if error.isBusy {
            self.init(
                .busy,
                "another server has been changing this model for too long; try again later",
                fields: [(name: "Retry-After", value: "5")])
        } else {
            self.init(.storageFailed, "the server could not access its disk; see its log")
        }
    }

    /// The problem of an uploaded file.
    package init(_ error: ModelFileError) {
        self =
            error.isNewer
            ? .newerFormat("the file", error.description, software: nil)
            : Problem(.invalidModelFile, "the file is not a valid model: \(error)")
    }

    package static func unknownJob(_ id: String) -> Problem {
        Problem(
            .unknownJob,
            "there is no job \(Quote.text(id)); GET /jobs lists all jobs. Jobs that ended long ago are "
                + "removed"
        )
    }

    package static func trainingCancelled() -> Problem {
        Problem(.trainingCancelled, "the training was cancelled; there is no model")
    }

    package static func aliasInUse(_ aliases: [String], version: Int) -> Problem {
        Problem(
            .aliasInUse,
            "version \(version) has the alias "
                + "\(aliases.map { Quote.text($0) }.joined(separator: ", ")); point the alias to "
                + "another version first"
        )
    }

    package static func idempotencyConflict() -> Problem {
        Problem(
            .idempotencyKeyReused,
            "this Idempotency-Key was used for another request; use a key for one request only")
    }

    package static func tooManyTrainings() -> Problem {
        Problem(
            .tooManyTrainings, "the queue of trainings is full; try again later",
            fields: [(name: "Retry-After", value: "10")])
    }

    /// 429: the limit of a key.
    package static func tooManyTrainings(of key: String, limit: Int) -> Problem {
        Problem(
            .tooManyTrainings,
            "the API key \(Quote.text(key)) allows \(limit) trainings that wait or run (trainings=\(limit)); "
                + "wait until one has ended, or cancel one",
            fields: [(name: "Retry-After", value: "10")])
    }

    package static func overloaded() -> Problem {
        Problem(
            .overloaded, "the queue of requests is full; try again later",
            fields: [(name: "Retry-After", value: "1")])
    }

    /// 503: the files that are being uploaded take too much disk space together.
    static func tooManyUploads() -> Problem {
        Problem(
            .overloaded, "the server is receiving too many large models; try again later",
            fields: [(name: "Retry-After", value: "10")])
    }

    package static func draining() -> Problem {
        Problem(
            .draining, "the server is shutting down",
            fields: [(name: "Retry-After", value: "5")])
    }

    /// The problem of a request that the HTTP layer refuses.
    package static func transport(_ status: Status, _ detail: String) -> Problem {
        Problem(ProblemType(transport: status), detail, status: status)
    }
}
