import HTTP1
import JSON
import ModelFiles
import ModelStore

extension Problem {
    /// 400: something outside the body is malformed.
    package static func badRequest(_ detail: String) -> Problem {
        Problem(.badRequest, detail)
    }

    /// 401, with the challenge that RFC 9110, 15.5.2 asks for.
    package static func unauthorized(_ detail: String, _ challenge: String) -> Problem {
        Problem(
            .unauthorized, detail, fields: [(name: "WWW-Authenticate", value: challenge)])
    }

    /// 403, with the challenge of RFC 6750, 3.
    package static func forbidden(_ detail: String, _ challenge: String) -> Problem {
        Problem(.forbidden, detail, fields: [(name: "WWW-Authenticate", value: challenge)])
    }

    /// 400 or 422, as the error says.
    package init(_ error: JSONError) {
        switch error.kind {
        case .malformed: self.init(.malformedJSON, error.detail, pointer: error.pointer)
        case .invalid: self = .invalid(at: error.pointer, error.detail)
        }
    }

    /// 422: well-formed but wrong.
    package static func invalid(at pointer: String, _ detail: String) -> Problem {
        Problem(.invalidRequest, detail, pointer: pointer)
    }

    package static func unknownPath(_ head: RequestHead) -> Problem {
        Problem(
            .unknownPath,
            "there is nothing at \(Quote.text(head.path)); GET /openapi.yaml lists every path")
    }

    package static func unknownModel(_ name: String, _ version: VersionReference = .latest) -> Problem {
        let what =
            switch version {
            case .latest: "model \(Quote.text(name))"
            case .number(let number): "version \(number) of model \(Quote.text(name))"
            case .alias(let alias): "alias \(Quote.text(alias)) of model \(Quote.text(name))"
            }
        return Problem(.unknownModel, "there is no \(what); GET /models lists what there is")
    }

    package static func methodNotAllowed(_ method: Method, allowed: [String]) -> Problem {
        Problem(
            .methodNotAllowed,
            "this path does not take \(method); it takes \(allowed.joined(separator: ", "))",
            fields: [(name: "Allow", value: allowed.joined(separator: ", "))])
    }

    package static func readOnly(_ method: Method, allowed: [String]) -> Problem {
        Problem(
            .readOnly,
            "this server only reads its models (--read-only): it does not train, and stores, names and deletes nothing, so that "
                + "it takes no \(method) here. Ask one that was started without that",
            fields: [(name: "Allow", value: allowed.joined(separator: ", "))])
    }

    package static func notAcceptable(offered: [String]) -> Problem {
        Problem(
            .notAcceptable,
            "the Accept field allows none of what there is here: \(offered.joined(separator: ", "))")
    }

    package static func unsupportedMediaType(_ detail: String, accepted: [String]) -> Problem {
        Problem(
            .unsupportedMediaType, detail,
            fields: [(name: "Accept", value: accepted.joined(separator: ", "))])
    }

    package static func unsupportedContentCoding() -> Problem {
        Problem(
            .unsupportedMediaType,
            "the body has a Content-Encoding that is not known here; send it as it is, or in one of: "
                + ContentCoding.list,
            fields: [(name: "Accept-Encoding", value: ContentCoding.list)])
    }

    package static func malformedCoding(_ coding: ContentCoding) -> Problem {
        badRequest("the body is not what its Content-Encoding says: it is no \(coding), or not all of it")
    }

    package static func contentTooLarge(limit: Int) -> Problem {
        Problem(
            .contentTooLarge,
            "the body unpacks to more than the limit of \(limit >> 20) MiB; send less at once")
    }

    package static func noEncoding(_ name: String) -> Problem {
        Problem(
            .noEncoding,
            "model \(Quote.text(name)) has no encoding: none of its layers condenses a window to one vector before a "
                + "RepeatVector. Train one with architecture: autoencoder")
    }

    package static func tooLargeForONNX(_ name: String, limit: Int) -> Problem {
        Problem(
            .tooLargeForONNX,
            "model \(Quote.text(name)) would make an ONNX file of more than \(limit) bytes; take its model.safetensors, which "
                + "has no such limit")
    }

    package static func overflow() -> Problem {
        Problem(
            .overflow,
            "the data are so large, or so far from those that the model was trained on, that the result is past the "
                + "largest 32-bit float; send them in smaller units")
    }

    package static func noThreshold(_ name: String) -> Problem {
        Problem(
            .noThreshold,
            "model \(Quote.text(name)) was brought in without a threshold, or without the errors that quantile and sigmas are of; send a "
                + "threshold with the request")
    }

    package static func trainingFailed(_ detail: String) -> Problem {
        Problem(.trainingFailed, detail)
    }

    /// A version that could not be published.
    package init(_ error: RegistryError) {
        switch error {
        case .full(let limit):
            self.init(
                .registryFull,
                "the registry is full: it may hold \(limit) versions of models; delete some")
        case .cancelled: self = .trainingCancelled()
        case .disk(let error): self.init(error)
        }
    }

    /// The disk has failed. Where is for the log, not for the client.
    package init(_ error: FileError) {
        if error.isFull {
            self.init(
                .diskFull,
                "there is no room on the server's disk; nothing was stored. Delete versions that nobody needs"
            )
        } else if error.isBusy {
            self.init(
                .busy,
                "another server has been changing this model for too long; try again later",
                fields: [(name: "Retry-After", value: "5")])
        } else {
            self.init(.storageFailed, "the server's disk fails; see its log")
        }
    }

    package static func invalidModelFile(_ error: ModelFileError) -> Problem {
        Problem(.invalidModelFile, "the file is no model: \(error)")
    }

    package static func unknownJob(_ id: String) -> Problem {
        Problem(
            .unknownJob,
            "there is no job \(Quote.text(id)); GET /jobs lists those that there are, and those that ended a while ago are forgotten"
        )
    }

    package static func trainingCancelled() -> Problem {
        Problem(.trainingCancelled, "the training was cancelled; there is no model")
    }

    package static func aliasInUse(_ aliases: [String], version: Int) -> Problem {
        Problem(
            .aliasInUse,
            "version \(version) has the alias \(aliases.map { Quote.text($0) }.joined(separator: ", ")); point it to another version first"
        )
    }

    package static func idempotencyConflict() -> Problem {
        Problem(
            .idempotencyKeyReused,
            "this Idempotency-Key came with another body before; use a key for one request only")
    }

    package static func tooManyTrainings() -> Problem {
        Problem(
            .tooManyTrainings, "too many trainings wait already; try again later",
            fields: [(name: "Retry-After", value: "10")])
    }

    package static func overloaded() -> Problem {
        Problem(
            .overloaded, "too many requests wait already; try again later",
            fields: [(name: "Retry-After", value: "1")])
    }

    package static func draining() -> Problem {
        Problem(
            .draining, "the server is shutting down",
            fields: [(name: "Retry-After", value: "5")])
    }

    /// What the HTTP layer itself refuses.
    package static func transport(_ status: Status, _ detail: String) -> Problem {
        Problem(ProblemType(transport: status), detail, status: status)
    }
}
