import APITesting
import Foundation
import Testing

/// The log of the executable.
@Suite struct RequestLogTests {
    private static let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func everyRequestIsALine() throws {
        let server = try ServerProcess()
        #expect(try server.client.get("/healthz").status == 200)
        #expect(try server.client.get("/%68ealth%7A").status == 200)
        #expect(try server.client.post("/train", Small.training("toy")).status == 201)
        let fields = [(name: "X-Request-Id", value: "mine-1"), (name: "traceparent", value: Self.trace)]
        let body = Array("{\"model\":\"toy\",\"windows\":\(Small.windows)}".utf8)
        let response = try server.client.send("POST", "/reconstruct?secret=1", fields: fields, body: body)
        #expect(response.status == 200)
        let line = try server.logged(
            #/
            time=\S+Z\ level=info\ msg=request\ request_id=mine-1\ method=POST\ route=/reconstruct
            \ path=/reconstruct\ status=200\ bytes=(\d+)\ seconds=0\.\d{6}\ peer=127\.0\.0\.1
            \ model=toy\ version=1\ trace_id=0af7651916cd43dd8448eb211c80319c
            \ parent_id=b7ad6b7169203331\n
            /#
        )
        #expect(Int(line.1) == response.body.count)
        _ = try server.client.get("/models/%22%0a")
        let other = try server.logged(
            #/
            request_id=[0-9a-z]{13}\ method=GET\ route=/models/\{model\}
            \ path=/models/%22%0a\ status=404\ .*\n
            /#
        )
        #expect(!other.contains("secret"))
        #expect(throws: HarnessError.self) { try server.logged(/route=\/healthz|secret/) }
    }

    @Test func everyLineInJSONIsADocument() throws {
        let server = try ServerProcess(["--log-format", "json", "--log-level", "debug"])
        #expect(try JSON(Array(server.log.split(separator: "\n")[0].utf8))["msg"] == "listening")
        _ = try server.client.send("GET", "/healthz", fields: [], body: nil)
        let line = try server.logged(/\{"time":"[^\n]*"msg":"request"[^\n]*\}\n/)
        let document = try JSON(Array(line.utf8))
        #expect(document["level"] == "debug" && document["route"] == "/healthz")
        #expect(document["status"] == 200 && document["peer"] == "127.0.0.1")
        #expect(document["seconds"]?.double != nil && document["request_id"]?.string?.count == 13)
    }

    @Test func aHigherLevelLogsNoRequests() throws {
        let folder = try TemporaryFolder()
        let process = try Program.run(
            ["serve", "--port", "0", "--log-level", "warning", "--models", folder.path],
            launcher: ["/usr/bin/timeout", "--preserve-status", "10"])
        #expect(process.status == 0)
        #expect(process.errors == "")
        let wrong = try Program.run(["serve", "--log-level", "loud"])
        #expect(wrong.status != 0 && wrong.errors.contains("--log-level"))
    }
}
