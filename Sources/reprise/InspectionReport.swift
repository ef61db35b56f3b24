import DataFormats
import Inspection
import TimeSeries

/// The report of `reprise inspect`.
struct InspectionReport: CustomStringConvertible {
    private let inspection: Inspection

    init(_ inspection: Inspection) { self.inspection = inspection }

    var description: String {
        ([summary, "\(table)"] + warnings + [suggestions].compactMap { $0 }).joined(separator: "\n")
    }

    private var summary: String {
        let rows = "\(inspection.rows) row\(inspection.rows == 1 ? "" : "s")"
        let parts =
            if let timesteps = inspection.timesteps {
                "\(inspection.recordings) windows of \(timesteps) timesteps"
            } else {
                inspection.recordings == 1 ? rows : "\(rows) in \(inspection.recordings) recordings"
            }
        guard let time = inspection.time else { return "\(parts), without timestamps" }
        let interval = time.interval.map { ", every \($0.rounded5) s" } ?? ""
        let order = time.order == .ascending ? "" : ", \(time.order.rawValue)"
        let gaps = time.gaps.isEmpty ? "" : ", \(time.gaps.count) gap\(time.gaps.count == 1 ? "" : "s")"
        let duplicates =
            time.duplicates == 0
            ? "" : ", \(time.duplicates) duplicate timestamp\(time.duplicates == 1 ? "" : "s")"
        return "\(parts)\(interval)\(order)\(gaps)\(duplicates) (\(time.format), \(time.clock.rawValue))"
    }

    private var table: Table {
        Table(
            [
                "column", "role", "missing", "minimum", "median", "maximum", "MAD", "distinct",
                "because",
            ],
            inspection.columns.map { column in
                let statistics = column.statistics
                // A counter or an epoch differs in its last digits.
                func text(_ number: Double?) -> String {
                    guard let number else { return "" }
                    return Int64(exactly: number).flatMap { abs($0) < 1 << 53 ? "\($0)" : nil }
                        ?? number.rounded(digits: abs(number) < 1e5 ? 5 : 12)
                }
                return [
                    column.column.name, column.column.role.rawValue,
                    statistics.map { "\(($0.missingShare * 1000).rounded() / 10) %" } ?? "",
                    text(statistics?.minimum), text(statistics?.median), text(statistics?.maximum),
                    text(statistics?.medianAbsoluteDeviation), statistics.map { "\($0.distinct)" } ?? "",
                    column.column.reason,
                ]
            })
    }

    private var warnings: [String] { inspection.warnings.map { "\($0.level.rawValue): \($0.message)" } }

    /// The options of `reprise train` that suit the data; nil if there are none.
    private var suggestions: String? {
        let suggestions = inspection.suggestions
        guard !suggestions.isEmpty else { return nil }
        var options: [String] = []
        if !suggestions.ignore.isEmpty {
            options.append("--ignore \(suggestions.ignore.joined(separator: ",").shellQuoted)")
        }
        if !suggestions.difference.isEmpty {
            options.append("--difference \(suggestions.difference.joined(separator: ",").shellQuoted)")
        }
        if let exclude = suggestions.exclude { options.append("--exclude \(exclude.shellQuoted)") }
        if let recording = suggestions.recording { options.append("--recording \(recording.shellQuoted)") }
        if let order = suggestions.order { options.append("--order \(order.rawValue)") }
        if let duplicates = suggestions.duplicates { options.append("--duplicates \(duplicates.rawValue)") }
        if let interval = suggestions.interval { options.append("--interval \(interval)") }
        if let missing = suggestions.missing { options.append("--missing \(missing.rawValue)") }
        if let timesteps = suggestions.timesteps { options.append("--timesteps \(timesteps)") }
        if let scaling = suggestions.scaling { options.append("--scaling \(scaling.rawValue)") }
        return "suggested: \(options.joined(separator: " "))"
    }
}
