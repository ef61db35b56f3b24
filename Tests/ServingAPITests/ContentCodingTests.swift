import APITesting
import Foundation
import ModelStore
import ServingAPI
import Testing

/// Content codings (RFC 9110, section 8.4) of requests and responses. Python's gzip and zlib compressed the
/// bodies.
@Suite struct ContentCodingTests {
    private static let plain =
        "{\"model\":\"m\",\"series\":[[1,2],[3,4],[5,6],[7,9]],\"timesteps\":2,\"epochs\":1}"
    private static let gzip =
        "H4sIAAAAAAACA6tWys1PSc1RslLKVdJRKk4tykwtVrKKjjbUMYrViTbWMQGSpjpmQNJcxzI2VkepJDM3tbgktQCoykhHKbUg"
        + "PzkDyDSsBQA8eR45SQAAAA=="
    /// Two members (RFC 1952, section 2.2).
    private static let members =
        "H4sIAAAAAAACA6tWys1PSc1RslLKVdJRKk4tykwtBgAuoEg9FAAAAB+LCAAAAAAAAgNTsoqONtQxitWJNtYxAZKmOmZA0lzH"
        + "MjZWR6kkMze1uCS1oFjJykhHKbUgPzkDyDSsBQD11QliNQAAAA=="
    private static let zlib =
        "eJyrVsrNT0nNUbJSylXSUSpOLcpMLVayio421DGK1Yk21jEBkqY6ZkDSXMcyNlZHqSQzN7W4JLUAqMpIRym1ID85A8g0rAUA"
        + "I2cV9g=="

    private static func bytes(_ base64: String) -> [UInt8] {
        Data(base64Encoded: base64).map(Array.init) ?? []
    }

    private func train(_ api: API, _ coding: String, _ body: [UInt8]) throws -> APIResponse {
        try api.send("POST", "/train", fields: [(name: "Content-Encoding", value: coding)], body: body)
    }

    @Test(arguments: TransportKind.allCases)
    func compressedBodiesAreDecompressed(_ transport: TransportKind) throws {
        let api = try API(transport)
        for (coding, body) in [
            ("gzip", Self.gzip), ("X-Gzip", Self.gzip), ("gzip", Self.members), ("deflate", Self.zlib),
        ] {
            #expect(try train(api, coding, Self.bytes(body)).status == 201, "\(coding)")
        }
        #expect(try train(api, "identity", Array(Self.plain.utf8)).status == 201)
    }

    @Test(arguments: TransportKind.allCases)
    func aBodyThatDoesNotMatchItsContentEncodingIsRefused(_ transport: TransportKind) throws {
        let api = try API(transport)
        let gzip = Self.bytes(Self.gzip)
        var flipped = gzip
        flipped[gzip.count - 6] ^= 1
        let bad: [(String, [UInt8])] = [
            ("gzip", Array(gzip.dropLast())), ("gzip", Array(gzip.prefix(12))), ("gzip", []),
            ("gzip", flipped), ("gzip", gzip + [0, 1]), ("gzip", Array(Self.plain.utf8)),
            ("deflate", gzip), ("gzip", Self.bytes(Self.zlib)),
        ]
        for (coding, body) in bad {
            let response = try train(api, coding, body)
            #expect(response.status == 400, "\(coding) \(body.count)")
            #expect(response.text.contains("Content-Encoding"))
        }
        for coding in ["br", "gzip, gzip", "gzip, identity", "zstd"] {
            let response = try train(api, coding, gzip)
            #expect(response.status == 415)
            #expect(response["accept-encoding"] == "gzip, deflate")
        }
    }

    @Test(arguments: TransportKind.allCases)
    func theDecompressedSizeIsLimited(_ transport: TransportKind) throws {
        // 341 bytes that decompress to 300,000.
        let bomb = Self.bytes(Self.bomb)
        var limits = RuntimeLimits()
        limits.maxBodyBytes = 299_999
        let small = try API(transport, runtime: limits)
        #expect(try train(small, "gzip", bomb).status == 413)
        limits.maxBodyBytes = 400_000
        #expect(try train(API(transport, runtime: limits), "gzip", bomb).status == 422)
    }

    @Test(arguments: TransportKind.allCases)
    func responsesAreCompressedForClientsThatAcceptGzip(_ transport: TransportKind) throws {
        let api = try API(transport)
        func description(_ accepted: String?) throws -> APIResponse {
            try api.send(
                "GET", "/openapi.yaml", fields: accepted.map { [(name: "Accept-Encoding", value: $0)] } ?? [])
        }
        let plain = try description(nil)
        for accepted in ["gzip", "br, GZIP;q=0.5", "*", "x-gzip, gzip;q=1.000"] {
            let packed = try description(accepted)
            #expect(packed["content-encoding"] == "gzip")
            #expect(packed["vary"] == "Accept-Encoding")
            #expect(packed.body.count < plain.body.count / 2)
            #expect(try ContentCoding.gzip.decompress(packed.body, limit: 1 << 20) == plain.body)
        }
        for accepted in ["identity", "gzip;q=0", "*;q=0", "gzip;q=0, *", "br", "gzip;q=x"] {
            #expect(try description(accepted).body == plain.body, "\(accepted)")
        }
        // A short body is not compressed.
        let health = try api.send("GET", "/healthz", fields: [(name: "Accept-Encoding", value: "gzip")])
        #expect(health["content-encoding"] == nil)
    }

    private static let bomb = """
        H4sIAAAAAAACA+3BUQkAIBAFsCryYphH/zwMIHa3h2w7qT3mSm8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAPCRVO4DOm7ZJe\
        2TBAA=
        """
}
