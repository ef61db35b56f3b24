import CCurl
import Synchronization

/// An HTTP client for a Reprise server, built on libcurl.
///
/// Calls are synchronous: a call returns when its response has arrived. Any number of threads may share a
/// client; their calls take turns on one persistent connection.
public final class RepriseClient: Sendable {
    /// A response with its content as bytes.
    public struct Response: Sendable {
        /// The status code.
        public let status: Int
        /// Header fields, names in lower case.
        public let fields: [(name: String, value: String)]
        /// The content.
        public let body: [UInt8]

        /// The first value of a header field, by its name in lower case.
        public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
        /// The content as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let baseURL: String
    private let timeout: Int
    private let apiKey: String?
    private let handle: Mutex<CurlHandle>

    /// - Parameters:
    ///   - baseURL: such as `http://127.0.0.1:8080`.
    ///   - timeout: maximum duration of a call in seconds. Training without progress events counts as one
    ///     call.
    ///   - apiKey: the key for a server that requires one, sent as a bearer token (RFC 6750, section 2.1).
    /// - Throws: ``ClientError`` if libcurl cannot create a handle.
    public init(baseURL: String, timeout: Int = 3600, apiKey: String? = nil) throws(ClientError) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.timeout = timeout
        self.apiKey = apiKey
        handle = Mutex(try CurlHandle())
    }

    /// Sends a request and waits for its response, whatever its status.
    /// - Parameters:
    ///   - method: such as `POST`.
    ///   - target: path and query.
    ///   - fields: header fields beside those that libcurl sets.
    ///   - body: nil for a request without content.
    /// - Throws: ``ClientError`` if no response arrives.
    public func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) throws(ClientError) -> Response {
        let (url, timeout, fields) = (baseURL + target, timeout, fields + authorization)
        return try handle.withLock { (handle) throws(ClientError) in
            try handle.perform(method, url, fields: fields, body: body, timeout: timeout)
        }
    }

    /// Sends a request whose response may be an event stream, and calls `onEvent` for each event as it
    /// arrives. No timeout applies: the server sends heartbeats.
    /// - Parameters:
    ///   - fields: header fields beside Accept.
    ///   - onEvent: returns whether to continue; false closes the connection.
    /// - Returns: the response, without content if it was a stream.
    /// - Throws: ``ClientError`` if no response arrives, or the stream ends early.
    public func stream(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        onEvent: (ServerSentEvent) -> Bool
    ) throws(ClientError) -> Response {
        let fields = fields + authorization + [(name: "Accept", value: "text/event-stream")]
        // A stream has its own connection, so that other calls need not wait for its end.
        let handle = try CurlHandle()
        return try withoutActuallyEscaping(onEvent) { (onEvent) throws(ClientError) in
            var parser = ServerSentEvent.Parser()
            return try handle.perform(
                method, baseURL + target, fields: fields, body: body, timeout: 0,
                sink: CurlHandle.Sink(type: "text/event-stream") {
                    parser.events(in: $0).allSatisfy(onEvent)
                })
        }
    }

    /// Receives a file, whose bytes are not kept in memory.
    /// - Parameter onBytes: receives the bytes of the file as they arrive, and returns whether to continue.
    /// - Returns: the response; its content is empty, or a problem document.
    /// - Throws: ``ClientError`` if no response arrives, or the file ends early.
    func receive(
        _ target: String, onBytes: (UnsafeRawBufferPointer) -> Bool
    ) throws(ClientError) -> Response {
        let (url, timeout, fields) = (baseURL + target, timeout, authorization)
        return try withoutActuallyEscaping(onBytes) { (onBytes) throws(ClientError) in
            try handle.withLock { (handle) throws(ClientError) in
                try handle.perform(
                    "GET", url, fields: fields, body: nil, timeout: timeout,
                    sink: CurlHandle.Sink(type: "application/octet-stream", receive: onBytes))
            }
        }
    }

    private var authorization: [(name: String, value: String)] {
        apiKey.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
    }
}
