import APITesting
import Foundation
import Testing

/// The console's files as the server sends them. Tests/console tests the page in a browser.
@Suite struct ConsoleTests {
    /// The URLs in the page's `src` and `href` attributes, without links within the page.
    private static func references(_ page: String) -> [String] {
        page.matches(of: /(?:src|href)="([^"#]+)"/).map { String($0.1) }
    }

    private static let types: [Substring: String] = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "yaml": "application/yaml",
    ]

    @Test(arguments: TransportKind.allCases)
    func thePageAndEveryFileItReferencesAreServed(_ transport: TransportKind) throws {
        let api = try API(transport)
        let page = try api.get("/")
        #expect(page["content-type"] == "text/html; charset=utf-8")
        let references = Self.references(page.text)
        #expect(references.count >= 4)
        for reference in references {
            #expect(!reference.contains(":") && !reference.hasPrefix("/"), "\(reference) must be relative")
            let file = try api.get("/" + reference)
            #expect(file.status == 200, "\(reference)")
            let end = reference.split(separator: ".").last ?? ""
            #expect(file["content-type"] == Self.types[end], "\(reference)")
        }
    }

    /// Only a browser would notice a module that is not embedded, and a module that nothing imports is dead.
    @Test func everyModuleIsImportedAndServed() throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../Sources/CConsole/page").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let api = try API(.inProcess)
        // The worker is not imported: the page starts it.
        var pending = ["main.js", "worker.js"]
        var seen: Set<String> = []
        while let name = pending.popLast() {
            guard seen.insert(name).inserted else { continue }
            let script = try api.get("/console/\(name)")
            #expect(script.status == 200, "\(name)")
            pending += script.text.matches(of: /from "\.\/([^"]+)"/).map { String($0.1) }
        }
        #expect(seen == Set(files.filter { $0.hasSuffix(".js") }))
    }

    @Test(arguments: Exercise.consolePaths, [nil, "*"])
    func theContentSecurityPolicyAllowsThisServerOnly(_ path: String, _ tag: String?) throws {
        let fields = tag.map { [(name: "If-None-Match", value: $0)] } ?? []
        let response = try API(.inProcess).send("GET", path, fields: fields)
        #expect(response.status == (tag == nil ? 200 : 304))
        let policy = try #require(response["content-security-policy"])
        let rules = Dictionary(
            policy.split(separator: "; ").map { rule in
                let words = rule.split(separator: " ").map(String.init)
                return (words[0], words.dropFirst().joined(separator: " "))
            }, uniquingKeysWith: { $1 })
        #expect(
            rules == [
                "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
                "connect-src": "'self'",
                "img-src": "'self' blob:", "base-uri": "'none'", "form-action": "'none'",
                "frame-ancestors": "'none'",
            ])
        #expect(response["x-content-type-options"] == "nosniff")
        #expect(response["referrer-policy"] == "no-referrer")
        #expect(response["cache-control"] == "no-cache")
    }

    /// The policy forbids inline scripts, inline styles and event handler attributes.
    @Test func thePageHasNoInlineScriptsOrStyles() throws {
        let page = try API(.inProcess).get("/").text
        #expect(!page.contains("<style") && !page.contains(" style=") && !page.contains("<script>"))
        #expect(!page.contains(/[ ]on[a-z]+=/))
    }
}
