import APITesting
import HTTP1
import ServingAPI
import Testing

/// Requests that a web page in a user's browser sends: of other origins, and by DNS rebinding.
@Suite struct CrossOriginTests {
    /// A loopback server without keys.
    private static let loopback = policy()

    private static func policy(
        _ host: String = "127.0.0.1", isLoopback: Bool = true, allowed: String? = nil, hasKeys: Bool = false
    ) -> HostPolicy {
        HostPolicy(
            listeningOn: host, isLoopback: isLoopback, allowed: AllowedHost.list(allowed) ?? [],
            hasKeys: hasKeys)
    }

    /// The status of a request that gets its response before its body is read; nil for an admitted request.
    private static func refusal(
        _ method: String, _ path: String = "/train", authority: String? = nil, minorVersion: Int = 1,
        with fields: [(String, String)], by api: API
    ) throws -> Int? {
        let head = RequestHead(
            method: Method(method), target: try #require(RequestTarget(path)), authority: authority,
            minorVersion: minorVersion, fields: HeaderFields(fields.map { (name: $0.0, value: $0.1) }))
        return api.service.exchange(for: head, from: nil).preflight()?.status.code
    }

    // MARK: Origins

    /// Header fields besides `Host: reprise.example:8080`, and the status of a request that is not safe.
    private static let origins: [(fields: [(String, String)], status: Int?)] = [
        // Programs that are not browsers.
        ([], nil),
        // Browsers.
        ([("Sec-Fetch-Site", "same-origin")], nil),
        ([("Sec-Fetch-Site", "none")], nil),
        ([("Sec-Fetch-Site", "cross-site")], 403),
        ([("Sec-Fetch-Site", "same-site")], 403),
        ([("Sec-Fetch-Site", "")], 403),
        ([("Sec-Fetch-Site", "Same-Origin")], 403),
        ([("sec-fetch-site", "cross-site")], 403),
        // Sec-Fetch-Site decides where it is present: a proxy may have changed Host.
        ([("Sec-Fetch-Site", "same-origin"), ("Origin", "https://public.example")], nil),
        ([("Sec-Fetch-Site", "cross-site"), ("Origin", "http://reprise.example:8080")], 403),
        // Browsers without Sec-Fetch-Site, and all browsers if the page has no TLS and is not on localhost.
        ([("Origin", "http://reprise.example:8080")], nil),
        ([("Origin", "https://reprise.example:8080")], nil),
        ([("Origin", "http://REPRISE.example.:8080")], nil),
        ([("Origin", "http://reprise.example")], 403),
        ([("Origin", "http://reprise.example:8081")], 403),
        ([("Origin", "http://evil.example:8080")], 403),
        ([("Origin", "http://evil.reprise.example:8080")], 403),
        ([("Origin", "http://reprise.example:8080.evil.example")], 403),
        ([("Origin", "http://reprise.example:8080/")], 403),
        ([("Origin", "http://u@reprise.example:8080")], 403),
        ([("Origin", "null")], 403),
        ([("Origin", "")], 403),
        ([("Origin", "file://")], 403),
        ([("Origin", "chrome-extension://reprise.example:8080")], 403),
        ([("Origin", "reprise.example:8080")], 403),
        ([("Origin", "http://reprise.example:8080 http://evil.example")], 403),
        // Browsers send each field once.
        ([("Origin", "http://reprise.example:8080"), ("Origin", "http://reprise.example:8080")], 403),
        ([("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "none")], 403),
        ([("Sec-Fetch-Site", "none"), ("Origin", "null"), ("Origin", "null")], 403),
    ]

    @Test(arguments: origins) func aRequestOfAnotherOriginChangesNothing(
        fields: [(String, String)], status: Int?
    ) throws {
        let fields = [("Host", "reprise.example:8080")] + fields
        let api = try API(.inProcess)
        for (method, path) in [
            ("POST", "/train"), ("POST", "/score"), ("POST", "/v2/repository/index"), ("DELETE", "/models/m"),
            ("PUT", "/models/m/aliases/a"), ("POST", Exercise.detectorModels),
        ] {
            #expect(
                try Self.refusal(method, path, with: fields, by: api) == status, "\(method) \(path)")
        }
        // Unknown paths and methods are refused in the same way, so that a page learns nothing.
        #expect(try Self.refusal("POST", "/no/such/path", with: fields, by: api) == status ?? 404)
        #expect(try Self.refusal("PATCH", "/train", with: fields, by: api) == status ?? 405)
        // Reading is allowed: the browser withholds the response from a page of another origin.
        for method in ["GET", "HEAD"] {
            #expect(try Self.refusal(method, "/models", with: fields, by: api) == nil)
        }
        #expect(try Self.refusal("OPTIONS", "/models", with: fields, by: api) == 204)
    }

    /// The Host field, Origin, `--allowed-hosts`, and whether the origin is that of the server.
    private static let proxies: [(host: String?, origin: String, allowed: String?, isOwn: Bool)] = [
        // The port that is missing is that of the scheme.
        ("h", "http://h", nil, true), ("h", "https://h", nil, true), ("h", "http://h:80", nil, true),
        ("h:443", "https://h", nil, true), ("h:80", "http://h", nil, true), ("h:", "http://h", nil, true),
        ("h:80", "https://h", nil, false), ("h", "http://h:8080", nil, false),
        ("[::1]:80", "http://[::1]", nil, true), ("[::1]", "http://[::2]", nil, false),
        // A proxy replaces Host with the address of the server.
        ("127.0.0.1:8081", "https://h", nil, false), ("127.0.0.1:8081", "https://h", "h", true),
        ("127.0.0.1:8081", "http://h", "other, H.", true),
        ("127.0.0.1:8081", "http://h:8000", "h", false), ("127.0.0.1:8081", "http://h:8000", "h:8000", true),
        ("127.0.0.1:8081", "http://h", "h:8000", false),
        // A name with a wildcard is that of a host only.
        ("a.h", "http://b.h", "*.h", false), ("a.h", "http://a.h", "*.h", true),
        // HTTP/1.0 without Host.
        (nil, "http://h", nil, false), (nil, "http://h", "h", true),
    ]

    @Test(arguments: proxies) func anOriginIsComparedWithHostAndTheAllowedHosts(
        host: String?, origin: String, allowed: String?, isOwn: Bool
    ) throws {
        let api = try API(.inProcess, hosts: Self.policy("0.0.0.0", isLoopback: false, allowed: allowed))
        let fields = [("Origin", origin)] + (host.map { [("Host", $0)] } ?? [])
        #expect(try Self.refusal("POST", with: fields, by: api) == (isOwn ? nil : 403))
    }

    @Test func theAuthorityOfTheTargetReplacesHost() throws {
        let api = try API(.inProcess, hosts: Self.loopback)
        let own = [("Host", "localhost"), ("Origin", "http://localhost")]
        #expect(try Self.refusal("POST", authority: "127.0.0.1", with: own, by: api) == 403)
        #expect(try Self.refusal("POST", authority: "localhost:80", with: own, by: api) == nil)
        #expect(try Self.refusal("GET", "/models", authority: "evil.example", with: own, by: api) == 421)
        #expect(
            try Self.refusal(
                "GET", "/models", authority: "localhost", with: [("Host", "evil.example")], by: api)
                == nil)
    }

    // MARK: Hosts

    private static let hosts: [(host: String, status: Int?)] = [
        ("127.0.0.1", nil), ("127.0.0.1:8080", nil), ("10.0.0.7:1", nil), ("[::1]", nil), ("[::1]:8080", nil),
        ("[fe80::1]:8080", nil), ("localhost", nil), ("LocalHost.:8080", nil), ("a.b.localhost", nil),
        ("evil.example", 421), ("evil.example:8080", 421), ("EVIL.example.", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421), ("evil-localhost", 421), (".localhost.evil", 421),
        ("127.0.0.256", 421),
        ("1.2.3.+4", 421), ("localhost:99999", 421), ("x", 421), ("0", 421),
    ]

    @Test(arguments: hosts) func aLoopbackServerWithoutKeysHasNoOtherNames(host: String, status: Int?) throws
    {
        let api = try API(.inProcess, hosts: Self.loopback)
        for (method, path) in [
            ("GET", "/models"), ("GET", "/healthz"), ("GET", "/"), ("POST", "/train"),
            ("DELETE", "/models/m"),
            ("HEAD", "/no/such/path"),
        ] {
            let admitted = path == "/no/such/path" ? 404 : nil
            #expect(try Self.refusal(method, path, with: [("Host", host)], by: api) == status ?? admitted)
        }
        #expect(try Self.refusal("OPTIONS", "/models", with: [("Host", host)], by: api) == status ?? 204)
    }

    /// The address of the server, `--allowed-hosts`, whether it has keys, Host, and whether it refuses Host.
    private static let policies:
        [(String, isLoopback: Bool, allowed: String?, hasKeys: Bool, host: String, isRefused: Bool)] =
            [
                ("127.0.0.1", true, nil, false, "evil.example", true),
                ("vm", true, nil, false, "evil.example", true), ("VM", true, nil, false, "vm:1", false),
                ("127.0.0.1", true, nil, true, "evil.example", false),
                ("0.0.0.0", false, nil, false, "evil.example", false),
                ("0.0.0.0", false, "a.example", false, "evil.example", true),
                ("0.0.0.0", false, "a.example", true, "evil.example", true),
                ("127.0.0.1", true, "a.example,B.example", false, "b.EXAMPLE.:1", false),
                ("127.0.0.1", true, "a.example:1", false, "a.example:2", false),
                ("127.0.0.1", true, "*.example.org", false, "a.b.example.org", false),
                ("127.0.0.1", true, "*.example.org", false, "example.org", true),
                ("127.0.0.1", true, "*.example.org", false, "aexample.org", true),
                ("Name.example", false, "a.example", false, "name.example:1", false),
            ]

    @Test(arguments: policies) func theHostIsCheckedOnLoopbackWithoutKeysAndWithAllowedHosts(
        address: String, isLoopback: Bool, allowed: String?, hasKeys: Bool, host: String, isRefused: Bool
    ) throws {
        let hosts = Self.policy(address, isLoopback: isLoopback, allowed: allowed, hasKeys: hasKeys)
        let api = try API(.inProcess, hosts: hosts)
        #expect(
            try Self.refusal("GET", "/models", with: [("Host", host)], by: api) == (isRefused ? 421 : nil))
        #expect(
            try Self.refusal("GET", "/models", minorVersion: 0, with: [], by: api) == nil,
            "an HTTP/1.0 request without Host is not one of a browser")
    }

    @Test(
        arguments: [
            "", ",", "a,", "http://a", "a/b", "*", "*.", "*a", "a.*.b", "a:b", "a b", ".a", "[::1", "a:99999",
            "é",
        ])
    func anAllowedHostIsAName(_ text: String) {
        #expect(AllowedHost.list(text) == nil)
    }

    // MARK: Responses

    @Test(arguments: TransportKind.allCases) func theRefusalSaysWhatWasWrong(_ transport: TransportKind)
        throws
    {
        let (key, line) = try APIKey.make("k", "read", "infer", "train", "admin")
        let file = TemporaryKeyFile(line)
        let api = try API(transport, keys: file.keys(), hosts: Self.policy(allowed: "a.example"))
        let misdirected = try api.send("GET", "/models", fields: [(name: "Host", value: "evil.example:1")])
        #expect(misdirected.status == 421)
        #expect(try misdirected.json["type"] == "/problems/misdirected-request")
        #expect(misdirected.text.contains("'evil.example:1'") && misdirected.text.contains("--allowed-hosts"))
        // A valid key does not help a page, and a missing one changes nothing.
        for keys in [[], [(name: "Authorization", value: "Bearer \(key)")]] {
            let fields = keys + [(name: "Sec-Fetch-Site", value: "cross-site")]
            let refused = try api.send("POST", "/score", fields: fields, body: Array("{}".utf8))
            #expect(refused.status == 403)
            #expect(try refused.json["type"] == "/problems/cross-origin-request")
            #expect(refused.text.contains("Sec-Fetch-Site is 'cross-site'"))
            #expect(refused["www-authenticate"] == nil, "no key would help")
        }
        let detector = try api.send(
            "POST", Exercise.detectorModels, fields: [(name: "Origin", value: "null")], body: [])
        #expect(detector.status == 403 && detector["x-ms-error-code"] == "CrossOriginRequest")
    }
}
