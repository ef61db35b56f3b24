import HTTP1

/// A handler with a route for each behaviour that tests need.
package struct SampleHandler: SimpleHandler {
    package init() {}

    package func preflight(_ head: RequestHead) -> Response? {
        switch head.path {
        case "/secret": return .text(.unauthorized, "unauthorized")
        case "/get-only" where head.method != .get && head.method != .head:
            var response = Response.text(.methodNotAllowed, "read only")
            response.fields.append((name: "Allow", value: "GET, HEAD"))
            return response
        default: return nil
        }
    }

    package func respond(to request: Request, _ responder: Responder) {
        switch request.path {
        case "/echo": responder.send(Response(status: .ok, body: .bytes(request.body)))
        case "/fields":
            responder.send(
                .text(.ok, request.fields.map { "\($0.name)=\($0.value)" }.joined(separator: "|")))
        case "/host": responder.send(.text(.ok, request.head.authority ?? "-"))
        case "/reflect":
            let value = request.target.query("v") ?? ""
            responder.send(Response(status: .ok, fields: [(name: "X-Reflected", value: value)]))
        case "/204": responder.send(Response(status: .noContent, body: .bytes([1])))
        case "/304": responder.send(Response(status: .notModified, body: .bytes([1])))
        case "/dropped": break
        case "/stream":
            responder.send(
                Response(
                    status: .ok, fields: [(name: "Content-Type", value: "text/plain")],
                    body: .stream { writer in
                        writer.write(Array("one".utf8))
                        writer.write(Array("two, and sixteen".utf8))
                        writer.finish()
                    }))
        case "/dropped-stream":
            responder.send(Response(status: .ok, body: .stream { $0.write(Array("one".utf8)) }))
        case "/broken-stream":
            responder.send(
                Response(
                    status: .ok,
                    body: .stream { writer in
                        writer.write(Array("one".utf8))
                        writer.abort()
                    }))
        default: responder.send(.text(.ok, "\(request.method) \(request.path)"))
        }
    }
}
