/// The data of a request with its options: in one JSON document, or the options in the query and the data in
/// the body.
public struct RequestContent: Sendable {
    /// Empty, or a question mark and parameters.
    let query: String
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    private init(query: String = "", type: String, body: [UInt8]) {
        self.query = query
        fields = [(name: "Content-Type", value: type)]
        self.body = body
    }

    private init(query: String, _ fields: [(name: String, value: String)], _ body: [UInt8]) {
        self.query = query
        self.fields = fields
        self.body = body
    }

    /// A JSON object of members by their names in openapi.yaml.
    public static func json(_ members: [String: RequestValue]) throws(ClientError) -> RequestContent {
        RequestContent(type: "application/json", body: try RequestValue.object(members).text)
    }

    /// A JSON object of members by their names in openapi.yaml.
    /// - Throws: ``ClientError`` if a member holds NaN or an infinity.
    public static func json(encoding members: [String: any Encodable]) throws(ClientError) -> RequestContent {
        var values: [String: RequestValue] = [:]
        for (name, value) in members { values[name] = try RequestValue(value) }
        return try json(values)
    }

    /// A JSON request, which is sent as it was written, with more members. Members that are there twice are
    /// sent twice, and the server refuses them. A document that is not an object is sent alone, for the
    /// server to refuse.
    public static func json(
        _ document: [UInt8], adding members: [String: RequestValue] = [:]
    ) throws(ClientError) -> RequestContent {
        let space = " \t\r\n".utf8
        guard !members.isEmpty, let start = document.firstIndex(where: { !space.contains($0) }),
            let end = document.lastIndex(where: { !space.contains($0) }), start < end,
            document[start] == UInt8(ascii: "{"), document[end] == UInt8(ascii: "}")
        else { return RequestContent(type: "application/json", body: document) }
        let own = document[(start + 1)..<end]
        guard !own.allSatisfy(space.contains) else { return try json(members) }
        var body = try RequestValue.object(members).text
        body[body.count - 1] = UInt8(ascii: ",")
        return RequestContent(type: "application/json", body: body + own + [UInt8(ascii: "}")])
    }

    /// CSV, with the options as query parameters.
    /// - Parameter charset: the character encoding; nil for UTF-8, and for what a byte order mark says.
    public static func csv(
        _ csv: [UInt8], charset: String? = nil, options: [String: RequestValue]
    ) throws(ClientError) -> RequestContent {
        let parameter = charset.map { "; charset=\($0)" } ?? ""
        return RequestContent(query: try query(options), type: "text/csv\(parameter)", body: csv)
    }

    /// An array in NumPy's `.npy` format, with the options as query parameters.
    public static func npy(
        _ array: [UInt8], options: [String: RequestValue]
    ) throws(ClientError) -> RequestContent {
        RequestContent(query: try query(options), type: "application/x-npy", body: array)
    }

    /// The content with one more option, which becomes a parameter of the query.
    public func adding(_ name: String, _ value: RequestValue) throws(ClientError) -> RequestContent {
        let parameter = try Self.query([name: value]).dropFirst()
        return RequestContent(query: query.isEmpty ? "?\(parameter)" : "\(query)&\(parameter)", fields, body)
    }

    /// A query with its question mark; empty without parameters.
    static func query(_ options: [String: RequestValue]) throws(ClientError) -> String {
        var query = ""
        for (name, value) in options.sorted(by: { $0.key < $1.key }) {
            query += query.isEmpty ? "?" : "&"
            query += "\(try CurlHandle.escaped(name))=\(try CurlHandle.escaped(value.parameter))"
        }
        return query
    }
}
