import APITesting
import ServingAPI
import Testing

/// OPTIONS, which lists the methods of a path (RFC 9110, 9.3.7).
@Suite struct OptionsTests {
    @Test(arguments: TransportKind.allCases) func optionsListsTheMethodsOfAPath(_ transport: TransportKind)
        throws
    {
        let api = try API(transport)
        for (path, methods) in [
            ("/", "GET, HEAD, OPTIONS"), ("/train", "OPTIONS, POST"),
            ("/models/x", "DELETE, GET, HEAD, OPTIONS"),
            ("/summary?model=x", "GET, HEAD, OPTIONS, POST"), ("/healthz", "GET, HEAD, OPTIONS"),
            ("/models/x/aliases/a", "DELETE, OPTIONS, PUT"), ("/v2/models/x/infer", "OPTIONS, POST"),
            ("\(Exercise.detectorModels)/x:detect-last", "OPTIONS, POST"),
        ] {
            // A browser's preflight request gets no permission: there are no Access-Control fields.
            for fields in [
                [],
                [
                    (name: "Origin", value: "http://evil.example"),
                    (name: "Access-Control-Request-Method", value: "DELETE"),
                ],
            ] {
                let response = try api.send("OPTIONS", path, fields: fields)
                #expect(response.status == 204, "\(path)")
                #expect(response["allow"] == methods, "\(path)")
                #expect(response.body.isEmpty)
                #expect(!response.fields.contains { $0.name.hasPrefix("access-control-") })
            }
        }
        #expect(try api.send("OPTIONS", "/no/such/path").status == 404)
        #expect(try api.send("OPTIONS", "/train", body: Array("{}".utf8)).status == 204)
        #expect(
            try api.send("OPTIONS", "/healthz", fields: [(name: "Accept", value: "image/png")]).status == 204)
        #expect(
            try api.get("/metrics").text.contains(
                #"reprise_http_requests_total{route="/train",method="OPTIONS",status="204"} 3"#))
    }

    @Test func optionsListsWhatAReadOnlyServerAllows() throws {
        let api = try API(.inProcess, isReadOnly: true)
        #expect(try api.send("OPTIONS", "/models/x")["allow"] == "GET, HEAD, OPTIONS")
        #expect(try api.send("OPTIONS", "/train")["allow"] == "OPTIONS")
    }

    @Test func optionsNeedsAKeyWhereEveryMethodDoes() throws {
        let (key, line) = try APIKey.make("k", "infer")
        let file = TemporaryKeyFile(line)
        let api = try API(.inProcess, keys: file.keys())
        for path in ["/train", "/models/x", "/no/such/path"] {
            #expect(try api.send("OPTIONS", path).status == 401, "\(path)")
            #expect(
                try api.send("OPTIONS", path, fields: TemporaryKeyFile.bearer(key)).status
                    == (path == "/no/such/path" ? 404 : 204),
                "a key of any scope may ask")
        }
        for path in ["/healthz", "/", "/problems"] { #expect(try api.send("OPTIONS", path).status == 204) }
    }
}
