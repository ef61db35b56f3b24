import APITesting
import Glibc
import HTTP1
import Logging
import ServingAPI
import Testing

/// Access control with a file of API keys.
@Suite struct APIKeyTests {
    /// A key file that is deleted when the instance is deallocated.
    final class KeyFile {
        let path = "/tmp/reprise-keys-\(UInt64.random(in: 0 ... .max))"

        init(_ text: String) { write(text) }

        deinit { unlink(path) }

        func write(_ text: String) {
            guard let file = fopen(path, "w") else { return }
            fputs(text, file)
            fclose(file)
        }

        func keys() throws -> APIKeys {
            try APIKeys(path: path, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
    }

    private static func bearer(_ key: String) -> [(name: String, value: String)] {
        [(name: "Authorization", value: "Bearer \(key)")]
    }

    @Test(arguments: TransportKind.allCases)
    func aKeyIsAcceptedOnlyOnTheRoutesOfItsScopes(_ transport: TransportKind) throws {
        var lines = "# a comment\n\n"
        var keys: [Scope: String] = [:]
        for scope in Scope.allCases {
            let (key, line) = try APIKeys.make(name: scope.rawValue, scopes: [scope])
            keys[scope] = key
            lines += line + "  # and another\n"
        }
        let file = KeyFile(lines)
        let api = try API(transport, keys: file.keys())
        let calls: [(String, String, Scope)] = [
            ("GET", "/models", .read), ("GET", "/models/x", .read), ("GET", "/summary?model=x", .read),
            ("GET", "/openapi.yaml", .read), ("HEAD", "/models", .read), ("POST", "/summary", .read),
            ("POST", "/reconstruct", .infer), ("POST", "/encode", .infer), ("POST", "/score", .infer),
            ("POST", "/evaluate", .infer), ("POST", "/compare", .train), ("POST", "/layers", .infer),
            ("POST", "/train", .train),
            ("DELETE", "/models/x", .admin), ("DELETE", "/models/x/versions/1", .admin),
            ("GET", "/jobs", .read), ("GET", "/jobs/x", .read), ("GET", "/jobs/x/events", .read),
            ("DELETE", "/jobs/x", .train), ("GET", "/models/x/model.safetensors", .read),
            ("GET", "/models/x/versions/1/model.safetensors", .read), ("GET", "/models/x/versions/1", .read),
            ("GET", "/models/x/model.onnx", .read), ("GET", "/models/x/versions/1/model.onnx", .read),
            ("PUT", "/models/x/model.safetensors", .train), ("PUT", "/models/x/aliases/a", .admin),
            ("DELETE", "/models/x/aliases/a", .admin), ("GET", "/v2", .read), ("GET", "/v2/models/x", .read),
            ("GET", "/v2/models/x/versions/1", .read), ("GET", "/v2/models/x/ready", .read),
            ("GET", "/v2/models/x/versions/1/ready", .read), ("POST", "/v2/models/x/infer", .infer),
            ("POST", "/v2/models/x/versions/1/infer", .infer), ("POST", "/v2/repository/index", .read),
            ("GET", "/metrics", .read),
            ("POST", Exercise.detectorModels, .train), ("GET", Exercise.detectorModels, .read),
            ("GET", "\(Exercise.detectorModels)/x", .read),
            ("DELETE", "\(Exercise.detectorModels)/x", .admin),
            ("POST", "\(Exercise.detectorModels)/x:detect-batch", .infer),
            ("POST", "\(Exercise.detectorModels)/x:detect-last", .infer),
            ("GET", "/anomalydetector/v1.1/multivariate/detect-batch/x", .infer),
        ]
        let open =
            [
                "/healthz", "/readyz", "/problems", "/problems/unknown-model", "/v2/health/live",
                "/v2/health/ready",
            ] + Exercise.consolePaths
        let served = try API(.inProcess).service.servedPaths
        #expect(
            calls.count - 1 == served.count - open.count,
            "every served route needs a call, and HEAD is one more"
        )
        for (method, path, needed) in calls {
            let body: [UInt8]? = method == "POST" || method == "PUT" ? Array("{}".utf8) : nil
            for (scope, key) in keys {
                let response = try api.send(method, path, fields: Self.bearer(key), body: body)
                #expect((response.status == 403) == (scope != needed), "\(method) \(path) with \(scope)")
                guard scope != needed else { continue }
                #expect(
                    response["www-authenticate"]
                        == "Bearer realm=\"reprise\", error=\"insufficient_scope\", scope=\"\(needed)\"")
            }
            #expect(try api.send(method, path, body: body).status == 401)
        }
        for path in open { #expect(try api.get(path).status == 200) }
    }

    @Test(
        arguments: [
            [], [("Authorization", "Bearer")], [("Authorization", "Bearer ")],
            [("Authorization", "Basic KEY")],
            [("Authorization", "Bearer rk_0")], [("Authorization", "Bearer KEY x")],
            [("Authorization", "Bearer   ")], [("Authorization", "Bearer\tKEY")],
            [("Authorization", "KEY")],
            [("Authorization", "Bearer KEY"), ("Authorization", "Bearer KEY")], [("X-Api-Key", "KEY")],
            [("Ocp-Apim-Subscription-Key", "rk_0")],
            [("Ocp-Apim-Subscription-Key", "KEY"), ("Authorization", "Bearer KEY")],
        ])
    func withoutAValidKeyEveryPathGets401(_ fields: [(String, String)]) throws {
        let (key, line) = try APIKeys.make(name: "k", scopes: Scope.allCases)
        let file = KeyFile(line)
        let api = try API(.inProcess, keys: file.keys())
        let sent = fields.map { (name: $0.0, value: $0.1.replacing("KEY", with: key)) }
        for (method, path) in [("GET", "/models"), ("GET", "/no/such/path"), ("PUT", "/train")] {
            let response = try api.send(method, path, fields: sent)
            #expect(response.status == 401)
            #expect(response["www-authenticate"]?.hasPrefix("Bearer realm=\"reprise\"") == true)
            #expect(!response.text.contains(key))
        }
        #expect(try api.send("GET", "/no/such/path", fields: Self.bearer(key)).status == 404)
        #expect(
            try api.send("GET", "/models", fields: [(name: "authorization", value: "BEARER \(key)")]).status
                == 200)
        // 1*SP (RFC 9110, 11.4)
        for blanks in ["  ", "     "] {
            let spaced = [(name: "Authorization", value: "Bearer\(blanks)\(key)")]
            #expect(try api.send("GET", "/models", fields: spaced).status == 200, "\(blanks.count) spaces")
        }
        let subscription = [(name: "ocp-apim-subscription-key", value: key)]
        #expect(try api.send("GET", "/models", fields: subscription).status == 200)
    }

    @Test func theKeyFileIsReloadedWhenItChanges() throws {
        let (old, oldLine) = try APIKeys.make(name: "old", scopes: [.read])
        let (new, newLine) = try APIKeys.make(name: "new", scopes: [.read])
        let file = KeyFile(oldLine)
        let api = try API(.inProcess, keys: file.keys())
        func status(_ key: String) throws -> Int {
            try api.send("GET", "/models", fields: Self.bearer(key)).status
        }
        /// Whether requests with a key get a status within four seconds.
        func becomes(_ wanted: Int, _ key: String) throws -> Bool {
            for _ in 0..<40 {
                if try status(key) == wanted { return true }
                usleep(100_000)
            }
            return false
        }
        #expect(try (status(old), status(new)) == (200, 401))
        file.write("\(oldLine)\n\(newLine)\n")
        #expect(try becomes(200, new), "a key that is added to the file must be accepted")
        #expect(try status(old) == 200)
        file.write("what is this\n")
        usleep(1_500_000)
        #expect(try (status(old), status(new)) == (200, 200), "a bad file must not replace the keys in use")
        file.write("\(newLine)\n")
        #expect(try becomes(401, old), "a key that is removed from the file must be refused")
        #expect(try status(new) == 200)
    }

    @Test(
        arguments: [
            ("x read", "line 1"), ("x read,write 00", "scopes are"), ("# fine\nx read zz", "line 2"),
            ("../x read 00", "a name is"), ("x read 00", "64 hexadecimal"), ("x , 00", "scopes are"),
        ])
    func aBadKeyFileIsRefusedWithTheLine(_ text: String, _ message: String) throws {
        let file = KeyFile(text)
        let error = #expect(throws: APIKeyError.self) { try file.keys() }
        #expect(error?.description.contains(message) == true)
    }

    @Test func aMissingKeyFileIsRefused() {
        #expect(throws: APIKeyError.self) {
            try APIKeys(path: "/no/such/file", logger: Logger(label: "test"))
        }
    }

    /// The digest of "abc" is the example of FIPS 180-2. A user can therefore make a key file with sha256sum.
    @Test func keysAreStoredAsSHA256Digests() throws {
        let file = KeyFile("abc read BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")
        let api = try API(.inProcess, keys: file.keys())
        #expect(try api.send("GET", "/models", fields: Self.bearer("abc")).status == 200)
    }
}
