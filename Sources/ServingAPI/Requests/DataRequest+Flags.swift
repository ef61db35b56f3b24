import DataFormats
import JSON

/// Reading the options that flag rows, such as `labels`.
extension DataRequest {
    /// Takes the flags of rows out of the columns of an array that options name by their indices. The other
    /// columns keep their indices as names.
    /// - Returns: the columns, ascending; none for options that are missing, or have flags or ranges instead.
    mutating func takeFlags(
        _ flags: [String], of intake: inout Intake
    ) throws(Problem) -> [TableColumn] {
        guard case .npy = content else { return [] }
        let count = intake.table.featureCount
        var taken: [Int: String] = [:]
        for flag in flags {
            guard let text = options.parameter(flag), let column = Int(text) else { continue }
            func problem(_ detail: String) -> Problem { Problem(options.error(flag, detail)) }
            guard intake.origin.timesteps == nil else {
                throw problem("names a column of 0 and 1 for each row, but the data are windows")
            }
            guard (0..<count).contains(column) else {
                throw problem(
                    "is \(column), but the columns of the array are 0 to \(count - 1); name one of them, or "
                        + "send \(FieldReader.rowFlagsRule)")
            }
            if let other = taken.updateValue(flag, forKey: column) {
                throw problem("names column \(column), as \"\(other)\" does; name another one")
            }
            guard taken.count < count else {
                throw problem("names the only column of the array, which leaves no feature")
            }
            let values = (0..<intake.table.rows).map { intake.table.values[$0 * count + column] }
            if let row = values.firstIndex(where: { $0 != 0 && $0 != 1 }) {
                let value = values[row].isNaN ? "a missing value" : "\(values[row])"
                throw problem("names column \(column), which has \(value) in row \(row); it must be 0 or 1")
            }
            intake.table.flags[flag] = values.map { $0 == 1 }
        }
        let rest = (0..<count).filter { taken[$0] == nil }
        intake.table.columns = rest.map { intake.table.columns[$0] }
        intake.keep(rest)
        return taken.sorted { $0.key < $1.key }.map {
            TableColumn(name: "\($0.key)", role: .label, reason: "named by \($0.value)")
        }
    }

    /// Reads the flags that are no columns: 0 or 1 for each row, or ranges of rows.
    /// - Throws: 422 also for a row that two options flag. It is found here, because rows of different flags
    ///   can become one by their times.
    mutating func readFlags(_ flags: [String], of intake: inout Intake) throws(Problem) {
        for flag in flags where intake.table.flags[flag] == nil {
            intake.table.flags[flag] = try options.read { (options) throws(JSONError) in
                let flags = try options.rowFlags(flag, rows: intake.table.rows)
                guard flags == nil || intake.origin.timesteps == nil else {
                    throw options.error(flag, "selects rows, but the data are windows")
                }
                return flags
            }
        }
        for (index, second) in flags.enumerated() {
            for first in flags[..<index] {
                guard let flags = intake.table.flags[first], let others = intake.table.flags[second],
                    let row = flags.indices.first(where: { flags[$0] && others[$0] })
                else { continue }
                throw Problem(
                    options.error(
                        first, "and \"\(second)\" both have row \(row); a row is one or the other"))
            }
        }
    }
}
