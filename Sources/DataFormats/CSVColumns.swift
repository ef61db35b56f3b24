/// What the columns of a CSV document are for, by their names. A column with a use of its own is no feature.
public struct CSVColumns: Sendable, Equatable {
    /// The features, in this order; nil for all columns that are left.
    public var features: [String]?
    /// Columns to leave out, which may hold anything.
    public var ignored: Set<String>
    /// The column of timestamps, which may hold anything. Without one it is the first column if that holds text in its
    /// first row, or is called timestamp, time, datetime, date or ts.
    public var timestamp: String?
    /// The column whose text is the same in consecutive rows of one recording.
    public var recording: String?
    /// Columns that hold 0 or 1.
    public var flags: Set<String>

    /// All columns are features, but for timestamps in the first.
    public init(
        features: [String]? = nil, ignored: Set<String> = [], timestamp: String? = nil,
        recording: String? = nil,
        flags: Set<String> = []
    ) {
        self.features = features
        self.ignored = ignored
        self.timestamp = timestamp
        self.recording = recording
        self.flags = flags
    }

    /// The names that say by themselves what the first column is, in lower case.
    static let timestampNames: Set<String> = ["timestamp", "time", "datetime", "date", "ts"]
}

/// Where the columns stand in a row.
struct CSVPositions {
    /// In the order of the series.
    let features: [Int]
    let timestamp: Int?
    let recording: Int?
    let flags: [Int]

    /// - Throws: ``CSVError`` for a name that the header does not have, for a column with two uses,
    ///   and when no feature is left.
    init(_ columns: CSVColumns, header: [String], firstColumnIsText: Bool) throws(CSVError) {
        let places = Dictionary(uniqueKeysWithValues: zip(header, header.indices))
        func position(_ name: String) throws(CSVError) -> Int {
            guard let place = places[name] else {
                throw CSVError(
                    line: 1, detail: "there is no column \(CSVScanner.quoted(name)); \(Self.known(header))")
            }
            return place
        }
        if let features = columns.features, Set(features).count < features.count {
            throw CSVError(line: 1, detail: "a column is selected twice; each can be a feature once")
        }
        var selected: [Int]?
        if let features = columns.features {
            selected = []
            for name in features { selected?.append(try position(name)) }
        }
        var ignored: Set<Int> = []
        for name in columns.ignored.sorted() { ignored.insert(try position(name)) }
        recording = try columns.recording.map { (name) throws(CSVError) in try position(name) }
        var flags: [Int] = []
        for name in columns.flags.sorted() { flags.append(try position(name)) }
        self.flags = flags
        let named = try columns.timestamp.map { (name) throws(CSVError) in try position(name) }
        let isTimestamp = firstColumnIsText || CSVColumns.timestampNames.contains(header[0].lowercased())
        let others = ignored.union(flags).union(selected ?? []).union(recording.map { [$0] } ?? [])
        timestamp = named ?? (isTimestamp && !others.contains(0) ? 0 : nil)

        let uses = flags + [recording, timestamp].compactMap { $0 }
        let twice = uses.first { use in
            uses.count { $0 == use } > 1 || selected?.contains(use) == true
        }
        if let twice {
            throw CSVError(
                line: 1,
                detail:
                    "the column \(CSVScanner.quoted(header[twice])) is named for two uses; it can have one")
        }
        let excluded = ignored.union(uses)
        features = (selected ?? Array(header.indices)).filter { !excluded.contains($0) }
        guard !features.isEmpty else {
            throw CSVError(line: 1, detail: "no column of numbers is left; \(Self.known(header))")
        }
    }

    private static func known(_ header: [String]) -> String {
        let most = 20
        return "the columns are " + header.prefix(most).map(CSVScanner.quoted).joined(separator: ", ")
            + (header.count > most ? ", …" : "")
    }
}
