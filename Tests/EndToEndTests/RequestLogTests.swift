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
        let response = try server.client.send("POST", "/reconstruct?version=1", fields: fields, body: body)
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
        _ = try server.client.get("/models/%22%0a?secret=1")
        let other = try server.logged(
            #/
            request_id=[0-9a-z]{13}\ method=GET\ route=/models/\{model\}
            \ path=/models/%22%0a\ status=400\ .*\n
            /#
        )
        #expect(!other.contains("secret"))
        #expect(throws: HarnessError.self) { try server.logged(/route=\/healthz|secret/) }
    }

    /// A training can outlive its request; its lines name the request, the trace and the key.
    @Test func theLinesOfATrainingNameItsRequest() throws {
        let keys = try TemporaryFolder()
        let made = try Program.run([
            "keys", "new", "ops", "--scope", "train", "--scope", "read", "--file", keys.path + "/keys",
        ])
        let key = made.output.trimmingCharacters(in: .newlines)
        let server = try ServerProcess(["--api-keys", keys.path + "/keys", "--grace", "1"])
        func post(_ id: String, _ body: JSON, _ preference: String? = nil) throws -> APIResponse {
            let fields = [
                (name: "X-Request-Id", value: id), (name: "traceparent", value: Self.trace),
                (name: "Authorization", value: "Bearer \(key)"),
            ]
            let all = fields + (preference.map { [(name: "Prefer", value: $0)] } ?? [])
            return try server.client.send("POST", "/train", fields: all, body: Array("\(body)".utf8))
        }
        #expect(try post("waits", Small.training("toy")).status == 201)
        let started = try server.logged(
            #/
            level=info\ msg="training\ started"\ job=([0-9a-f]{32})\ key_name=ops\ model=toy\ request_id=waits
            \ trace_id=0af7651916cd43dd8448eb211c80319c\n
            /#
        )
        let job = started.1
        _ = try server.logged(
            #/
            msg="training\ succeeded"\ job=[0-9a-f]{32}\ key_name=ops\ model=toy\ request_id=waits
            \ seconds=\S+\ trace_id=0af7651916cd43dd8448eb211c80319c\ version=1\n
            /#
        )
        let line = try server.logged(
            #/
            msg=request\ request_id=waits\ method=POST\ route=/train\ .*\ key_name=ops\ model=toy\ version=1
            \ job=([0-9a-f]{32})\ trace_id=0af7651916cd43dd8448eb211c80319c\s
            /#
        )
        #expect(line.1 == job)

        #expect(try post("fails", Small.diverging("bad")).status == 422)
        let failed = try server.logged(
            #/
            level=warning\ msg="training\ failed"\ job=\S+\ key_name=ops\ model=bad\ reason="([^"]*)"
            \ request_id=fails\ seconds
            /#
        )
        #expect(failed.1.contains("loss") && !failed.1.contains("("), "\(failed.1)")

        #expect(try post("later", Small.long("long"), "respond-async").status == 202)
        _ = try server.logged(/msg="training started" .* model=long request_id=later\s/)
        _ = try server.logged(/msg=request request_id=later .* status=202 .* model=long job=[0-9a-f]{32}\s/)
        server.signal(SIGTERM)
        _ = try server.logged(/msg="training cancelled" .* model=long request_id=later\s/)
        #expect(server.waitForEnd() == 0)
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
        // The log does not name the port. That of a server that has ended is free.
        let url = try ServerProcess().url
        let port = try #require(url.split(separator: ":").last.map(String.init))
        let (folder, errors) = (try TemporaryFolder(), Pipe())
        let process = try Program.start(
            ["serve", "--port", port, "--log-level", "warning", "--models", folder.path],
            output: Pipe(), errors: errors, input: Pipe())
        let client = try Client(url: url)
        while process.isRunning, (try? client.send("GET", "/healthz", fields: [], body: nil)) == nil {
            usleep(10_000)
        }
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
        let wrong = try Program.run(["serve", "--log-level", "loud"])
        #expect(wrong.status != 0 && wrong.errors.contains("--log-level"))
    }
}
