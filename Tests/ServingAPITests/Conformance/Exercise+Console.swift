extension Exercise {
    /// A path for each route of the console.
    static let consolePaths = ["/", "/console/main.js", "/console/style.css", "/console/icon.svg"]

    /// Requests for the console's files.
    static let console: [Exercise] =
        zip(["/", "/console/{script}.js", "/console/{sheet}.css", "/console/{picture}.svg"], consolePaths)
        .flatMap { route, path in
            [
                Exercise("GET \(route)", 200, at: path),
                Exercise("GET \(route)", 304, at: path, fields: [(name: "If-None-Match", value: "*")]),
                Exercise("GET \(route)", 406, at: path, fields: image),
            ]
        } + [
            Exercise("GET /console/{script}.js", 404, at: "/console/none.js"),
            Exercise("GET /console/{sheet}.css", 404, at: "/console/none.css"),
            Exercise("GET /console/{picture}.svg", 404, at: "/console/none.svg"),
        ]
}
