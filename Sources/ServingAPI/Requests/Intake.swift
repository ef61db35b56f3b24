import DataFormats
import HTTP1
import Inspection
import JSON
import ModelFiles
import NeuralNetwork
import TimeSeries

/// The data of a request on their way from the body to windows.
///
/// ``DataRequest/data(for:flag:rowsOnly:excludesFlagged:inspects:)`` takes the steps: the table as it was
/// read, features in the order of the model, windows, missing values.
struct Intake {
    /// The rows. Columns and flags follow each change.
    var table: Table
    /// Where the rows and features stand in the request.
    var origin: DataOrigin
    /// The rows of the request at which a recording begins because there is a gap before them.
    var gaps: [Int] = []

    /// Data as they were read.
    init(_ table: Table, _ origin: DataOrigin) {
        self.table = table
        self.origin = origin
    }

    /// Features without names, the last level of a tensor.
    init(_ tensor: Tensor, _ origin: DataOrigin) {
        self.init(
            Table(
                reason: "a feature of the request", features: nil, featureCount: tensor.shape.last ?? 1,
                values: tensor.values,
                warnings: tensor.rounded > 0 ? [.roundedIntegers(tensor.rounded)] : []),
            origin)
    }

    /// Divides the rows into windows of T timesteps, which the request has as windows.
    mutating func setWindows(timesteps: Int) {
        setSegments(Array(repeating: timesteps, count: table.rows / timesteps))
        origin.timesteps = timesteps
    }

    /// Divides the rows into recordings or windows.
    mutating func setSegments(_ counts: [Int]) {
        var segments: [Range<Int>] = []
        segments.reserveCapacity(counts.count)
        for rows in counts {
            let start = segments.last?.upperBound ?? 0
            segments.append(start..<(start + rows))
        }
        table.recordings = segments
        origin.segments = segments
    }

    /// Gives names to features that have none.
    mutating func name(_ names: [String]) {
        table.features = names
        table.columns = names.map {
            TableColumn(name: $0, role: .feature, reason: "named by feature_names")
        }
    }

    /// Keeps some features, in another order.
    /// - Parameter positions: the present index of each feature.
    mutating func keep(_ positions: [Int]) {
        let count = table.featureCount
        guard positions != Array(0..<count) else { return }
        var values: [Double] = []
        values.reserveCapacity(table.rows * positions.count)
        for row in stride(from: 0, to: table.values.count, by: count) {
            for position in positions { values.append(table.values[row + position]) }
        }
        table.values = values
        table.featureCount = positions.count
        table.features = table.features.map { names in positions.map { names[$0] } }
        origin.features = positions.map { origin.features?[$0] ?? $0 }
    }

    // MARK: Steps

    /// Brings the features into the order of a model, by their names, and leaves columns out that the model
    /// ignores. Without names, the order is that of the model already.
    mutating func reorder(for model: ModelDescription) throws(Problem) {
        if let names = table.features, let required = model.featureNames, names != required {
            let roles = model.columnRoles
            let ignored = Set(names.filter { (roles[$0] ?? .feature) != .feature })
            let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
            let unknown = names.filter { !required.contains($0) && !ignored.contains($0) }
            guard unknown.isEmpty else { throw mismatch("has", unknown, remedy: true, required) }
            let missing = required.filter { positions[$0] == nil }
            guard missing.isEmpty else { throw mismatch("lacks", missing, remedy: false, names) }
            keep(required.compactMap { positions[$0] })
        }
        let features = model.inputShape.features
        guard table.featureCount == features else {
            throw origin.problem("has \(table.featureCount) features (F); it must have \(features)")
        }
    }

    /// - Parameters:
    ///   - names: the names that do not match.
    ///   - others: the names of the model if the request has too many, else those of the request.
    private func mismatch(_ verb: String, _ names: [String], remedy: Bool, _ others: [String]) -> Problem {
        let subject = origin.pointer == nil ? "the table" : Quote.text("feature_names")
        let end =
            remedy
            ? "which the model does not have; leave \(names.count == 1 ? "it" : "them") out with ignore. The "
                + "model has \(Quote.list(others))"
            : "which the model requires. The request has \(Quote.list(others))"
        return .invalid(
            at: origin.pointer == nil ? nil : "/feature_names",
            "\(subject) \(verb) \(Quote.list(names)), \(end)")
    }

    /// Cuts the rows into windows of T timesteps.
    ///
    /// Adds a warning to the table about recordings that are too short for one.
    mutating func windows(_ options: WindowOptions, timesteps: Int) throws(Problem) -> Windows<Double> {
        let windows: Windows<Double>
        do throws(DataError) {
            let series = try Series(values: table.values, features: table.featureCount)
            windows = try options.windows(of: series, table.recordings, timesteps: timesteps)
        } catch {
            throw origin.problem("cannot be used: \(error)\(lossOfRows)")
        }
        if let warning = shortRecordings(windows) { table.warnings.append(warning) }
        return windows
    }

    /// The reasons for which recordings have fewer rows than were sent, to be appended to a message.
    private var lossOfRows: String {
        var reasons: [String] = []
        if origin.isResampled {
            reasons.append("\(origin.rowCount) rows were resampled; use a shorter interval")
        }
        if !gaps.isEmpty {
            reasons.append(
                "recordings end at \(gaps.count == 1 ? "1 gap" : "\(gaps.count) gaps"), see max_gap")
        }
        if origin.losesFirstRows { reasons.append("the first row of a recording has no difference") }
        return reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))"
    }

    /// The warning about recordings that have no window.
    private func shortRecordings(_ windows: Windows<Double>) -> Warning? {
        let short = windows.recordings.filter { $0.count < windows.timesteps }
        guard !short.isEmpty else { return nil }
        // Differences have no value in the first row, which was sent all the same.
        let loss = origin.losesFirstRows ? 1 : 0
        let (areShort, were) = short.count == 1 ? ("is", "was") : ("are", "were")
        return Warning(
            .shortRecordings, .warning,
            "\(short.count) of \(windows.recordings.count) recordings \(areShort) shorter than a window of "
                + "\(windows.timesteps) rows\(loss > 0 ? " and the row before it" : ""), and \(were) not "
                + "used. Use fewer timesteps, or send longer recordings.",
            rows: origin.rows.ranges(of: short.map { ($0.lowerBound - loss)..<$0.upperBound }.joined()))
    }

    /// Fills missing values of the windows' rows.
    func fillMissing(_ policy: MissingValuePolicy, in windows: inout Windows<Double>) throws(Problem) {
        do throws(DataError) {
            try windows.fillMissing(policy)
        } catch {
            guard case .missing(let row, let feature, let hint) = error else {
                throw origin.problem("cannot be used: \(error)")
            }
            let remedies =
                policy == .error
                ? fillings : [Remedy(.missing, "zero"), Remedy(.ignore, table.featureNames[feature])]
            throw origin.problem(
                missingIn: table, row: row, feature: feature, hint: hint, remedies: remedies)
        }
    }

    /// Options with which missing values are no longer missing, the likeliest first.
    private var fillings: [Remedy] {
        let interval = origin.isResampled ? nil : table.intervalOfOwnTimes
        return [interval.map { Remedy(.interval, "\($0)") }].compactMap(\.self)
            + [Remedy(.missing, "linear"), Remedy(.missing, "previous")]
    }

    /// Adds a warning to the table about values that are missing without an option that fills them.
    /// - Parameter rows: the rows that are used, as ascending ranges; flagged ones do not count.
    mutating func warnOfMissingValues(in used: [Range<Int>]) {
        let count = table.featureCount
        var features: Set<Int> = []
        var rows: [Int] = []
        for row in used.joined() where !table.flags.values.contains(where: { $0[row] }) {
            let missing = (0..<count).filter { table.values[row * count + $0].isNaN }
            guard !missing.isEmpty else { continue }
            features.formUnion(missing)
            rows.append(row)
        }
        guard let first = rows.first else { return }
        let names = features.sorted().map { table.featureNames[$0] }
        let sent = origin.rows[first]
        let place =
            rows.count == 1
            ? sent.map { "row \($0)" } ?? "1 row"
            : "\(rows.count) rows" + (sent.map { ", the first of which is \($0)," } ?? "")
        let interval = origin.isResampled ? nil : table.intervalOfOwnTimes
        table.warnings.append(
            Warning(
                .missingValues, .error,
                "Values of \(Quote.list(names)) are missing in \(place) and are refused without an option "
                    + "that fills them. "
                    + (interval.map {
                        "The columns have times of their own: set interval to \"\($0)\" to bring them "
                            + "together, and missing"
                    } ?? "Set missing")
                    + " to previous, linear or zero.",
                columns: names, rows: origin.rows.ranges(of: rows)))
    }
}
