import DataFormats
import HTTP1
import JSON
import ModelFiles
import TimeSeries

/// Reading a body of any format into a table.
extension DataRequest {
    /// Reads the data as they were sent.
    /// - Parameters:
    ///   - model: the model that the data are for, whose columns are known.
    ///   - flags: the options that flag rows, of which a row has at most one.
    ///   - rowsOnly: whether windows are refused.
    mutating func intake(
        for model: ModelDescription?, flags: [String], rowsOnly: Bool
    ) throws(Problem) -> Intake {
        var intake =
            switch content {
            case .json: try options.read { (json) throws(JSONError) in try json.members(rowsOnly: rowsOnly) }
            case .csv(let bytes, let charset): try table(csv: bytes, charset, flags, model)
            case .npy(let bytes): try table(npy: bytes)
            }
        if rowsOnly, intake.origin.timesteps != nil {
            throw intake.origin.problem("has windows [N][T][F], but this path requires rows [rows][F]")
        }
        let taken = try takeFlags(flags, of: &intake)
        if case .csv = content {} else { try describe(&intake) }
        for column in taken { intake.table.columns.insert(column, at: Int(column.name) ?? 0) }
        try readFlags(flags, of: &intake)
        return intake
    }

    // MARK: CSV and arrays

    private mutating func table(
        csv bytes: [UInt8], _ charset: String?, _ flags: [String], _ model: ModelDescription?
    ) throws(Problem) -> Intake {
        let charset = try options.read { (query) throws(JSONError) in try query.charset(besides: charset) }
        var table = try options.read { (query) throws(JSONError) in
            TableOptions(
                columns: try query.uniqueStrings("columns"),
                ignored: Set(try query.uniqueStrings("ignore") ?? []),
                timestamp: try query.string("timestamp"), recording: try query.string("recording"),
                hasHeader: try query.bool("header"), charset: charset,
                known: model?.columnRoles ?? [:])
        }
        // Ranges of rows in place of a column, as for other formats.
        for flag in flags {
            if let text = options.parameter(flag), !text.hasPrefix("[") { table.labels[flag] = text }
        }
        return Intake(try Self.read { () throws(TableError) in try Table(csv: bytes, table) }, DataOrigin())
    }

    private func table(npy bytes: [UInt8]) throws(Problem) -> Intake {
        let array = try Self.read { () throws(TableError) in try NumPyArray(npy: bytes) }
        guard array.shape.count == 3 else {
            return Intake(try Self.read { () throws(TableError) in try Table(array) }, DataOrigin())
        }
        var intake = Intake(
            Table(
                reason: "a feature of the array", features: nil, featureCount: array.shape[2],
                values: array.values, warnings: array.warnings), DataOrigin())
        intake.setWindows(timesteps: array.shape[1])
        return intake
    }

    private static func read<Value>(_ body: () throws(TableError) -> Value) throws(Problem) -> Value {
        do throws(TableError) {
            return try body()
        } catch {
            throw Problem(error)
        }
    }

    // MARK: What stands beside the rows

    /// Reads the options that name what a CSV document has in columns: `feature_names`, `timestamps`,
    /// `columns`, `ignore`.
    private mutating func describe(_ intake: inout Intake) throws(Problem) {
        let names = try options.read { (options) throws(JSONError) in
            try options.featureNames(of: intake.table.featureCount)
        }
        if let names { intake.name(names) }
        intake.table.timestamps = try timestamps(rows: intake.table.rows)
        if intake.origin.timesteps != nil, intake.table.timestamps != nil {
            throw Problem(options.error("timestamps", "applies to rows, but the data are windows"))
        }
        try options.read { (options) throws(JSONError) in try options.select(in: &intake) }
    }

    /// Reads `timestamps`: a string or a number for each row.
    private mutating func timestamps(rows: Int) throws(Problem) -> Timestamps? {
        let elements = try options.read { (options) throws(JSONError) -> [JSONValue]? in
            let elements = try options.array("timestamps", of: "strings or numbers", count: 1...Int.max)
            guard let elements, elements.count != rows else { return elements }
            throw options.error(
                "timestamps", "has \(elements.count) elements for \(rows) rows; it must have one for each row"
            )
        }
        guard let elements else { return nil }
        do throws(TableError) {
            if let timestamps = try Self.timestamps(elements) { return timestamps }
        } catch {
            throw Problem(
                error.row.map { options.error("timestamps", $0, "cannot be used: \(error.detail)") }
                    ?? options.error("timestamps", "cannot be used: \(error.detail)"))
        }
        if let missing = elements.firstIndex(where: { if case .null = $0 { true } else { false } }) {
            throw Problem(
                options.error(
                    "timestamps", missing,
                    "is null; every row needs a timestamp: add it, or remove the row"))
        }
        let other = elements.firstIndex { $0.kindName != elements[0].kindName } ?? 0
        throw Problem(
            options.error(
                "timestamps", other,
                "is \(elements[other].kindName); the timestamps must be all strings, or all numbers"))
    }

    /// Returns nil for elements that are neither all strings nor all numbers.
    private static func timestamps(_ elements: [JSONValue]) throws(TableError) -> Timestamps? {
        switch elements[0] {
        case .string:
            let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
            return texts.count == elements.count ? try Timestamps(texts: texts) : nil
        case .integer, .number:
            let integers = elements.compactMap { if case .integer(let number) = $0 { number } else { nil } }
            if integers.count == elements.count { return try Timestamps(integers: integers) }
            let numbers = elements.compactMap(\.double)
            return numbers.count == elements.count ? try Timestamps(numbers: numbers) : nil
        default: return nil
        }
    }
}

extension FieldReader {
    /// Reads `charset`, the character encoding of a CSV document.
    /// - Parameter parameter: the parameter of Content-Type.
    /// - Throws: an error if they differ.
    fileprivate mutating func charset(besides parameter: String?) throws(JSONError) -> String? {
        guard let charset = try string("charset") else { return parameter }
        if let parameter, parameter.lowercased() != charset.lowercased() {
            throw error(
                "charset",
                "is \(Quote.text(charset)), but Content-Type says charset=\(Quote.text(parameter)); send "
                    + "one of them")
        }
        return charset
    }

    /// Reads `windows`, `series` or `recordings`.
    /// - Throws: an error if there are several, or none.
    fileprivate mutating func members(rowsOnly: Bool) throws(JSONError) -> Intake {
        let windows = rowsOnly ? nil : try tensor("windows", rank: 3...3)
        // Not with `has`, which would make the name a known one.
        if rowsOnly, object["windows"] != nil {
            throw error("windows", "has windows [N][T][F], but this path requires rows [rows][F]")
        }
        let series = try tensor("series", rank: 2...2)
        let recordings = try tensors("recordings", rank: 2...2)
        let names = [
            ("windows", windows != nil), ("series", series != nil), ("recordings", recordings != nil),
        ]
        .filter(\.1).map(\.0)
        guard names.count < 2 else {
            throw error(names[0], "and \(Quote.text(names[1])) are both present; send one of them")
        }
        switch (windows, series, recordings) {
        case (let tensor?, _, _):
            var intake = Intake(tensor, DataOrigin(member: "windows"))
            intake.setWindows(timesteps: tensor.shape[1])
            return intake
        case (_, let tensor?, _):
            return Intake(tensor, DataOrigin(member: "series"))
        case (_, _, let tensors?):
            let features = tensors[0].shape[1]
            if let other = tensors.firstIndex(where: { $0.shape[1] != features }) {
                throw error(
                    "recordings", other,
                    "has \(tensors[other].shape[1]) features (F), but the first has \(features)")
            }
            var values: [Double] = []
            values.reserveCapacity(tensors.reduce(0) { $0 + $1.values.count })
            for tensor in tensors { values += tensor.values }
            let rounded = tensors.reduce(0) { $0 + $1.rounded }
            let all = Tensor(shape: [values.count / features, features], values: values, rounded: rounded)
            var intake = Intake(all, DataOrigin(member: "recordings"))
            intake.setSegments(tensors.map { $0.shape[0] })
            return intake
        case (nil, nil, nil):
            throw withoutData(rowsOnly: rowsOnly)
        }
    }

    /// The error of a body without data: that of a misspelt name, which is the likely reason, if there is
    /// one.
    private func withoutData(rowsOnly: Bool) -> JSONError {
        let names = ["series", "recordings"] + (rowsOnly ? [] : ["windows"])
        let unknown = object.members.filter { !isKnown($0.name) && !Self.optionsOfData.contains($0.name) }
        for member in unknown {
            guard let nearest = Spelling.nearest(to: member.name, among: names) else { continue }
            return misspelt(member.name, "did you mean \(Quote.text(nearest))?")
        }
        let holdsData = { (value: JSONValue) in
            switch value {
            case .array, .object: true
            default: false
            }
        }
        if let member = unknown.first(where: { holdsData($0.value) || Int($0.name) != nil }) {
            return misspelt(member.name, "send rows of numbers [rows][F] as 'series'")
        }
        return missing(
            "series",
            "rows of numbers [rows][F]" + (rowsOnly ? "" : "; or send windows [N][T][F] instead"))
    }

    /// The options that are read after the data.
    private static let optionsOfData: Set = [
        "feature_names", "timestamps", "columns", "ignore", "exclude", "labels", "order", "duplicates",
        "max_gap",
        "interval", "aggregate", "difference", "strict",
    ]

    private func misspelt(_ name: String, _ advice: String) -> JSONError {
        JSONError(.invalid, at: pointer(to: name), "unknown member \(Quote.text(name)); \(advice)")
    }

    /// Reads `columns` and `ignore`, and leaves the other features out. Features without names are called 0,
    /// 1 and so on.
    fileprivate mutating func select(in intake: inout Intake) throws(JSONError) {
        let columns = try uniqueStrings("columns")
        let ignored = try uniqueStrings("ignore")
        guard columns != nil || ignored != nil else { return }
        let names = intake.table.columns.map(\.name)
        let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        for (option, named) in [("columns", columns ?? []), ("ignore", ignored ?? [])] {
            if let index = named.firstIndex(where: { positions[$0] == nil }) {
                throw error(
                    option, index,
                    "is \(Quote.text(named[index])), but there is no such feature; "
                        + intake.table.listOfFeatures)
            }
        }
        let left = Set(ignored ?? [])
        let kept = (columns ?? names).filter { !left.contains($0) }.compactMap { positions[$0] }
        guard !kept.isEmpty else { throw error("ignore", "leaves no feature") }
        intake.table.columns = names.map { name in
            if left.contains(name) {
                return TableColumn(name: name, role: .ignored, reason: "named by ignore")
            }
            guard let columns else { return TableColumn(name: name, role: .feature, reason: "not ignored") }
            return columns.contains(name)
                ? TableColumn(name: name, role: .feature, reason: "named by columns")
                : TableColumn(name: name, role: .ignored, reason: "not named by columns")
        }
        intake.keep(kept)
    }
}

extension Table {
    /// The names of the features. Those without names are called 0, 1 and so on.
    var featureNames: [String] { features ?? (0..<featureCount).map { "\($0)" } }

    /// The features, for the error of a name that none has.
    var listOfFeatures: String {
        let names = Quote.list(featureNames)
        return features == nil
            ? "the features have no names but their indices, \(names); name them with feature_names"
            : "the features are \(names)"
    }
}
