import HTTP1

extension ProblemType {
    /// The documentation of types in Markdown, one section for each.
    package static func markdown(_ types: [ProblemType] = allCases) -> String {
        types.map { type in
            "## \(type.rawValue)\n\nStatus \(type.status.code) \(type.status.reasonPhrase). "
                + "\(type.cause) \(type.remedy)\n"
        }.joined(separator: "\n")
    }

    /// The documentation of types as an HTML page, one section for each.
    static func html(_ types: [ProblemType]) -> String {
        let sections = types.map { type in
            "<h2 id=\"\(type.rawValue)\"><a href=\"/problems/\(type.rawValue)\">\(type.rawValue)</a></h2>\n"
                + "<p>Status \(type.status.code) \(type.status.reasonPhrase).</p>\n"
                + "<p>\(code(type.cause))</p>\n<p>\(code(type.remedy))</p>\n"
        }
        return "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
            + "<title>Problem types of Reprise</title></head>\n<body>\n<h1>Problem types</h1>\n"
            + sections.joined() + "</body>\n</html>\n"
    }

    /// Marks text between backquotes as code. Causes and remedies contain no characters that HTML must
    /// escape.
    private static func code(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "<code>\($0.element)</code>" }.joined()
    }
}
