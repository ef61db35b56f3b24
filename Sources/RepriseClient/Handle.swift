import CCurl

/// A libcurl easy handle, and the only place that calls libcurl.
struct Handle: ~Copyable, @unchecked Sendable {
    private let curl: UnsafeMutableRawPointer

    /// Once a process, before the first handle; libcurl does not do it safely by itself.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    init() throws(ClientError) {
        guard Self.isReady, let curl = curl_easy_init() else {
            throw ClientError(description: "libcurl can't be started")
        }
        self.curl = curl
    }

    deinit { curl_easy_cleanup(curl) }

    /// A name for a path or a query, percent-encoded but for the unreserved characters of RFC 3986.
    static func escaped(_ name: String) throws(ClientError) -> String {
        // A length of 0 would mean "measure it".
        guard !name.isEmpty else { return name }
        guard let text = curl_easy_escape(nil, name, Int32(clamping: name.utf8.count)) else {
            throw ClientError(description: "a name of \(name.utf8.count) bytes can't be sent")
        }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// Where libcurl's callbacks leave what arrives.
    fileprivate final class Received {
        var body: [UInt8] = []
        var fields: [(name: String, value: String)] = []
        /// Takes an event stream as it comes; says whether to go on.
        let onStream: ((UnsafeRawBufferPointer) -> Bool)?

        init(_ onStream: ((UnsafeRawBufferPointer) -> Bool)?) { self.onStream = onStream }

        private var isStream: Bool {
            fields.contains { $0.name == "content-type" && $0.value.hasPrefix("text/event-stream") }
        }

        func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
            if let onStream, isStream { return onStream(bytes) }
            body += bytes
            return true
        }
    }

    /// - Parameters:
    ///   - timeout: in seconds; 0 is none.
    ///   - onStream: takes the pieces of an event stream instead of the answer's body.
    func perform(
        _ method: String, _ url: String, fields: [(name: String, value: String)], body: [UInt8]?,
        timeout: Int,
        onStream: ((UnsafeRawBufferPointer) -> Bool)? = nil
    ) throws(ClientError) -> RepriseClient.Answer {
        curl_easy_reset(curl)
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        let contentType = body == nil ? [] : [(name: "Content-Type", value: "application/json")]
        // A field of the caller's takes the place of ours; libcurl's "Expect" costs a round trip and is
        // left out.
        let own = contentType.filter { ours in
            !fields.contains { $0.name.lowercased() == ours.name.lowercased() }
        }
        for field in fields + own { list = curl_slist_append(list, "\(field.name): \(field.value)") ?? list }
        list = curl_slist_append(list, "Expect:") ?? list

        let received = Received(onStream)
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
            // Another number than there were bytes ends the transfer.
            return received.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
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
                // An empty array may have no address, and without one libcurl would read standard input.
                ccurl_set_pointer(
                    curl, CURLOPT_POSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1))
                return curl_easy_perform(curl)
            }
        }
        guard result == CURLE_OK else {
            let hint =
                result == CURLE_COULDNT_CONNECT ? "; is the server running? Start it with: reprise serve" : ""
            throw ClientError(description: "\(url): \(String(cString: curl_easy_strerror(result)))\(hint)")
        }
        return RepriseClient.Answer(status: ccurl_status(curl), fields: received.fields, body: received.body)
    }
}

extension Handle.Received {
    /// A status line starts over: what came before it was an interim answer.
    fileprivate func add(line: String) {
        if line.hasPrefix("HTTP/") { return fields.removeAll() }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        let end = value.lastIndex { !$0.isWhitespace }
        fields.append((name: line[..<colon].lowercased(), value: end.map { String(value[...$0]) } ?? ""))
    }
}
