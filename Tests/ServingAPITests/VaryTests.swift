import APITesting
import Testing

/// The Vary field of responses that Accept or Accept-Encoding selects (RFC 9110, section 12.5.5).
@Suite struct VaryTests {
    private static let paths: [(String, String?)] = [
        // One media type, compressible.
        ("/openapi.yaml", "Accept-Encoding"), ("/", "Accept-Encoding"),
        ("/console/api.js", "Accept-Encoding"),
        // Several media types; compressible; small.
        ("/problems", "Accept, Accept-Encoding"), ("/problems/no-encoding", "Accept"),
        ("/metrics", "Accept, Accept-Encoding"), ("/summary?model=m", "Accept"),
        // One media type and too small to be compressed.
        ("/healthz", nil), ("/readyz", nil), ("/jobs", nil), ("/v2/health/live", nil),
        // A strong ETag: never compressed.
        ("/models/m/model.onnx", nil),
        // Refused before a representation is chosen.
        ("/none", nil), ("/models/none", nil),
    ]

    /// 406 depends on Accept, whatever the route offers.
    @Test(arguments: TransportKind.allCases) func a406VariesByAccept(_ transport: TransportKind) throws {
        let api = try API(transport)
        let image = [(name: "Accept", value: "image/png")]
        for path in ["/metrics", "/problems", "/problems/overflow", "/summary?model=m", "/", "/healthz"] {
            for method in ["GET", "HEAD"] {
                let response = try api.send(method, path, fields: image)
                #expect(response.status == 406)
                #expect(response["vary"] == "Accept", "\(method) \(path)")
            }
        }
        for path in ["/reconstruct", "/train"] {
            #expect(try api.post(path, text: "{}", fields: image)["vary"] == "Accept", "\(path)")
        }
    }

    @Test func aResponseNamesTheFieldsThatSelectedIt() throws {
        let api = try API(.inProcess)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        for (path, vary) in Self.paths {
            for coding in [nil, "gzip", "identity"] as [String?] {
                let fields = coding.map { [(name: "Accept-Encoding", value: $0)] } ?? []
                for method in ["GET", "HEAD"] {
                    let response = try api.send(method, path, fields: fields)
                    #expect(response["vary"] == vary, "\(method) \(path) \(coding ?? "-")")
                }
            }
        }
    }

    @Test(arguments: ["/openapi.yaml", "/", "/console/api.js"])
    func a304HasTheVaryOfThe200(_ path: String) throws {
        let api = try API(.inProcess)
        let response = try api.send("GET", path, fields: [(name: "If-None-Match", value: "*")])
        #expect(response.status == 304)
        #expect(response["vary"] == "Accept-Encoding")
    }

    @Test func eachRepresentationOfANegotiatedRouteVaries() throws {
        let api = try API(.live)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        let body: JSON = ["model": "m", "windows": Small.windows]
        for accept in ["application/json", "application/x-npy"] {
            let fields = [(name: "Accept", value: accept)]
            #expect(try api.post("/reconstruct", text: "\(body)", fields: fields)["vary"] == "Accept")
        }
        for accept in ["application/json", "text/csv"] {
            let fields = [(name: "Accept", value: accept)]
            #expect(try api.post("/score", text: "\(body)", fields: fields)["vary"] == "Accept")
        }
        #expect(try api.post("/evaluate", text: "{}")["vary"] == nil)
        // Long responses could be compressed.
        let long: JSON = ["model": "m", "series": Small.series(rows: 400), "timesteps": 2]
        #expect(try api.post("/reconstruct", long)["vary"] == "Accept, Accept-Encoding")
        #expect(try api.post("/score", long.with(["timesteps": nil]))["vary"] == "Accept, Accept-Encoding")
        for accept in ["application/json", "text/event-stream"] {
            let response = try api.post(
                "/train", text: "\(Small.training("n"))", fields: [(name: "Accept", value: accept)])
            #expect(response["vary"]?.hasPrefix("Accept") == true, "\(accept)")
        }
    }
}
