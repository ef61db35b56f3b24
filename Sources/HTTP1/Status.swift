/// A response status (RFC 9110, 15).
public struct Status: Hashable, Sendable {
    /// The three-digit status code.
    public let code: Int

    /// Creates a status from its code, from 200 to 599. The server sends interim responses (1xx) itself.
    public init(code: Int) { self.code = code }

    /// Whether a response with this status never has content, regardless of its fields (RFC 9112, 6.3).
    var forbidsContent: Bool { code == 204 || code == 304 }
}

extension Status {
    /// 200 OK
    public static let ok = Status(code: 200)
    /// 201 Created
    public static let created = Status(code: 201)
    /// 202 Accepted
    public static let accepted = Status(code: 202)
    /// 204 No Content
    public static let noContent = Status(code: 204)
    /// 206 Partial Content
    public static let partialContent = Status(code: 206)
    /// 304 Not Modified
    public static let notModified = Status(code: 304)
    /// 400 Bad Request
    public static let badRequest = Status(code: 400)
    /// 401 Unauthorized
    public static let unauthorized = Status(code: 401)
    /// 403 Forbidden
    public static let forbidden = Status(code: 403)
    /// 404 Not Found
    public static let notFound = Status(code: 404)
    /// 405 Method Not Allowed
    public static let methodNotAllowed = Status(code: 405)
    /// 406 Not Acceptable
    public static let notAcceptable = Status(code: 406)
    /// 408 Request Timeout
    public static let requestTimeout = Status(code: 408)
    /// 409 Conflict
    public static let conflict = Status(code: 409)
    /// 412 Precondition Failed
    public static let preconditionFailed = Status(code: 412)
    /// 413 Content Too Large
    public static let contentTooLarge = Status(code: 413)
    /// 414 URI Too Long
    public static let uriTooLong = Status(code: 414)
    /// 415 Unsupported Media Type
    public static let unsupportedMediaType = Status(code: 415)
    /// 416 Range Not Satisfiable
    public static let rangeNotSatisfiable = Status(code: 416)
    /// 417 Expectation Failed
    public static let expectationFailed = Status(code: 417)
    /// 421 Misdirected Request
    public static let misdirectedRequest = Status(code: 421)
    /// 422 Unprocessable Content
    public static let unprocessableContent = Status(code: 422)
    /// 429 Too Many Requests
    public static let tooManyRequests = Status(code: 429)
    /// 431 Request Header Fields Too Large
    public static let requestHeaderFieldsTooLarge = Status(code: 431)
    /// 500 Internal Server Error
    public static let internalServerError = Status(code: 500)
    /// 501 Not Implemented
    public static let notImplemented = Status(code: 501)
    /// 503 Service Unavailable
    public static let serviceUnavailable = Status(code: 503)
    /// 505 HTTP Version Not Supported
    public static let httpVersionNotSupported = Status(code: 505)
    /// 507 Insufficient Storage
    public static let insufficientStorage = Status(code: 507)

    /// The reason phrase of the code in RFC 9110, RFC 6585 or RFC 4918; empty for codes that are not listed
    /// here.
    public var reasonPhrase: String { "\(phrase)" }

    var phrase: StaticString {
        switch code {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        case 507: "Insufficient Storage"
        default: ""
        }
    }
}
