import APITesting
import Testing

/// The console's files as a browser gets them. What it does with them is tested in Tests/console.
@Suite struct ConsoleTests {
    /// The values of an attribute of the page that name files.
    private static func references(_ page: String) -> [String] {
        page.matches(of: /(?:src|href)="([^"#]+)"/).map { String($0.1) }
    }

    private static let types: [Substring: String] = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "yaml": "application/yaml",
    ]

    @Test(arguments: Wire.allCases)
    func thePageAndAllThatItNamesAreServed(_ wire: Wire) throws {
        let api = try API(wire)
        let page = try api.get("/")
        #expect(page["content-type"] == "text/html; charset=utf-8")
        let references = Self.references(page.text)
        #expect(references.count >= 4)
        for reference in references {
            #expect(!reference.contains(":") && !reference.hasPrefix("/"), "\(reference) may be elsewhere")
            let file = try api.get("/" + reference)
            #expect(file.status == 200, "\(reference)")
            let end = reference.split(separator: ".").last ?? ""
            #expect(file["content-type"] == Self.types[end], "\(reference)")
        }
    }

    /// A script that isn't embedded would be missed by browsers alone.
    @Test func everyModuleThatAScriptImportsIsServed() throws {
        let api = try API(.inProcess)
        var waiting = ["main.js"]
        var seen: Set<String> = []
        while let name = waiting.popLast() {
            guard seen.insert(name).inserted else { continue }
            let script = try api.get("/console/\(name)")
            #expect(script.status == 200, "\(name)")
            waiting += script.text.matches(of: /from "\.\/([^"]+)"/).map { String($0.1) }
        }
        #expect(seen.count == 19)
    }

    @Test(arguments: Exercise.consolePaths, [nil, "*"])
    func thePolicyLetsNothingInFromElsewhere(_ path: String, _ tag: String?) throws {
        let fields = tag.map { [(name: "If-None-Match", value: $0)] } ?? []
        let answer = try API(.inProcess).send("GET", path, fields: fields)
        #expect(answer.status == (tag == nil ? 200 : 304))
        let policy = try #require(answer["content-security-policy"])
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
        #expect(answer["x-content-type-options"] == "nosniff")
        #expect(answer["referrer-policy"] == "no-referrer")
        #expect(answer["cache-control"] == "no-cache")
    }

    /// The page must do without what the policy forbids.
    @Test func thePageHasNoScriptsOrStylesInside() throws {
        let page = try API(.inProcess).get("/").text
        #expect(!page.contains("<style") && !page.contains(" style=") && !page.contains("<script>"))
        #expect(!page.contains(/[ ]on[a-z]+=/))
    }
}
