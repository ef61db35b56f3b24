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

    @Test func keysAreListedAndRevoked() throws {
        let options = ["--file", file]
        for (name, more) in [
            ("ops", ["--scope", "admin"]),
            ("line", ["--scope", "infer:pump-*", "--scope", "read", "--rate", "50/s", "--trainings", "2"]),
        ] {
            #expect(try Program.run(["keys", "new", name] + more + options).status == 0)
        }
        let expired = "old read \(String(repeating: "0", count: 64)) expires=2026-01-31\n"
        try (String(contentsOfFile: file, encoding: .utf8) + expired).write(
            toFile: file, atomically: false, encoding: .utf8)
        let listed = try Program.run(["keys", "list"] + options)
        #expect(
            listed.output == """
                name             scopes                         expires  rate  trainings
                 ops              admin                               -     -          -
                line  read,infer:pump-*                               -  50/s          2
                 old               read  2026-01-31T00:00:00Z (expired)     -          -

                """, "\(listed.errors)")
        let variable = ["/usr/bin/env", "REPRISE_API_KEYS=\(file)"]
        #expect(try Program.run(["keys", "list"], launcher: variable).output == listed.output)
        #expect(try Program.run(["keys", "revoke", "ops"] + options).status == 0)
        #expect(try !Program.run(["keys", "list"] + options).output.contains("ops"))
        let again = try Program.run(["keys", "revoke", "ops"] + options)
        #expect(again.status != 0 && again.errors.contains("no key of this name"))
        let unnamed = try Program.run(
            ["keys", "list"], launcher: ["/usr/bin/env", "-u", "REPRISE_API_KEYS"])
        #expect(unnamed.status != 0 && unnamed.errors.contains("--file"))
        let twice = try Program.run(["keys", "new", "line", "--scope", "read"] + options)
        #expect(twice.status != 0 && twice.errors.contains("has a key of this name"))
    }

    /// `REPRISE_API_KEYS` names the file for each command, as for `serve`; an option overrides it.
    @Test func aVariableNamesTheFileOfKeys() throws {
        let variable = ["/usr/bin/env", "REPRISE_API_KEYS=\(file)"]
        let arguments = ["keys", "new", "ops", "--scope", "read"]
        let made = try Program.run(arguments, launcher: variable)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.wholeMatch(of: /rk_[^ \n]+\n/) != nil, "the key alone: \(made.output)")
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("ops read "))
        let listed = try Program.run(["keys", "list"], launcher: variable)
        #expect(listed.output.contains("ops"))
        let other = file + "-other"
        defer { try? FileManager.default.removeItem(atPath: other) }
        #expect(try Program.run(arguments + ["--file", other], launcher: variable).status == 0)
        #expect(try String(contentsOfFile: other, encoding: .utf8).hasPrefix("ops read "))
        #expect(try Program.run(["keys", "revoke", "ops"], launcher: variable).status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "")
        // An empty variable counts as not set: the line is printed.
        let printed = try Program.run(arguments, launcher: ["/usr/bin/env", "REPRISE_API_KEYS="])
        #expect(printed.output.hasPrefix("ops read ") && printed.output.contains("\nrk_"))
        // A key is not the path of a file.
        let secret = try Program.run(arguments, launcher: ["/usr/bin/env", "REPRISE_API_KEYS=rk_secret"])
        #expect(secret.status != 0 && !secret.errors.contains("secret"), "\(secret.errors)")
        for command in ["new", "list", "revoke"] {
            #expect(try Program.run(["keys", command, "--help"]).output.contains("[env: REPRISE_API_KEYS]"))
        }
    }

    /// The server looks at the file once a second without a signal.
    @Test func aRevokedKeyIsRefusedWithinSeconds() throws {
        let made = try Program.run(["keys", "new", "a", "--scope", "read", "--file", file])
        let bearer = [
            (name: "Authorization", value: "Bearer \(made.output.trimmingCharacters(in: .newlines))")
        ]
        #expect(try Program.run(["keys", "new", "b", "--scope", "read", "--file", file]).status == 0)
        let server = try ServerProcess(["--api-keys", file])
        #expect(try server.client.send("GET", "/models", fields: bearer, body: nil).status == 200)
        #expect(try Program.run(["keys", "revoke", "a", "--file", file]).status == 0)
        _ = try server.logged(/reloaded the API keys" keys=1/)
        #expect(try server.client.send("GET", "/models", fields: bearer, body: nil).status == 401)
    }

    // MARK: SIGHUP

    /// Before, SIGHUP ended the server. A terminal that closes sends it too.
    @Test func aTrainingSurvivesSIGHUP() throws {
        let server = try ServerProcess()
        let url = server.url
        let training = Future {
            try Client(url: url).post("/train", Small.training("m", ["epochs": 2000, "units": [32]]))
        }
        while try server.client.get("/jobs").json["jobs"]?[0]?["state"] != "running" { usleep(1000) }
        server.signal(SIGHUP)
        _ = try server.logged(/SIGHUP: nothing to reload/)
        #expect(try training.wait().status == 201)
        #expect(try server.client.get("/models/m").status == 200)
    }

    @Test func afterSIGHUPANewKeyIsAcceptedAtOnce() throws {
        #expect(try Program.run(["keys", "new", "a", "--scope", "read", "--file", file]).status == 0)
        let server = try ServerProcess(["--api-keys", file])
        let made = try Program.run(["keys", "new", "b", "--scope", "read", "--file", file])
        let bearer = [
            (name: "Authorization", value: "Bearer \(made.output.trimmingCharacters(in: .newlines))")
        ]
        server.signal(SIGHUP)
        _ = try server.logged(/SIGHUP: reloading the API keys/)
        _ = try server.logged(/reloaded the API keys" keys=2/)
        #expect(try server.client.send("GET", "/models", fields: bearer, body: nil).status == 200)
        server.signal(SIGTERM)
        #expect(server.waitForEnd() == 0)
    }

    @Test func theLogSaysWhichClientsHaveAccess() throws {
        #expect(try ServerProcess().log.contains("access=loopback"))
        #expect(try ServerProcess(["--host", "0.0.0.0"]).log.contains("access=unrestricted"))
        let failed = try Program.run(["serve", "--port", "0", "--api-keys", "/no/such/file"])
        #expect(failed.status != 0)
        #expect(failed.errors.contains("/no/such/file"))
    }

    /// The options that decide which hosts a server accepts, and the statuses for two hosts.
    @Test(
        arguments: [
            ([], [:], 421, 421), (["--host", "0.0.0.0"], [:], 200, 200),
            // 127.0.0.1, but not by its text.
            (["--host", "0x7f.1"], [:], 421, 421),
            (["--api-keys", "FILE"], [:], 401, 401),
            (["--allowed-hosts", "a.example"], [:], 200, 421),
            (["--host", "0.0.0.0", "--allowed-hosts", "a.example"], [:], 200, 421),
            (["--host", "0.0.0.0"], ["REPRISE_ALLOWED_HOSTS": "*.example,b"], 200, 421),
            (["--api-keys", "FILE", "--allowed-hosts", "a.example"], [:], 401, 421),
        ] as [([String], [String: String], Int, Int)])
    func theOptionsDecideWhichHostsAreAccepted(
        _ options: [String], _ variables: [String: String], _ known: Int, _ unknown: Int
    ) throws {
        _ = try Program.run(["keys", "new", "k", "--scope", "read", "--file", file])
        let launcher = variables.isEmpty ? [] : ["/usr/bin/env"] + variables.map { "\($0)=\($1)" }
        let server = try ServerProcess(options.map { $0 == "FILE" ? file : $0 }, launcher: launcher)
        func status(_ host: String) throws -> Int {
            try server.client.send("GET", "/models", fields: [(name: "Host", value: host)], body: nil).status
        }
        #expect(try status("a.example:8080") == known)
        #expect(try status("evil.other") == unknown)
        // Host is an address, as of a health check.
        #expect(try Program.run(["health", "--url", server.url]).status == 0)
    }

    @Test func aPageOfAnotherOriginTrainsNothing() throws {
        let server = try ServerProcess()
        let body = Array("\(Small.training("m"))".utf8)
        func status(_ fields: [(name: String, value: String)]) throws -> Int {
            try server.client.send("POST", "/train", fields: fields, body: body).status
        }
        #expect(try status([(name: "Sec-Fetch-Site", value: "cross-site")]) == 403)
        #expect(try status([(name: "Origin", value: "http://evil.example")]) == 403)
        _ = try server.logged(/method=POST route=\/train path=\/train status=403/)
        #expect(try server.client.get("/models").json["models"]?.array?.isEmpty == true)
        #expect(try status([(name: "Origin", value: server.url)]) == 201)
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
