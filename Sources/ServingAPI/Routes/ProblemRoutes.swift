import HTTP1

/// The documentation of problem types, to which the `type` of a problem refers (RFC 9457, 3.1.1).
struct ProblemRoutes: RouteGroup {
    var routes: [Route] {
        [
            Route(
                .get, "/problems", scope: nil, produces: [.html, .text],
                .onLoop { (call) throws(Problem) in Self.page(ProblemType.allCases, call) }),
            Route(
                .get, "/problems/{type}", scope: nil, produces: [.html, .text],
                .onLoop { (call) throws(Problem) in
                    guard let type = call.parameters["type"].flatMap(ProblemType.init) else {
                        throw .unknownPath(call.request.head)
                    }
                    return Self.page([type], call)
                }),
        ]
    }

    private static func page(_ types: [ProblemType], _ call: Call) -> Response {
        let text = call.mediaType == .html ? ProblemType.html(types) : ProblemType.markdown(types)
        return Response(
            status: .ok,
            fields: [
                (name: "Content-Type", value: call.mediaType.rawValue),
                (name: "Content-Security-Policy", value: "default-src 'none'"),
            ],
            body: .bytes(Array(text.utf8)))
    }
}
