import APITesting
import Foundation
import Testing

/// docs/options.md is what the declarations of the options say, and its values can be used as they stand.
@Suite struct OptionsPageTests {
    private static let page = URL(filePath: #filePath)
        .appending(path: "../../../docs/options.md").standardized

    /// The cells of the rows of a page's tables.
    private func rows(_ page: String) -> [[String]] {
        page.split(separator: "\n").filter { $0.hasPrefix("| `--") }.map { line in
            line.split(separator: " | ", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " |`"))
            }
        }
    }

    @Test func thePageIsWhatTheDeclarationsSay() throws {
        let page = try String(contentsOf: Self.page, encoding: .utf8)
        #expect(try Program.run(["options"]).output == page, "run make options")
        #expect(try !Program.run(["--help"]).output.contains("options.md"), "the command is for developers")
    }

    @Test func eachOptionHasARow() throws {
        let rows = rows(try Program.run(["options"]).output)
        let help = try Program.run(["serve", "--help"]).output
        let inHelp = help.matches(of: /\n  (--[a-z-]+)/).map { String($0.1) }
        #expect(inHelp.count > 25 && rows.map { $0[0] }.sorted() == inHelp.sorted())
        let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for row in rows { #expect(words.contains("[env: \(row[3])]"), "\(row)") }
    }

    @Test func tenOptionsAreInTheREADME() throws {
        let all = try Program.run(["options"]).output.split(separator: "\n")
        let table = try Program.run(["options", "--common"]).output
        let common = table.split(separator: "\n")
        #expect(Set(common).count == 2 + 10 && common.allSatisfy(all.contains), "\(common)")
        let readme = Self.page.appending(path: "../../README.md").standardized
        #expect(
            try String(contentsOf: readme, encoding: .utf8).contains(table),
            "README.md must have what reprise options --common prints")
    }

    /// A server starts with all of the defaults, as arguments and as variables.
    @Test(arguments: [true, false]) func theDefaultsCanBePasted(_ areArguments: Bool) throws {
        let given = rows(try String(contentsOf: Self.page, encoding: .utf8))
            .filter { !$0[2].isEmpty && !["--port", "--models"].contains($0[0]) }
        #expect(given.count > 20)
        let arguments = given.filter { $0[1] != "flag" }.flatMap { [$0[0], $0[2]] }
        let variables = given.map { "\($0[3])=\($0[2])" }
        let server = try ServerProcess(
            areArguments ? arguments : [], launcher: areArguments ? [] : ["/usr/bin/env"] + variables)
        #expect(try server.client.get("/healthz").status == 200)
        #expect(!server.log.contains("level=warning"), "\(server.log)")
    }
}
