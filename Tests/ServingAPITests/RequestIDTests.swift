import APITesting
import HTTP1
import ServingAPI
import Testing

/// X-Request-Id of requests and responses, and traceparent (W3C Trace Context).
@Suite struct RequestIDTests {
    @Test(arguments: TransportKind.allCases) func everyResponseHasTheIDOfItsRequest(
        _ transport: TransportKind
    ) throws {
        let api = try API(transport)
        func name(_ sent: String?, _ method: String = "GET", _ path: String = "/healthz") throws -> String {
            let fields = sent.map { [(name: "x-request-ID", value: $0)] } ?? []
            return try #require(try api.send(method, path, fields: fields)["x-request-id"])
        }
        for sent in ["a", "0af7651916cd43dd-8448._~:+/=", String(repeating: "x", count: 128)] {
            #expect(try name(sent) == sent)
            #expect(try name(sent, "GET", "/no/such/path") == sent)
            #expect(try name(sent, "PATCH", "/train") == sent)
            #expect(try name(sent, "HEAD", "/readyz") == sent)
        }
        var made: Set<String> = []
        for sent in [nil, "", "a b", "a\"b", "a;b", "\u{e9}", "a%0Ab", String(repeating: "x", count: 129)] {
            let name = try name(sent)
            #expect(name.wholeMatch(of: /[0-9a-z]{13}/) != nil, "\(name)")
            made.insert(name)
        }
        #expect(made.count == 8)
    }

    @Test func aRefusalByTheHTTPServerHasARequestID() throws {
        var limits = Limits()
        limits.maxBodyBytes = 10
        let api = try API(.live, limits: limits)
        let response = try api.post("/train", text: String(repeating: " ", count: 20))
        #expect(response.status == 413)
        #expect(response["x-request-id"]?.count == 13)
    }

    @Test func generatedRequestIDsAreUnique() {
        #expect(Set((0..<100_000).map { _ in RequestID.new() }).count == 100_000)
    }

    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    @Test(arguments: [
        "00-T-P-00", "00-T-P-01", "00-T-P-ff", "01-T-P-01", "fe-T-P-01-and-what-not", "cc-T-P-01-",
    ]) func aValidTraceparentIsParsed(_ pattern: String) throws {
        let text = pattern.replacing("T", with: Self.trace).replacing("P", with: Self.parent)
        let parsed = try #require(TraceParent(text))
        #expect(parsed.traceID == Self.trace && parsed.parentID == Self.parent)
    }

    @Test(arguments: [
        "", "00", "00-T-P", "00-T-P-", "00-T-P-0", "00-T-P-0g", "00-T-P-01-", "00-T-P-01-x", "ff-T-P-01",
        "0-T-P-01",
        "0G-T-P-01", "0A-T-P-01", "00-T-0000000000000000-01", "00-00000000000000000000000000000000-P-01",
        "00_T_P_01", "00-T-P 01", "01-T-P-01x", "00-P-T-01", "00-0AF7651916CD43DD8448EB211C80319C-P-01",
        " 00-T-P-01", "00-T-\u{e9}7ad6b716920333-01",
    ]) func anInvalidTraceparentIsIgnored(_ pattern: String) {
        let text = pattern.replacing("T", with: Self.trace).replacing("P", with: Self.parent)
        #expect(TraceParent(text) == nil)
        let valid = "00-\(Self.trace)-\(Self.parent)-01"
        let twice = HeaderFields([(name: "traceparent", value: valid), (name: "traceparent", value: valid)])
        #expect(TraceParent(twice) == nil)
    }
}
