import CConsole
import HTTP1

/// The console: a page, its scripts and its styles. They need no key, because they hold no data.
struct ConsoleRoutes: RouteGroup {
    var routes: [Route] {
        // The files are compressed here, and not on the loop of the first request.
        let files = Self.files
        let file = Route.Action.onLoop { (call) throws(Problem) in
            guard let file = files[call.request.head.normalizedPath] else {
                throw .unknownPath(call.request.head)
            }
            var response = try file.response(to: call.request.head)
            response.fields += Self.headerFields
            return response
        }
        return [
            Route(.get, "/", scope: nil, produces: [.html], file),
            Route(.get, "/console/{script}.js", scope: nil, produces: [.javascript], file),
            Route(.get, "/console/{sheet}.css", scope: nil, produces: [.css], file),
            Route(.get, "/console/{picture}.svg", scope: nil, produces: [.svg], file),
        ]
    }

    /// The page may connect to this server only. Other pages must not frame it, and browsers must not guess
    /// types. Browsers revalidate the files each time, and get a 304 if nothing has changed.
    private static let headerFields: [(name: String, value: String)] = [
        (
            name: "Content-Security-Policy",
            value:
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
                + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        (name: "X-Content-Type-Options", value: "nosniff"),
        (name: "Referrer-Policy", value: "no-referrer"),
        (name: "Cache-Control", value: "no-cache"),
    ]

    /// The files by path.
    private static let files: [String: StaticFile] = {
        var count = 0
        let files = UnsafeBufferPointer(start: console_files(&count), count: count)
        return Dictionary(
            files.map { file in
                let path = String(cString: file.path)
                let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
                return (path, StaticFile(bytes, mediaTypes[path.split(separator: ".").last ?? ""] ?? .html))
            }, uniquingKeysWith: { $1 })
    }()

    /// The media types by file name extension. The page itself has no extension.
    private static let mediaTypes: [Substring: MediaType] = ["js": .javascript, "css": .css, "svg": .svg]
}
