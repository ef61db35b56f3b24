import APITesting
import Foundation
import Testing

/// `reprise models`, `versions`, `alias`, `download`, `upload` and `delete`.
@Suite final class RegistryCommandTests: CommandLineCase {
    /// Trains versions of a model of two timesteps and two features.
    private func train(_ model: String, versions: Int = 1) throws {
        for _ in 0..<versions {
            let trained = try server.client.post("/train", Small.training(model))
            #expect(trained.status == 201, "\(trained)")
        }
    }

    /// The cells of a table's rows, without the header.
    private func rows(_ result: Program.Result) -> [[Substring]] {
        result.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
    }

    @Test func modelsAreListedWithTheirLatestVersionsAndAliases() throws {
        let none = try reprise("models")
        #expect(none.status == 0 && rows(none).isEmpty, "\(none)")
        try train("pump", versions: 2)
        try train("fan")
        #expect(try reprise("alias", "pump", "stable", "1").status == 0)
        #expect(try reprise("alias", "pump", "live", "latest").status == 0)
        let listed = try reprise("models")
        let lines = listed.output.split(separator: "\n")
        #expect(lines.count == 3 && Set(lines.map(\.count)).count == 1, "columns are aligned: \(listed)")
        #expect(
            lines[0].split(separator: " ") == [
                "model", "version", "aliases", "detector", "timesteps", "features", "parameters", "epochs",
                "loss", "threshold", "created",
            ])
        let (fan, pump) = (rows(listed)[0], rows(listed)[1])
        #expect(fan[..<5] == ["fan", "1", "autoencoder", "2", "2"], "\(listed)")
        #expect(pump[..<6] == ["pump", "2", "stable:", "1,", "live:", "2"], "\(listed)")
        let json = try response("models")
        #expect(json["models"]?[1]?["aliases"] == ["stable": 1, "live": 2], "\(json)")
    }

    @Test func versionsAreListedWithTheirAliases() throws {
        try train("pump", versions: 3)
        #expect(try reprise("alias", "pump", "stable", "1").status == 0)
        #expect(try reprise("delete", "pump", "--version", "2", "--yes").status == 0)
        let listed = try reprise("versions", "pump")
        #expect(
            rows(listed).map { $0[..<3] } == [
                ["1", "stable", "autoencoder"], ["3", "latest", "autoencoder"],
            ])
        #expect(try response("versions", "pump")["versions"] == [1, 3])
    }

    /// A version that a newer release has written.
    @Test func aVersionThatCannotBeReadIsNamed() throws {
        let folder = try TemporaryFolder()
        let server = try ServerProcess(folder: folder)
        for _ in 0..<2 { #expect(try server.client.post("/train", Small.training("m")).status == 201) }
        let file = try server.client.get("/models/m/model.safetensors").body
        try ChangedModelFile(file, requiring: "telepathy").store(in: folder.path, "m", 3)
        let listed = try Program.run(["versions", "m", "--url", server.url])
        #expect(rows(listed).map(\.first) == ["1", "2", "warning:"], "\(listed)")
        #expect(listed.output.contains("warning: the server cannot read version 3: "), "\(listed)")
        #expect(listed.output.contains("telepathy"), "\(listed)")
    }

    @Test func aliasesAreSetListedAndDeleted() throws {
        try train("pump", versions: 3)
        let set = try reprise("alias", "pump", "stable", "1")
        #expect(set.status == 0 && set.output == "stable is version 1 of pump\n", "\(set)")
        #expect(try reprise("alias", "pump", "stable").output == "1\n")
        // By another alias, and by latest.
        #expect(try reprise("alias", "pump", "live", "stable").output == "live is version 1 of pump\n")
        #expect(try response("alias", "pump", "live", "latest")["version"] == 3)
        #expect(try rows(reprise("alias", "pump")) == [["live", "3"], ["stable", "1"]])
        #expect(try response("alias", "pump")["aliases"] == ["live": 3, "stable": 1])
        let deleted = try reprise("alias", "pump", "stable", "--delete")
        #expect(deleted.output == "deleted the alias stable of pump\n", "\(deleted)")
        #expect(try rows(reprise("alias", "pump")) == [["live", "3"]])
        #expect(try rows(reprise("versions", "pump")).count == 3, "the version stays")
    }

    @Test func refusedAliasesAreErrors() throws {
        try train("pump")
        for (arguments, words) in [
            (["pump", "latest", "1"], "'latest' is not a valid alias"),
            (["pump", "1st", "1"], "'1st' is not a valid alias"),
            (["pump", "stable", "7"], "no version 7 of model 'pump'"),
            (["pump", "stable", "live"], "no alias 'live' of model 'pump'"),
            (["pump", "stable"], "no alias 'stable' of model 'pump'"),
            (["pump", "stable", "--delete"], "no alias 'stable' of model 'pump'"),
            (["none", "stable", "1"], "model 'none'"),
            (["none"], "no model 'none'"),
            (["pump", "--delete"], "--delete needs the alias to delete"),
            (["pump", "stable", "1", "--delete"], "--delete takes no version"),
        ] {
            let refused = try Program.run(["alias", "--url", server.url] + arguments)
            #expect(refused.status != 0 && refused.output.isEmpty, "\(refused)")
            #expect(
                refused.errors.hasPrefix("Error: ") && refused.errors.contains(words), "\(refused.errors)")
        }
    }

    @Test func deletionNeedsAYes() throws {
        try train("pump", versions: 3)
        #expect(try reprise("alias", "pump", "stable", "2").status == 0)
        // Without a terminal.
        let unasked = try reprise("delete", "pump", input: "y\n")
        #expect(unasked.status != 0 && unasked.errors.contains("Hint: add --yes"), "\(unasked)")
        let alias = try reprise("delete", "pump", "--version", "2", "-y")
        #expect(alias.status != 0 && alias.errors.contains("has the alias 'stable'"), "\(alias)")
        #expect(alias.errors.contains("Hint: reprise alias "), "\(alias)")
        let version = try reprise("delete", "pump", "--version", "1", "--yes")
        #expect(version.output == "deleted version 1 of pump\n", "\(version)")
        #expect(try response("versions", "pump")["versions"] == [2, 3])
        #expect(try reprise("delete", "pump", "--yes").output == "deleted pump\n")
        for command in [["delete", "pump", "--yes"], ["versions", "pump"], ["download", "pump"]] {
            let unknown = try Program.run(command + ["--url", server.url])
            #expect(unknown.status != 0 && unknown.errors.contains("no model 'pump'"), "\(unknown)")
            #expect(unknown.errors.contains("Hint: reprise models lists the models"), "\(unknown)")
        }
    }

    /// script(1) gives the command a terminal.
    @Test(arguments: [("y", true), ("yes", true), ("n", false), ("", false), ("yup", false)])
    func deletionAsksOnATerminal(_ reply: String, _ isDeleted: Bool) throws {
        try train("pump", versions: 2)
        #expect(try reprise("alias", "pump", "stable", "2").status == 0)
        let command = "\(Program.path) delete pump --url \(server.url)"
        let asked = try Program.run(
            ["-qec", command, "/dev/null"], program: "/usr/bin/script", input: "\(reply)\n")
        #expect(
            asked.output.contains(
                "Delete pump with 2 versions and the alias stable? This cannot be undone. [y/N]"),
            "\(asked)")
        #expect((asked.status == 0) == isDeleted, "\(asked)")
        #expect(asked.output.contains(isDeleted ? "deleted pump" : "nothing was deleted"), "\(asked)")
        #expect(try server.client.get("/models/pump").status == (isDeleted ? 404 : 200))
    }

    @Test func filesAreDownloadedAndUploaded() throws {
        try train("pump", versions: 2)
        #expect(try reprise("alias", "pump", "stable", "1").status == 0)
        let folder = directory.path
        let saved = try reprise("download", "pump", "--version", "stable", "-o", folder)
        let path = "\(folder)/pump-1.safetensors"
        let bytes = try Array(Data(contentsOf: URL(filePath: path)))
        #expect(saved.output == "\(path): version 1 of pump, \(bytes.count) bytes\n", "\(saved)")
        #expect(try bytes == server.client.get("/models/pump/versions/1/model.safetensors").body)
        let onnx = try reprise("download", "pump", "--onnx", "--output", "\(folder)/m.onnx")
        #expect(onnx.status == 0, "\(onnx)")
        #expect(
            try Array(Data(contentsOf: URL(filePath: "\(folder)/m.onnx")))
                == server.client.get("/models/pump/model.onnx").body)
        // Without -o, into the current folder.
        let here = try Program.run(
            ["download", "pump", "--url", server.url], launcher: ["/usr/bin/env", "-C", folder])
        #expect(here.output.hasPrefix("pump-2.safetensors: version 2 of pump, "), "\(here)")
        #expect(try contents() == ["m.onnx", "pump-1.safetensors", "pump-2.safetensors"])

        let uploaded = try reprise("upload", path, "--model", "copy")
        #expect(uploaded.output == "copy, version 1\n", "\(uploaded)")
        let again = try response("upload", path, "--model", "copy")
        #expect(again["version"] == 2 && again["features"] == 2, "\(again)")
        let piped = try Program.run(
            [
                "-c",
                "'\(Program.path)' download pump -o - --url \(server.url) "
                    + "| '\(Program.path)' upload - --model piped --url \(server.url)",
            ], program: "/bin/bash")
        #expect(piped.output == "piped, version 1\n", "\(piped)")
        let text = try file("data.csv", "a,b\n1,2\n")
        let invalid = try reprise("upload", text, "--model", "copy")
        #expect(invalid.status != 0 && invalid.errors.contains("not a valid model"), "\(invalid)")
        #expect(invalid.errors.contains("Hint: upload a safetensors file"), "\(invalid)")
        let missing = try reprise("upload", "\(folder)/none", "--model", "copy")
        #expect(missing.errors.contains("cannot read \(folder)/none: No such file"), "\(missing)")
    }

    /// The names of the files in the folder, hidden ones too.
    private func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }

    @Test func aFileThatCannotBeWrittenLeavesTheOldOne() throws {
        try train("pump")
        let old = try file("pump.safetensors", "old")
        // Files may have 1024 bytes at most, as if the disk were full after them.
        let full = try Program.run(
            ["-c", "ulimit -f 1; exec '\(Program.path)' download pump -o '\(old)' --url \(server.url)"],
            program: "/bin/bash")
        #expect(full.status == 1 && full.output.isEmpty, "\(full)")
        #expect(full.errors == "Error: cannot write \(old): File too large\n", "\(full)")
        #expect(try String(contentsOfFile: old, encoding: .utf8) == "old")
        let device = try reprise("download", "pump", "-o", "/dev/full")
        #expect(device.errors == "Error: cannot write /dev/full: No space left on device\n", "\(device)")
        let unknown = try reprise("download", "pump", "--version", "9", "-o", old)
        #expect(unknown.errors.contains("no version 9 of model 'pump'"), "\(unknown)")
        let folder = try reprise("download", "pump", "-o", "\(directory.path)/none/x")
        #expect(folder.errors.contains("none/x: No such file or directory"), "\(folder)")
        #expect(try contents() == ["pump.safetensors"], "no temporary file is left")
        #expect(try reprise("download", "pump", "-o", old).status == 0)
        #expect(try Data(contentsOf: URL(filePath: old)).count > 1024, "the file is replaced")
        #expect(try contents() == ["pump.safetensors"])
    }

    /// A server that sends a description, and then a part of a file.
    @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedDownloadLeavesNoFile(_ signal: Int32) throws {
        try train("pump")
        let proxy = try HalfServer(try server.client.get("/models/pump/versions/1").body)
        let errors = Pipe()
        let process = try Program.start(
            ["download", "pump", "-o", directory.path, "--url", proxy.url], output: Pipe(), errors: errors,
            input: Pipe())
        proxy.waitForHalf()
        let partial = try contents()
        #expect(
            partial.count == 1 && partial[0].hasPrefix(".reprise-"), "\(partial): the file has no name yet")
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + signal)
        let printed = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(printed == "\ncancelled\n")
        #expect(try contents().isEmpty)
        withExtendedLifetime(proxy) {}
    }

    @Test func aConnectionThatEndsEarlyLeavesNoFile() throws {
        try train("pump")
        let proxy = try HalfServer(try server.client.get("/models/pump/versions/1").body)
        let errors = Pipe()
        let process = try Program.start(
            ["download", "pump", "-o", directory.path, "--url", proxy.url], output: Pipe(), errors: errors,
            input: Pipe())
        proxy.waitForHalf()
        proxy.closeConnections()
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        let printed = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(printed.hasPrefix("Error: http://127.0.0.1:"), "\(printed)")
        #expect(try contents().isEmpty)
    }

    @Test func aWrongKeyIsAnErrorWithAHint() throws {
        let keys = directory.appending(path: "keys").path
        let made = try Program.run(["keys", "new", "reader", "--scope", "read", "--file", keys])
        let server = try ServerProcess(["--api-keys", keys])
        let file = try file("x.safetensors", Small.modelFile)
        let commands = [
            ["models"], ["versions", "m"], ["alias", "m"], ["alias", "m", "stable", "1"], ["jobs"],
            ["jobs", "x", "--cancel"], ["delete", "m", "--yes"], ["download", "m"],
            ["upload", file, "--model", "m"],
        ]
        for command in commands {
            let wrong = try Program.run(
                command + ["--url", server.url], launcher: ["/usr/bin/env", "REPRISE_API_KEY=rk_wrong"])
            #expect(wrong.status == 1, "\(wrong)")
            #expect(
                wrong.errors.hasSuffix("\nHint: set REPRISE_API_KEY to a key of this server\n"), "\(wrong)")
        }
        let reader = ["/usr/bin/env", "REPRISE_API_KEY=\(made.output.trimmingCharacters(in: .newlines))"]
        #expect(try Program.run(["models", "--url", server.url], launcher: reader).status == 0)
        let delete = try Program.run(["delete", "m", "--yes", "--url", server.url], launcher: reader)
        #expect(delete.status == 1 && delete.errors.contains("lacks the scope admin"), "\(delete)")
        let variable = try Program.run(["models"], launcher: reader + ["REPRISE_URL=\(server.url)"])
        #expect(variable.status == 0, "\(variable)")
    }
}
