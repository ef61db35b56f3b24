import APITesting
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
}
