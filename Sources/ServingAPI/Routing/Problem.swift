import HTTP1
import JSON
import ModelFiles
import ModelStore

/// An error as the client gets it: RFC 9457, `application/problem+json`.
///
/// The one place that maps errors to HTTP statuses. Besides the members of the RFC an answer carries
/// `error`, the detail once more, for clients of the Open Inference Protocol.
package struct Problem: Error, Sendable {
    /// The status of the answer.
    package let status: Status
    /// The last segment of the stable `type`, `/problems/…`.
    package let slug: String
    /// What was wrong, where, and what would be right.
    package let detail: String
    /// JSON pointer (RFC 6901) into the request's body, where the fault is there.
    package let pointer: String?
    /// Fields that go with the status, such as Allow or Retry-After.
    package let fields: [(name: String, value: String)]

    package init(
        _ status: Status, _ slug: String, _ detail: String, pointer: String? = nil,
        fields: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.slug = slug
        self.detail = detail
        self.pointer = pointer
        self.fields = fields
    }

    /// The members of the document.
    func write(to json: inout JSONWriter) {
        json.member("type", "/problems/\(slug)")
        json.member("title", status.reasonPhrase)
        json.member("status", status.code)
        json.member("detail", detail)
        if let pointer { json.member("pointer", pointer) }
        json.member("error", detail)
    }

    /// The same as the Open Inference Protocol has it, where whatever is wrong with a request is 400.
    package var asBadRequest: Problem {
        status == .unprocessableContent ? Problem(.badRequest, slug, detail, pointer: pointer) : self
    }

    /// The same problem without its pointer.
    var withoutPointer: Problem { Problem(status, slug, detail, fields: fields) }

    /// The response in the form of RFC 9457.
    package var response: Response {
        var json = JSONWriter()
        json.object(write)
        return Response(
            status: status, fields: [(name: "Content-Type", value: "application/problem+json")] + fields,
            body: .bytes(json.bytes))
    }
}

extension Problem {
    /// 400: something outside the body is malformed.
    package static func badRequest(_ detail: String) -> Problem {
        Problem(.badRequest, "bad-request", detail)
    }

    /// 401, with the challenge that RFC 9110, 15.5.2 asks for.
    package static func unauthorized(_ detail: String, _ challenge: String) -> Problem {
        Problem(
            .unauthorized, "unauthorized", detail, fields: [(name: "WWW-Authenticate", value: challenge)])
    }

    /// 403, with the challenge of RFC 6750, 3.
    package static func forbidden(_ detail: String, _ challenge: String) -> Problem {
        Problem(.forbidden, "forbidden", detail, fields: [(name: "WWW-Authenticate", value: challenge)])
    }

    /// 400 or 422, as the error says.
    package init(_ error: JSONError) {
        switch error.kind {
        case .malformed: self.init(.badRequest, "malformed-json", error.detail, pointer: error.pointer)
        case .invalid: self = .invalid(at: error.pointer, error.detail)
        }
    }

    /// 422: well-formed but wrong.
    package static func invalid(at pointer: String, _ detail: String) -> Problem {
        Problem(.unprocessableContent, "invalid-request", detail, pointer: pointer)
    }

    package static func unknownPath(_ head: RequestHead) -> Problem {
        Problem(
            .notFound, "unknown-path",
            "there is nothing at \(Quote.text(head.path)); GET /openapi.yaml lists every path")
    }

    package static func unknownModel(_ name: String, _ version: VersionReference = .latest) -> Problem {
        let what =
            switch version {
            case .latest: "model \(Quote.text(name))"
            case .number(let number): "version \(number) of model \(Quote.text(name))"
            case .alias(let alias): "alias \(Quote.text(alias)) of model \(Quote.text(name))"
            }
        return Problem(.notFound, "unknown-model", "there is no \(what); GET /models lists what there is")
    }

    package static func methodNotAllowed(_ method: Method, allowed: [String]) -> Problem {
        Problem(
            .methodNotAllowed, "method-not-allowed",
            "this path does not take \(method); it takes \(allowed.joined(separator: ", "))",
            fields: [(name: "Allow", value: allowed.joined(separator: ", "))])
    }

    package static func readOnly(_ method: Method, allowed: [String]) -> Problem {
        Problem(
            .methodNotAllowed, "read-only",
            "this server only reads its models (--read-only): it does not train, and stores, names and deletes nothing, so that "
                + "it takes no \(method) here. Ask one that was started without that",
            fields: [(name: "Allow", value: allowed.joined(separator: ", "))])
    }

    package static func notAcceptable(offered: [String]) -> Problem {
        Problem(
            .notAcceptable, "not-acceptable",
            "the Accept field allows none of what there is here: \(offered.joined(separator: ", "))")
    }

    package static func unsupportedMediaType(_ detail: String, accepted: [String]) -> Problem {
        Problem(
            .unsupportedMediaType, "unsupported-media-type", detail,
            fields: [(name: "Accept", value: accepted.joined(separator: ", "))])
    }

    package static func unsupportedContentCoding() -> Problem {
        Problem(
            .unsupportedMediaType, "unsupported-media-type",
            "the body has a Content-Encoding that is not known here; send it as it is, or in one of: "
                + ContentCoding.list,
            fields: [(name: "Accept-Encoding", value: ContentCoding.list)])
    }

    package static func malformedCoding(_ coding: ContentCoding) -> Problem {
        badRequest("the body is not what its Content-Encoding says: it is no \(coding), or not all of it")
    }

    package static func contentTooLarge(limit: Int) -> Problem {
        Problem(
            .contentTooLarge, "content-too-large",
            "the body unpacks to more than the limit of \(limit >> 20) MiB; send less at once")
    }

    package static func noEncoding(_ name: String) -> Problem {
        Problem(
            .conflict, "no-encoding",
            "model \(Quote.text(name)) has no encoding: none of its layers condenses a window to one vector before a "
                + "RepeatVector. Train one with architecture: autoencoder")
    }

    package static func tooLargeForONNX(_ name: String, limit: Int) -> Problem {
        Problem(
            .conflict, "too-large-for-onnx",
            "model \(Quote.text(name)) would make an ONNX file of more than \(limit) bytes; take its model.safetensors, which "
                + "has no such limit")
    }

    package static func overflow() -> Problem {
        Problem(
            .unprocessableContent, "overflow",
            "the data are so large, or so far from those that the model was trained on, that the result is past the "
                + "largest 32-bit float; send them in smaller units")
    }

    package static func noThreshold(_ name: String) -> Problem {
        Problem(
            .conflict, "no-threshold",
            "model \(Quote.text(name)) was brought in without a threshold, or without the errors that quantile and sigmas are of; send a "
                + "threshold with the request")
    }

    package static func trainingFailed(_ detail: String) -> Problem {
        Problem(.unprocessableContent, "training-failed", detail)
    }

    /// A version that could not be published.
    package init(_ error: RegistryError) {
        switch error {
        case .full(let limit):
            self.init(
                .insufficientStorage, "registry-full",
                "the registry is full: it may hold \(limit) versions of models; delete some")
        case .cancelled: self = .trainingCancelled()
        case .disk(let error): self.init(error)
        }
    }

    /// The disk has failed. Where is for the log, not for the client.
    package init(_ error: FileError) {
        if error.isFull {
            self.init(
                .insufficientStorage, "disk-full",
                "there is no room on the server's disk; nothing was stored. Delete versions that nobody needs"
            )
        } else if error.isBusy {
            self.init(
                .serviceUnavailable, "busy",
                "another server has been changing this model for too long; try again later",
                fields: [(name: "Retry-After", value: "5")])
        } else {
            self.init(.internalServerError, "storage-failed", "the server's disk fails; see its log")
        }
    }

    package static func invalidModelFile(_ error: ModelFileError) -> Problem {
        Problem(.unprocessableContent, "invalid-model-file", "the file is no model: \(error)")
    }

    package static func unknownJob(_ id: String) -> Problem {
        Problem(
            .notFound, "unknown-job",
            "there is no job \(Quote.text(id)); GET /jobs lists those that there are, and those that ended a while ago are forgotten"
        )
    }

    package static func trainingCancelled() -> Problem {
        Problem(.conflict, "training-cancelled", "the training was cancelled; there is no model")
    }

    package static func aliasInUse(_ aliases: [String], version: Int) -> Problem {
        Problem(
            .conflict, "alias-in-use",
            "version \(version) has the alias \(aliases.map { Quote.text($0) }.joined(separator: ", ")); point it to another version first"
        )
    }

    package static func idempotencyConflict() -> Problem {
        Problem(
            .unprocessableContent, "idempotency-key-reused",
            "this Idempotency-Key came with another body before; use a key for one request only")
    }

    package static func tooManyTrainings() -> Problem {
        Problem(
            .tooManyRequests, "too-many-trainings", "too many trainings wait already; try again later",
            fields: [(name: "Retry-After", value: "10")])
    }

    package static func overloaded() -> Problem {
        Problem(
            .serviceUnavailable, "overloaded", "too many requests wait already; try again later",
            fields: [(name: "Retry-After", value: "1")])
    }

    package static func draining() -> Problem {
        Problem(
            .serviceUnavailable, "draining", "the server is shutting down",
            fields: [(name: "Retry-After", value: "5")])
    }

    /// What the HTTP layer itself refuses; the type is named after the status.
    package static func transport(_ status: Status, _ detail: String) -> Problem {
        let slug = status.reasonPhrase.lowercased().map { $0.isLetter ? String($0) : "-" }.joined()
        return Problem(status, slug, detail)
    }
}
