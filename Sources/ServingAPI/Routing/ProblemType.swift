import HTTP1

/// A stable problem type: the last segment of `/problems/…`, its status, and its documentation.
///
/// This is the only list of all types. `GET /problems` serves it, and tests compare openapi.yaml and
/// docs/problems.md with it.
package enum ProblemType: String, CaseIterable, Sendable {
    case badRequest = "bad-request"
    case malformedJSON = "malformed-json"
    case unauthorized
    case forbidden
    case crossOriginRequest = "cross-origin-request"
    case unknownPath = "unknown-path"
    case unknownModel = "unknown-model"
    case unknownJob = "unknown-job"
    case methodNotAllowed = "method-not-allowed"
    case readOnly = "read-only"
    case notAcceptable = "not-acceptable"
    case requestTimeout = "request-timeout"
    case noNetwork = "no-network"
    case noEncoding = "no-encoding"
    case noThreshold = "no-threshold"
    case tooLargeForONNX = "too-large-for-onnx"
    case trainingCancelled = "training-cancelled"
    case aliasInUse = "alias-in-use"
    case newerFormat = "newer-format"
    case preconditionFailed = "precondition-failed"
    case contentTooLarge = "content-too-large"
    case uriTooLong = "uri-too-long"
    case unsupportedMediaType = "unsupported-media-type"
    case rangeNotSatisfiable = "range-not-satisfiable"
    case expectationFailed = "expectation-failed"
    case misdirectedRequest = "misdirected-request"
    case invalidRequest = "invalid-request"
    case strictWarnings = "strict-warnings"
    case trainingFailed = "training-failed"
    case invalidModelFile = "invalid-model-file"
    case idempotencyKeyReused = "idempotency-key-reused"
    case tooManyTrainings = "too-many-trainings"
    case tooManyRequests = "too-many-requests"
    case headerFieldsTooLarge = "request-header-fields-too-large"
    case internalServerError = "internal-server-error"
    case storageFailed = "storage-failed"
    case notImplemented = "not-implemented"
    case draining
    case overloaded
    case busy
    case modelsFolderUnavailable = "models-folder-unavailable"
    case serviceUnavailable = "service-unavailable"
    case httpVersionNotSupported = "http-version-not-supported"
    case registryFull = "registry-full"
    case diskFull = "disk-full"

    /// The status, the cause and the remedy.
    private var entry: (status: Status, cause: String, remedy: String) {
        switch self {
        case .badRequest:
            (
                .badRequest, "The message, a query parameter or a header field is malformed.",
                "Correct what `detail` names."
            )
        case .malformedJSON:
            (
                .badRequest, "The body is not JSON.",
                "Send valid JSON, or declare the body's media type in Content-Type."
            )
        case .unauthorized:
            (
                .unauthorized,
                "The server requires a key, and the request has none, several, or an unknown or expired one.",
                "Send one valid key: `Authorization: Bearer KEY`."
            )
        case .forbidden:
            (
                .forbidden, "The key lacks the scope of the operation, or has it for other models only.",
                "Use a key with the scope that `detail` names, for the model."
            )
        case .crossOriginRequest:
            (
                .forbidden,
                "A web page of another origin sent a request that can change the state of the server.",
                "Send the request from a page of the server or from a program that is not a browser. If a "
                    + "proxy replaces Host, name the public host with `--allowed-hosts`."
            )
        case .unknownPath:
            (
                .notFound, "No operation or file has this path.",
                "Look the path up in GET /openapi.yaml."
            )
        case .unknownModel:
            (
                .notFound, "The model, version or alias does not exist.",
                "Choose one from GET /models, or train the model first."
            )
        case .unknownJob:
            (
                .notFound, "The job does not exist, or ended so long ago that it was removed.",
                "Look the job up in GET /jobs, and its model, if any, in GET /models."
            )
        case .methodNotAllowed:
            (.methodNotAllowed, "The path does not support the method.", "Use a method that Allow lists.")
        case .readOnly:
            (
                .methodNotAllowed, "The server was started with `--read-only`.",
                "Send the request to a server that may write to the models' folder."
            )
        case .notAcceptable:
            (
                .notAcceptable, "Accept allows none of the media types that the operation offers.",
                "Accept a media type that `detail` lists."
            )
        case .requestTimeout:
            (
                .requestTimeout, "The request did not arrive in time.",
                "Send the request faster or in smaller parts."
            )
        case .noNetwork:
            (
                .conflict, "The model is a detector without a network, and lacks what only a network has.",
                "Use `/score` or `/evaluate`, or train a model with `detector: network`."
            )
        case .noEncoding:
            (
                .conflict, "The model has no encoding, because no layer reduces a window to a vector.",
                "Train a model with `architecture: autoencoder`."
            )
        case .noThreshold:
            (
                .conflict,
                "The model has no threshold, or lacks the errors that `quantile` and `sigmas` refer to.",
                "Send `threshold` with the request, or train the model on this server."
            )
        case .tooLargeForONNX:
            (
                .conflict, "The ONNX file would exceed its maximum size.",
                "Download model.safetensors, which has no such limit."
            )
        case .trainingCancelled:
            (
                .conflict, "The training was cancelled; there is no model.",
                "Send the training again if the model is still wanted."
            )
        case .aliasInUse:
            (
                .conflict, "An alias points to the version that is to be deleted.",
                "Point the alias to another version, or delete it, first."
            )
        case .newerFormat:
            (
                .conflict,
                "A newer release has written the version or the uploaded file, and this server does not "
                    + "understand it.",
                "Upgrade the server, or request another version: GET /models/{model} lists those that this "
                    + "server reads."
            )
        case .preconditionFailed:
            (
                .preconditionFailed,
                "If-Match does not list the current entity tag, or the request would change a resource that "
                    + "If-None-Match excludes. `*` lists every resource that exists.",
                "Fetch the resource again, decide anew, and use its new ETag, if that is not a weak one."
            )
        case .contentTooLarge:
            (
                .contentTooLarge, "The body, as sent or decompressed, exceeds the maximum size.",
                "Send less at once, or raise `--max-body`, or `--max-parameters` for an uploaded model."
            )
        case .uriTooLong:
            (
                .uriTooLong, "The request line exceeds the maximum length.",
                "Shorten the query, or send the options in a JSON body."
            )
        case .unsupportedMediaType:
            (
                .unsupportedMediaType, "The media type or the content coding of the body is not supported.",
                "Use one that the response lists in Accept or Accept-Encoding."
            )
        case .rangeNotSatisfiable:
            (
                .rangeNotSatisfiable, "Range has no byte of the file.",
                "Ask for bytes below the length that Content-Range states."
            )
        case .expectationFailed:
            (.expectationFailed, "Expect has a value other than 100-continue.", "Remove the field.")
        case .misdirectedRequest:
            (
                .misdirectedRequest, "The host of the request is not one that the server is known by.",
                "Use an IP address or localhost, or name the host with `--allowed-hosts`."
            )
        case .invalidRequest:
            (
                .unprocessableContent,
                "A member or parameter is invalid, missing or unknown, or the data cannot be used.",
                "Correct what `pointer` and `detail` name."
            )
        case .strictWarnings:
            (
                .unprocessableContent,
                "The request has `strict: true`, and the data or the model have warnings of the level "
                    + "`error`.",
                "Do what the messages in `warnings` say, or leave `strict` out."
            )
        case .trainingFailed:
            (
                .unprocessableContent,
                "The loss, or an error of a calibration, became NaN or infinite; there is no model.",
                "Lower `learning_rate`, set `clip_norm`, or scale the data."
            )
        case .invalidModelFile:
            (
                .unprocessableContent, "The uploaded file is not a valid model.",
                "Correct the file as `detail` says."
            )
        case .idempotencyKeyReused:
            (
                .unprocessableContent, "The Idempotency-Key was used for another request.",
                "Use a new key for each request, and the same key only to repeat one."
            )
        case .tooManyTrainings:
            (
                .tooManyRequests,
                "The queue of trainings is full, or the key has its maximum number of trainings.",
                "Repeat the request after the time in Retry-After."
            )
        case .tooManyRequests:
            (
                .tooManyRequests, "The key sends more requests per second than it allows.",
                "Repeat the request after the time in Retry-After."
            )
        case .headerFieldsTooLarge:
            (
                .requestHeaderFieldsTooLarge, "The header or trailer section exceeds a limit.",
                "Send fewer or shorter fields."
            )
        case .internalServerError:
            (
                .internalServerError, "The server produced no response. This is a fault of the server.",
                "Report it with the X-Request-Id of the response."
            )
        case .storageFailed:
            (
                .internalServerError, "The server could not access its disk.",
                "Read the server's log, and repair the disk or its permissions."
            )
        case .notImplemented:
            (
                .notImplemented, "The method or the transfer coding is not implemented.",
                "Use another method, or the transfer coding chunked."
            )
        case .draining:
            (
                .serviceUnavailable, "The server is shutting down.",
                "Repeat the request after the time in Retry-After, or send it to another server."
            )
        case .overloaded:
            (
                .serviceUnavailable, "The queue of requests is full.",
                "Repeat the request after the time in Retry-After."
            )
        case .busy:
            (
                .serviceUnavailable,
                "Another server on the same folder has been changing the model for too long.",
                "Repeat the request after the time in Retry-After."
            )
        case .modelsFolderUnavailable:
            (
                .serviceUnavailable,
                "The models' folder is missing, cannot be read or written to, does not respond, or is too "
                    + "full for the server to be ready.",
                "Correct what `detail` names. The server notices within a second or two; it need not be "
                    + "restarted."
            )
        case .serviceUnavailable:
            (
                .serviceUnavailable,
                "There are too many connections, or too many large bodies arrive at once.",
                "Repeat the request after the time in Retry-After, with fewer connections."
            )
        case .httpVersionNotSupported:
            (.httpVersionNotSupported, "The major version of HTTP is not 1.", "Use HTTP/1.1.")
        case .registryFull:
            (
                .insufficientStorage, "The registry has its maximum number of versions.",
                "Delete versions, or raise `--max-versions`."
            )
        case .diskFull:
            (
                .insufficientStorage,
                "The server's disk is full, or has less space left than `--min-free`; nothing was stored.",
                "Delete versions, or enlarge the disk."
            )
        }
    }

    /// The status that goes with the type. Under /v2, 422 becomes 400.
    package var status: Status { entry.status }
    /// The cause of the problem, in one sentence.
    package var cause: String { entry.cause }
    /// The remedy for a client or an operator, in one sentence.
    package var remedy: String { entry.remedy }

    /// The type of a problem that the HTTP layer reports.
    init(transport status: Status) {
        self =
            switch status {
            case .requestTimeout: .requestTimeout
            case .contentTooLarge: .contentTooLarge
            case .uriTooLong: .uriTooLong
            case .expectationFailed: .expectationFailed
            case .requestHeaderFieldsTooLarge: .headerFieldsTooLarge
            case .internalServerError: .internalServerError
            case .notImplemented: .notImplemented
            case .serviceUnavailable: .serviceUnavailable
            case .httpVersionNotSupported: .httpVersionNotSupported
            default: .badRequest
            }
    }
}
