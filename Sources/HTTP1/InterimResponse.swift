/// What may be sent before an answer (RFC 9110, 15.2). Clients have to read it and are free to ignore it.
enum InterimResponse {
    /// The body may come (RFC 9110, 15.2.1).
    case proceed
    /// The answer takes time (RFC 2518, 10.1).
    case processing

    var bytes: StaticString {
        switch self {
        case .proceed: "HTTP/1.1 100 Continue\r\n\r\n"
        case .processing: "HTTP/1.1 102 Processing\r\n\r\n"
        }
    }
}
