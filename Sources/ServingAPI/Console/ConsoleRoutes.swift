import CConsole
import HTTP1

/// The console: a page, its scripts and its styles, for everybody, because there is nothing of anybody in them.
extension Service {
    static let consoleRoutes: [Route] = [
        Route(.get, "/", scope: nil, produces: [.html], action: consoleFile),
        Route(.get, "/console/{script}.js", scope: nil, produces: [.javascript], action: consoleFile),
        Route(.get, "/console/{sheet}.css", scope: nil, produces: [.css], action: consoleFile),
        Route(.get, "/console/{picture}.svg", scope: nil, produces: [.svg], action: consoleFile),
    ]

    private static let consoleFile: Route.Action = { (_, call) throws(Problem) in
        guard let file = consoleFiles[call.request.head.path] else {
            throw .unknownPath(call.request.head)
        }
        var response = file.response(to: call.request.fields)
        response.fields += consoleFields
        return response
    }

    /// What the page may do: talk to this server, and nothing else. No other page may frame it, and no type is guessed.
    /// A browser asks each time whether its files are still those of the server, which has 304 for it.
    private static let consoleFields: [(name: String, value: String)] = [
        (
            name: "Content-Security-Policy",
            value:
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        (name: "X-Content-Type-Options", value: "nosniff"),
        (name: "Referrer-Policy", value: "no-referrer"),
        (name: "Cache-Control", value: "no-cache"),
    ]

    /// By path.
    private static let consoleFiles: [String: StaticFile] = {
        var count = 0
        let files = UnsafeBufferPointer(start: console_files(&count), count: count)
        return Dictionary(
            files.map { file in
                let path = String(cString: file.path)
                let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
                return (path, StaticFile(bytes, consoleTypes[path.split(separator: ".").last ?? ""] ?? .html))
            }, uniquingKeysWith: { $1 })
    }()

    /// By the end of the path; the page itself has none.
    private static let consoleTypes: [Substring: MediaType] = ["js": .javascript, "css": .css, "svg": .svg]
}
