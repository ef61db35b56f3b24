import APITesting
import Testing

/// Percent-encoded unreserved characters, which are the same as the characters themselves (RFC 3986, section
/// 6.2.2.2).
@Suite struct PercentEncodingTests {
    private static let paths = [
        ("/%6Dodels", "/models"), ("/%6dodels", "/models"), ("/models/%6D", "/models/m"),
        ("/%68ealth%7A", "/healthz"), ("/console/ap%69.js", "/console/api.js"),
        ("/%63onsole/api%2Ejs", "/console/api.js"), ("/pro%62lems", "/problems"),
        ("/%70roblems/no-%65ncoding", "/problems/no-encoding"), ("/%76%32", "/v2"),
        ("/v2/%68ealth/live", "/v2/health/live"), ("/%76%32/models/m", "/v2/models/m"),
        ("/openapi%2eyaml", "/openapi.yaml"),
        ("/anomaly%64etector/v1%2E1/multivariate/models", Exercise.detectorModels),
    ]

    @Test func anEncodedPathIsThePathItself() throws {
        let api = try API(.inProcess)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        for (encoded, path) in Self.paths {
            let plain = try api.get(path)
            let response = try api.get(encoded)
            #expect(plain.status == 200)
            #expect(response.status == 200, "\(encoded)")
            #expect(response["content-type"] == plain["content-type"])
            #expect(response.body == plain.body)
            #expect(try api.send("PATCH", encoded).status == 405, "\(encoded)")
        }
    }

    @Test(arguments: TransportKind.allCases)
    func anEncodedSlashIsData(_ transport: TransportKind) throws {
        let api = try API(transport)
        for path in ["/models%2F", "/%2Fmodels", "%2Fmodels", "/v2%2Fhealth/live", "/console%2Fapi.js"] {
            let status = try api.get(path.hasPrefix("/") ? path : "/" + path).status
            #expect(status == 404, "\(path)")
        }
    }

    /// Errors have the format of the path's protocol.
    @Test func problemsHaveTheFormatOfTheEncodedPath() throws {
        let api = try API(.inProcess)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        for path in ["/v2/models/m/infer", "/%76%32/models/m/infer", "/v2/mode%6cs/m/%69nfer"] {
            #expect(try api.post(path, [:]).status == 400, "\(path)")
        }
        let unknown = try api.get("/%61nomalydetector/v1.1/multivariate/models/none")
        #expect(unknown.status == 404)
        #expect(unknown["x-ms-error-code"] != nil)
    }

    @Test func theRouteIsCountedUnderItsPath() throws {
        let api = try API(.inProcess)
        for path in ["/healthz", "/%68ealthz", "/h%65althz"] { #expect(try api.get(path).status == 200) }
        let metrics = try Exposition(api.get("/metrics").text)
        let labels = ["route": "/healthz", "method": "GET", "status": "200"]
        #expect(metrics.value("reprise_http_requests_total", labels) == 3)
        #expect(metrics.value("reprise_http_requests_total", ["route": "(other)"]) == nil)
    }
}
