/// The indices of the columns of each role, counted from 0.
struct CSVColumnIndices {
    /// In the order of the series.
    let features: [Int]
    let timestamp: Int?
    let recording: Int?
    let flags: [Int]

    /// Looks up the columns in the header.
    /// - Parameters:
    ///   - columns: the roles.
    ///   - header: the column names, each different.
    ///   - firstColumnIsText: whether the first column's cell in the first row is not a number.
    /// - Throws: ``CSVError`` for a name that is not in the header, for a feature that is selected twice, for
    ///   a column with two roles, and if no feature remains.
    init(_ columns: CSVColumns, header: [String], firstColumnIsText: Bool) throws(CSVError) {
        let indices = Dictionary(uniqueKeysWithValues: zip(header, header.indices))
        func index(_ name: String) throws(CSVError) -> Int {
            guard let index = indices[name] else {
                throw CSVError(
                    line: 1, detail: "there is no column \(CSVScanner.quoted(name)); \(Self.list(header))")
            }
            return index
        }
        if let features = columns.features, Set(features).count < features.count {
            throw CSVError(line: 1, detail: "a column is selected twice as a feature; select it once")
        }
        var selected: [Int]?
        if let features = columns.features {
            selected = []
            for name in features { selected?.append(try index(name)) }
        }
        var ignored: Set<Int> = []
        for name in columns.ignored.sorted() { ignored.insert(try index(name)) }
        recording = try columns.recording.map { (name) throws(CSVError) in try index(name) }
        var flags: [Int] = []
        for name in columns.flags.sorted() { flags.append(try index(name)) }
        self.flags = flags
        let named = try columns.timestamp.map { (name) throws(CSVError) in try index(name) }
        let isTimestamp = firstColumnIsText || CSVColumns.timestampNames.contains(header[0].lowercased())
        let others = ignored.union(flags).union(selected ?? []).union(recording.map { [$0] } ?? [])
        timestamp = named ?? (isTimestamp && !others.contains(0) ? 0 : nil)

        let taken = flags + [recording, timestamp].compactMap { $0 }
        let twice = taken.first { index in
            taken.count { $0 == index } > 1 || selected?.contains(index) == true
        }
        if let twice {
            throw CSVError(
                line: 1,
                detail: "column \(CSVScanner.quoted(header[twice])) has two roles; a column can have one")
        }
        let excluded = ignored.union(taken)
        features = (selected ?? Array(header.indices)).filter { !excluded.contains($0) }
        guard !features.isEmpty else {
            throw CSVError(line: 1, detail: "no column remains as a feature; \(Self.list(header))")
        }
    }

    private static func list(_ header: [String]) -> String {
        let maxNames = 20
        return "the columns are " + header.prefix(maxNames).map(CSVScanner.quoted).joined(separator: ", ")
            + (header.count > maxNames ? ", …" : "")
    }
}
