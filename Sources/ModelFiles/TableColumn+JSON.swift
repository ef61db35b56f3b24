import DataFormats
import JSON

extension TableColumn {
    /// Reads columns from `[{"name": "time", "role": "timestamp"}, …]`.
    /// - Parameter features: the names of the features, `[F]`, which must be those of the columns.
    static func columns(_ document: JSONValue, features: [String]) throws(JSONError) -> [TableColumn] {
        var json = FieldReader(JSONObject(uniqueMembers: [("columns", document)]))
        var columns: [TableColumn] = []
        for var column in try json.objects("columns") ?? [] {
            guard let role: ColumnRole = try column.choice("role") else {
                throw column.missing("role", "the role of a column")
            }
            columns.append(
                TableColumn(
                    name: try column.requiredString("name"), role: role, reason: "as in the training data"))
            try column.rejectUnknown()
        }
        let names = columns.map(\.name)
        guard Set(names).count == names.count else { throw json.error("columns", "have a name twice") }
        guard Set(columns.filter { $0.role == .feature }.map(\.name)) == Set(features) else {
            throw json.error("columns", "have other features than feature_names")
        }
        return columns
    }
}

extension JSONWriter {
    /// `[{"name":"time","role":"timestamp"},…]`.
    package mutating func columns(_ columns: [TableColumn]) {
        array { json in
            for column in columns {
                json.object { json in
                    json.member("name", column.name)
                    json.member("role", column.role.rawValue)
                }
            }
        }
    }
}
