import APITesting
import ServingAPI
import Testing

/// Case 107 of HTTP1Tests/wire-cases.md: conditional requests for documents that do not change (RFC 9110,
/// section 13.1.2).
@Suite struct StaticFileTests {
    @Test(arguments: TransportKind.allCases)
    func aMatchingETagGets304(_ transport: TransportKind) throws {
        let api = try API(transport)
        func description(_ tags: String...) throws -> APIResponse {
            try api.send("GET", "/openapi.yaml", fields: tags.map { (name: "If-None-Match", value: $0) })
        }
        let full = try description()
        let tag = try #require(full["etag"])
        #expect(full.status == 200)
        let strong = String(tag.dropFirst(2))
        for tags in [[tag], [strong], ["*"], ["\"x\", \(tag)"], ["\"x\" , \(strong),\"y\""], ["\"x\"", tag]] {
            let response = try api.send(
                "GET", "/openapi.yaml", fields: tags.map { (name: "If-None-Match", value: $0) })
            #expect(response.status == 304, "\(tags)")
            #expect(response["etag"] == tag)
            #expect(response["content-length"] == nil)
            #expect(response.body.isEmpty)
        }
        for other in ["\"x\"", "W/\"x\"", "", "\"*\"", String(strong.dropLast())] {
            #expect(try description(other).body == full.body, "\(other)")
        }
        #expect(
            try api.send("HEAD", "/openapi.yaml", fields: [(name: "If-None-Match", value: tag)]).status == 304
        )
        // A weak tag never matches If-Match. A document has no ranges.
        for (name, value, status) in [
            ("If-Match", "*", 200), ("If-Match", tag, 412), ("If-Match", "\"x\"", 412),
            ("Range", "bytes=0-1", 200),
        ] {
            let response = try api.send("GET", "/openapi.yaml", fields: [(name: name, value: value)])
            #expect(response.status == status, "\(name): \(value)")
        }
    }

    @Test(arguments: TransportKind.allCases)
    func compressedAndPlainContentShareOneTag(_ transport: TransportKind) throws {
        let api = try API(transport)
        // The pages of problems have two media types, and that of a single one is too short to be compressed.
        let paths = [
            "/openapi.yaml": "Accept-Encoding", "/": "Accept-Encoding",
            "/console/dygraph.js": "Accept-Encoding", "/problems": "Accept, Accept-Encoding",
            "/problems/unknown-model": "Accept",
        ]
        for (path, vary) in paths {
            func get(_ coding: String?) throws -> APIResponse {
                try api.send(
                    "GET", path, fields: coding.map { [(name: "Accept-Encoding", value: $0)] } ?? [])
            }
            let plain = try get(nil)
            let packed = try get("gzip")
            let tag = try #require(plain["etag"], "\(path)")
            #expect(packed["etag"] == tag)
            // Both have the same Vary field, or a cache would send the plain bytes to every client.
            #expect(plain["vary"] == vary, "\(path)")
            #expect(packed["vary"] == vary, "\(path)")
            #expect(plain["content-encoding"] == nil)
            if packed["content-encoding"] != nil {
                #expect(try ContentCoding.gzip.decompress(packed.body, limit: 1 << 20) == plain.body)
            } else {
                #expect(packed.body == plain.body)
                #expect(plain.body.count < 1400, "\(path)")
            }
            // 304 has the Vary field that 200 would have (RFC 9110, 15.4.5).
            let unchanged = try api.send(
                "GET", path,
                fields: [(name: "Accept-Encoding", value: "gzip"), (name: "If-None-Match", value: tag)])
            #expect(unchanged.status == 304)
            #expect(unchanged["vary"] == vary, "\(path)")
            #expect(unchanged["content-encoding"] == nil)
        }
    }

    /// Two arrays that exist at the same time have one storage only if one is a copy of the other.
    @Test(arguments: ["/openapi.yaml", "/", "/console/dygraph.js", "/problems"], ["gzip", "identity"])
    func responsesShareTheBytesOfTheDocument(_ path: String, _ coding: String) throws {
        let fields = [(name: "Accept-Encoding", value: coding)]
        // The document is compressed for all servers of the process.
        let responses = try (0..<2).map { _ in try API(.inProcess).send("GET", path, fields: fields) }
        #expect(responses[0]["content-encoding"] == (coding == "gzip" ? "gzip" : nil))
        responses[0].body.withUnsafeBytes { first in
            responses[1].body.withUnsafeBytes { #expect($0.baseAddress == first.baseAddress) }
        }
    }

    @Test func aStaticFileIsCompressedAtTheBestLevel() throws {
        let api = try API(.inProcess)
        let packed = try api.send(
            "GET", "/openapi.yaml", fields: [(name: "Accept-Encoding", value: "gzip")])
        let plain = try ContentCoding.gzip.decompress(packed.body, limit: 1 << 20)
        let fast = try #require(ContentCoding.gzip.compress(plain))
        #expect(packed.body.count < fast.count * 9 / 10)
    }
}
