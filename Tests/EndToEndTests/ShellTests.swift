import APITesting
import Foundation
import Testing
import Yams

/// `reprise --version`, and completions by a shell.
@Suite final class ShellTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theVersionIsPrinted() throws {
        let printed = try Program.run(["--version"])
        #expect(
            printed.status == 0 && printed.output.wholeMatch(of: /reprise \d+\.\d+\.\d+\n/) != nil,
            "\(printed)")
        let server = try ServerProcess()
        let about = try server.client.get("/v2").json["version"]?.string
        #expect(printed.output == "reprise \(about ?? "")\n")
        // --version of a subcommand names a version of a model, also beside an error.
        let model = try Program.run(["score", "--version", "3", "--stride", "x"])
        #expect(model.status != 0 && model.errors.contains("--stride"), "\(model)")
        #expect(try Program.run(["train", "--version"]).status != 0)
        #expect(try Program.run(["--help"]).output.contains("reprise --version"))
    }

    /// A full disk must not pass for success in a script.
    @Test(arguments: [["--version"], ["inspect", "-"], ["options"]])
    func outputThatCannotBeWrittenIsAnError(_ arguments: [String]) throws {
        let full = try Program.run(
            arguments, launcher: ["/bin/sh", "-c", "exec \"$@\" >/dev/full", "sh"], input: "a,b\n1,2\n2,3\n")
        #expect(full.status == 1)
        #expect(full.errors.hasPrefix("Error: cannot write standard output"), "\(full.errors)")
    }

    /// The completions that bash offers for the last word.
    private func completions(_ words: String...) throws -> [String] {
        let script = """
            source "$1"; shift
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
            _reprise "$1" "${@: -1}" "${@: -2:1}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let file = "\(folder.path)/completions"
        try Program.run(["--generate-completion-script", "bash"]).output
            .write(toFile: file, atomically: true, encoding: .utf8)
        let result = try Program.run(
            ["-C", folder.path, "/bin/bash", "-c", script, "bash", file, "reprise"] + words,
            program: "/usr/bin/env")
        #expect(result.errors.isEmpty, "\(result)")
        return result.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.sorted()
    }

    @Test func bashCompletesCommandsOptionsValuesAndFiles() throws {
        #expect(try completions("al") == ["alias"])
        #expect(try completions("ver") == ["versions"])
        #expect(try completions("opt").isEmpty, "a hidden command")
        #expect(try completions("delete", "--v") == ["--version"])
        #expect(try completions("train", "--scaling", "") == ["minmax", "none", "robust", "standard"])
        #expect(try completions("serve", "--log-format", "j") == ["json"])
        for name in ["pump-1.safetensors", "data.csv"] {
            try "".write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
        }
        #expect(try completions("upload", "") == ["pump-1.safetensors"])
        #expect(try completions("score", "da") == ["data.csv"])
        #expect(try completions("keys", "list", "--file", "da") == ["data.csv"])
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func eachShellHasAScript(_ shell: String) throws {
        let script = try Program.run(["--generate-completion-script", shell])
        #expect(script.status == 0 && script.output.contains("versions"), "\(script.errors)")
    }
}
