/// The roles that options and a model give to columns, before any cell is read.
struct ColumnRoles {
    /// A column in the header.
    struct Column {
        /// As in ``TableColumn/name``.
        let name: String
        /// Whether it has no name of its own: none, or one that pandas has made up.
        let isUnnamed: Bool
        /// nil until it is found.
        fileprivate(set) var role: ColumnRole?
        fileprivate(set) var reason = ""
        /// What its name says, if that is the name of timestamps.
        let timestampName: TimestampName?

        /// Whether it is named like an index that pandas has written, or has no name.
        var isNamedLikeIndex: Bool { isUnnamed || ["index", "level_0", "#"].contains(name.lowercased()) }
    }

    private(set) var columns: [Column]
    /// The columns of flags by the options that name them.
    private(set) var labels: [String: Int] = [:]
    /// Whether the document has a header.
    let hasNames: Bool
    private let headerLine: Int
    /// The features that an option selects, in its order; nil for all.
    private let selected: [Int]?

    /// Looks up the columns that the options name.
    /// - Throws: ``TableError`` for repeated names, for a name that is not in the header, for a feature
    ///   that is selected twice, and for a column with two roles.
    init(_ layout: TableLayout, _ options: TableOptions) throws(TableError) {
        hasNames = layout.names != nil
        headerLine = layout.headerLine
        let texts = (0..<layout.columnCount).map { layout.names?[$0] ?? "\($0)" }
        let given = Set(texts)
        columns = texts.enumerated().map { index, text in
            // As in pandas, which also makes names of its own unique: a file that was written twice has both.
            var name = text.isEmpty ? "Unnamed: \(index)" : text
            while text.isEmpty, given.contains(name) { name += ".1" }
            return Column(
                name: name, isUnnamed: name.hasPrefix("Unnamed: "),
                timestampName: layout.names == nil ? nil : TimestampName(name))
        }
        var indices: [String: Int] = [:]
        for (index, column) in columns.enumerated() {
            guard indices.updateValue(index, forKey: column.name) == nil else {
                throw TableError(
                    "two columns have the name \(TableError.quoted(column.name)); each name must be unique "
                        + "(names in several header rows have to be joined in one)",
                    line: layout.headerLine, column: column.name)
            }
        }
        let list = Self.list(columns)
        func index(_ name: String, _ option: String) throws(TableError) -> Int {
            if let index = indices[name] { return index }
            throw TableError(
                "\(option) names \(TableError.quoted(name)), but there is no such column; \(list)",
                line: layout.headerLine, column: name)
        }
        var selected: [Int] = []
        for name in options.columns ?? [] { selected.append(try index(name, "columns")) }
        self.selected = options.columns == nil ? nil : selected
        guard Set(selected).count == selected.count else {
            throw TableError("columns names a column twice; name it once", line: layout.headerLine)
        }
        for index in selected { try assign(index, .feature, "named by columns") }
        if let name = options.timestamp {
            try assign(index(name, "timestamp"), .timestamp, "named by timestamp")
        }
        if let name = options.recording {
            try assign(index(name, "recording"), .recording, "named by recording")
        }
        for (option, name) in options.labels.sorted(by: { $0.key < $1.key }) {
            let column = try index(name, option)
            try assign(column, .label, "named by \(option)")
            labels[option] = column
        }
        for name in options.ignored.sorted() {
            let index = try index(name, "ignore")
            // Selected columns that are left out again stay out.
            if columns[index].role == .feature { columns[index].role = nil }
            try assign(index, .ignored, "named by ignore")
        }
        assignKnown(options)
    }

    /// Gives the roles of the model to the columns that no option names.
    private mutating func assignKnown(_ options: TableOptions) {
        // The name of a column without one depends on where it stands.
        let ignoresUnnamed = options.known.contains { $0.key.hasPrefix("Unnamed: ") && $0.value == .ignored }
        // A date and a time of day are found together again.
        let isSplit = columns.count { options.known[$0.name] == .timestamp } > 1
        for (index, column) in columns.enumerated() where column.role == nil {
            if isSplit, options.known[column.name] == .timestamp, self.index(of: .timestamp) == nil {
                continue
            }
            let unnamed: ColumnRole? = column.isUnnamed && ignoresUnnamed ? .ignored : nil
            switch options.known[column.name] ?? unnamed {
            case nil: break
            case .feature where selected != nil: break
            case .timestamp where self.index(of: .timestamp) != nil,
                .recording where self.index(of: .recording) != nil, .label:
                set(index, .ignored, "not a feature of the model")
            case let role?: set(index, role, "as in the model")
            }
        }
    }

    private mutating func assign(_ index: Int, _ role: ColumnRole, _ reason: String) throws(TableError) {
        guard columns[index].role == nil else {
            throw TableError(
                "the column \(TableError.quoted(columns[index].name)) has two roles, "
                    + "\(columns[index].reason) and \(reason); a column can have one",
                line: headerLine, column: columns[index].name)
        }
        set(index, role, reason)
    }

    /// Gives a column its role.
    mutating func set(_ index: Int, _ role: ColumnRole, _ reason: String) {
        columns[index].role = role
        columns[index].reason = reason
    }

    /// Returns the column of a role that one column has.
    func index(of role: ColumnRole) -> Int? { columns.firstIndex { $0.role == role } }

    /// The columns that are named like timestamps and have no role yet.
    var timestampCandidates: [Int] {
        columns.indices.filter { columns[$0].role == nil && columns[$0].timestampName != nil }
    }

    /// Whether an option selects the features.
    var areFeaturesSelected: Bool { selected != nil }

    /// The features, in the order of the table.
    /// - Throws: ``TableError`` if there are none.
    func features() throws(TableError) -> [Int] {
        let features = (selected ?? Array(columns.indices)).filter { columns[$0].role == .feature }
        guard !features.isEmpty else {
            let roles = columns.prefix(20).map {
                "\(TableError.quoted($0.name)) (\($0.role?.rawValue ?? ColumnRole.ignored.rawValue))"
            }
            throw TableError(
                "no column remains as a feature; the columns are \(roles.joined(separator: ", "))"
                    + "\(columns.count > 20 ? ", …" : ""); name features with columns", line: headerLine)
        }
        return features
    }

    private static func list(_ columns: [Column]) -> String {
        let maxNames = 20
        return "the columns are "
            + columns.prefix(maxNames).map { TableError.quoted($0.name) }.joined(separator: ", ")
            + (columns.count > maxNames ? ", …" : "")
    }
}
