import HTTP1

/// The documentation of problem types, to which the `type` of a problem refers (RFC 9457, 3.1.1).
struct ProblemRoutes: RouteGroup {
    var routes: [Route] {
        // The pages are compressed here, and not on the loop of the first request.
        let (all, pages) = (Self.all, Self.pages)
        return [
            Route(
                .get, "/problems", scope: nil, produces: [.html, .text],
                .onLoop { (call) throws(Problem) in try all.response(to: call) }),
            Route(
                .get, "/problems/{type}", scope: nil, produces: [.html, .text],
                .onLoop { (call) throws(Problem) in
                    guard let page = call.parameters["type"].flatMap({ pages[$0] }) else {
                        throw .unknownPath(call.request.head)
                    }
                    return try page.response(to: call)
                }),
        ]
    }

    private static let all = Page(ProblemType.allCases)
    /// The pages of single types, by name.
    private static let pages = Dictionary(
        uniqueKeysWithValues: ProblemType.allCases.map { ($0.rawValue, Page([$0])) })

    /// The documentation of types in both formats.
    private struct Page: Sendable {
        let html: StaticFile
        let markdown: StaticFile

        init(_ types: [ProblemType]) {
            html = StaticFile(Array(ProblemType.html(types).utf8), .html)
            markdown = StaticFile(Array(ProblemType.markdown(types).utf8), .text)
        }

        func response(to call: Call) throws(Problem) -> Response {
            var response = try (call.mediaType == .html ? html : markdown).response(to: call.request.head)
            response.fields.append((name: "Content-Security-Policy", value: "default-src 'none'"))
            return response
        }
    }
}
