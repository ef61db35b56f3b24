import CCurl
import Synchronization

/// Talks to a Reprise server over HTTP with libcurl.
///
/// Synchronous: a call returns when the answer is there. May be used from any number of threads; calls take
/// turns on one connection that is kept open.
public final class RepriseClient: Sendable {
    /// An answer as it came.
    public struct Answer: Sendable {
        /// The status code.
        public let status: Int
        /// Header fields, names in lower case.
        public let fields: [(name: String, value: String)]
        /// The content.
        public let body: [UInt8]

        /// The first value of a field, by its name in lower case.
        public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
        /// The content as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let baseURL: String
    private let timeout: Int
    private let apiKey: String?
    private let handle: Mutex<Handle>

    /// - Parameters:
    ///   - baseURL: such as `http://127.0.0.1:8080`.
    ///   - timeout: seconds that a call may take; a training takes long.
    ///   - apiKey: for a server that asks for one.
    /// - Throws: ``ClientError`` when libcurl has no handle to give.
    public init(baseURL: String, timeout: Int = 3600, apiKey: String? = nil) throws(ClientError) {
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.timeout = timeout
        self.apiKey = apiKey
        handle = Mutex(try Handle())
    }

    /// Sends a request and waits for its answer, whatever its status.
    /// - Parameters:
    ///   - method: such as `POST`.
    ///   - target: path and query.
    ///   - fields: header fields beside those that libcurl sets.
    ///   - body: nil for none.
    /// - Throws: ``ClientError`` when there is no answer.
    public func send(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) throws(ClientError) -> Answer {
        let (url, timeout, fields) = (baseURL + target, timeout, fields + key)
        return try handle.withLock { (handle) throws(ClientError) in
            try handle.perform(method, url, fields: fields, body: body, timeout: timeout)
        }
    }

    /// Sends a request whose answer may be an event stream, and tells of each event as it comes. There is no time-out: the
    /// server gives a sign of life now and then.
    /// - Parameters:
    ///   - fields: header fields beside Accept.
    ///   - onEvent: says whether to go on.
    /// - Returns: the answer, without content if that was a stream.
    /// - Throws: ``ClientError`` when there is no answer, or the stream breaks off.
    public func stream(
        _ method: String, _ target: String, fields: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        onEvent: (ServerSentEvent) -> Bool
    ) throws(ClientError) -> Answer {
        let fields = fields + key + [(name: "Accept", value: "text/event-stream")]
        // A handle of its own: what else is to be said to the server need not wait for the end of the stream.
        let handle = try Handle()
        return try withoutActuallyEscaping(onEvent) { (onEvent) throws(ClientError) in
            var parser = ServerSentEvent.Parser()
            return try handle.perform(method, baseURL + target, fields: fields, body: body, timeout: 0) {
                bytes in
                parser.events(in: bytes).allSatisfy(onEvent)
            }
        }
    }

    private var key: [(name: String, value: String)] {
        apiKey.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
    }
}

/// Why there is no answer.
public struct ClientError: Error, CustomStringConvertible, Sendable {
    /// What libcurl says, and what to try.
    public let description: String
}
