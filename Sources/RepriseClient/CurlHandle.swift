import CCurl

/// A libcurl easy handle. All calls of libcurl are in this file.
struct CurlHandle: ~Copyable, @unchecked Sendable {
    private let curl: UnsafeMutableRawPointer

    /// Whether libcurl is initialized. That happens once per process, before the first handle: libcurl's
    /// implicit initialization is not thread-safe.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    init() throws(ClientError) {
        guard Self.isReady, let curl = curl_easy_init() else {
            throw ClientError("libcurl cannot be initialized")
        }
        self.curl = curl
    }

    deinit { curl_easy_cleanup(curl) }

    /// Percent-encodes a name for a path or a query, all but the unreserved characters of RFC 3986, section
    /// 2.3.
    static func escaped(_ name: String) throws(ClientError) -> String {
        // libcurl takes a length of 0 as "call strlen".
        guard !name.isEmpty else { return name }
        guard let text = curl_easy_escape(nil, name, Int32(clamping: name.utf8.count)) else {
            throw ClientError("a name of \(name.utf8.count) bytes cannot be percent-encoded")
        }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// The destination of content that is not kept in memory.
    struct Sink {
        /// The media type of this content. Other content, such as a problem document, is part of the
        /// response.
        let type: String
        /// Receives bytes as they arrive, and returns whether to continue.
        let receive: (UnsafeRawBufferPointer) -> Bool
    }

    /// The parts of a response that libcurl's callbacks have received.
    fileprivate final class Received {
        var body: [UInt8] = []
        var fields: [(name: String, value: String)] = []
        private let sink: Sink?

        init(_ sink: Sink?) { self.sink = sink }

        /// Stores bytes of the content, and returns whether to continue.
        func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
            if let sink,
                fields.contains(where: { $0.name == "content-type" && $0.value.hasPrefix(sink.type) })
            {
                return sink.receive(bytes)
            }
            body += bytes
            return true
        }
    }

    /// Sends a request and receives its response.
    /// - Parameters:
    ///   - timeout: in seconds; 0 for none.
    ///   - sink: receives content of its media type, which is then not part of the response's body.
    /// - Throws: ``ClientError`` if the transfer fails.
    func perform(
        _ method: String, _ url: String, fields: [(name: String, value: String)], body: [UInt8]?,
        timeout: Int, sink: Sink? = nil
    ) throws(ClientError) -> RepriseClient.Response {
        curl_easy_reset(curl)
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        let contentType = body == nil ? [] : [(name: "Content-Type", value: "application/json")]
        // The caller's field replaces the default. libcurl's "Expect" would cost a round trip.
        let defaults = contentType.filter { field in
            !fields.contains { $0.name.lowercased() == field.name.lowercased() }
        }
        for field in fields + defaults {
            list = curl_slist_append(list, "\(field.name): \(field.value)") ?? list
        }
        list = curl_slist_append(list, "Expect:") ?? list

        let received = Received(sink)
        let context = Unmanaged.passUnretained(received).toOpaque()
        ccurl_set_string(curl, CURLOPT_URL, url)
        ccurl_set_string(curl, CURLOPT_CUSTOMREQUEST, method)
        ccurl_set_string(curl, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_string(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1")
        ccurl_set_long(curl, CURLOPT_NOSIGNAL, 1)
        ccurl_set_long(curl, CURLOPT_TIMEOUT, timeout)
        ccurl_set_long(curl, CURLOPT_NOBODY, method == "HEAD" ? 1 : 0)
        ccurl_set_pointer(curl, CURLOPT_HTTPHEADER, list)
        ccurl_set_pointer(curl, CURLOPT_WRITEDATA, context)
        ccurl_set_pointer(curl, CURLOPT_HEADERDATA, context)
        ccurl_set_receiver(curl, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
            // Any other return value than the number of bytes ends the transfer.
            return received.append(UnsafeRawBufferPointer(start: bytes, count: size * count))
                ? size * count : 0
        }
        ccurl_set_receiver(curl, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
            let line = String(
                decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
            received.add(line: line)
            return size * count
        }
        let result = withExtendedLifetime(received) { () -> CURLcode in
            guard let body else { return curl_easy_perform(curl) }
            return body.withUnsafeBytes { bytes in
                ccurl_set_long(curl, CURLOPT_POSTFIELDSIZE, bytes.count)
                // An empty array may have a null address, for which libcurl would read standard input.
                ccurl_set_pointer(
                    curl, CURLOPT_POSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1))
                return curl_easy_perform(curl)
            }
        }
        guard result == CURLE_OK else {
            throw ClientError(
                "\(url): \(String(cString: curl_easy_strerror(result)))",
                isUnreachable: result == CURLE_COULDNT_CONNECT)
        }
        return RepriseClient.Response(
            status: ccurl_status(curl), fields: received.fields, body: received.body)
    }
}

extension CurlHandle.Received {
    /// Adds a header line. A status line discards the fields before it, which belong to an interim response.
    fileprivate func add(line: String) {
        if line.hasPrefix("HTTP/") { return fields.removeAll() }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let end = value.lastIndex { !$0.isWhitespace }
        fields.append((name: line[..<colon].lowercased(), value: end.map { String(value[...$0]) } ?? ""))
    }
}
