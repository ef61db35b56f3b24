import APITesting
import Foundation
import Testing

/// API keys and a low limit of file descriptors, with the executable.
@Suite final class AccessTests {
    private let file = FileManager.default.temporaryDirectory.appending(
        path: "reprise-keys-\(UUID().uuidString)"
    ).path

    deinit { try? FileManager.default.removeItem(atPath: file) }

    @Test func aKeyThatTheCommandLineCreatesIsAccepted() throws {
        let made = try Program.run([
            "keys", "new", "ops", "--scope", "read", "--scope", "train", "--file", file,
        ])
        #expect(made.status == 0, "\(made.errors)")
        let key = made.output.trimmingCharacters(in: .newlines)
        let line = try String(contentsOfFile: file, encoding: .utf8)
        #expect(line.hasPrefix("ops read,train "))
        #expect(!line.contains(key))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let server = try ServerProcess(["--api-keys", file])
        #expect(server.log.contains("access=api-key"))
        #expect(try server.client.get("/models").status == 401)
        let bearer = [(name: "Authorization", value: "Bearer \(key)")]
        #expect(try server.client.send("GET", "/models", fields: bearer, body: nil).status == 200)
        #expect(try server.client.send("DELETE", "/models/x", fields: bearer, body: nil).status == 403)

        let summary = ["summary", "--timesteps", "3", "--features", "2", "--url", server.url]
        #expect(try Program.run(summary).errors.contains("requires an API key"))
        let allowed = try Program.run(summary, launcher: ["/usr/bin/env", "REPRISE_API_KEY=\(key)"])
        #expect(allowed.output.contains("Total params"), "\(allowed.errors)")
    }

    @Test func theLogSaysWhichClientsHaveAccess() throws {
        #expect(try ServerProcess().log.contains("access=loopback"))
        #expect(try ServerProcess(["--host", "0.0.0.0"]).log.contains("access=unrestricted"))
        let failed = try Program.run(["serve", "--port", "0", "--api-keys", "/no/such/file"])
        #expect(failed.status != 0)
        #expect(failed.errors.contains("/no/such/file"))
    }

    /// A server without free descriptors serves its connections, and accepts new ones after others are
    /// closed.
    @Test func aServerWithoutFreeDescriptorsRecovers() throws {
        let server = try ServerProcess(launcher: ["/usr/bin/prlimit", "--nofile=40:40"])
        #expect(try server.client.get("/healthz").status == 200)
        var others: [Client] = []
        for _ in 0..<60 {
            let other = try Client(url: server.url, timeout: 1)
            guard (try? other.get("/healthz")) != nil else { break }
            others.append(other)
        }
        #expect((5..<40).contains(others.count), "\(others.count) connections were served")
        // Open connections are still served.
        #expect(try server.client.get("/healthz").status == 200)
        #expect(try others[0].get("/healthz").status == 200)
        others = []
        #expect(try Client(url: server.url).get("/healthz").status == 200)
    }
}
