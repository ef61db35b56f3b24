import DataFormats
import JSON
import TimeSeries

/// Where the rows and the features of a table stand in the request, for the places in errors.
struct DataOrigin: Sendable {
    /// The JSON pointer to the member that has the data; nil for another body.
    let pointer: String?
    /// The name of the member, in quotes, or "the body".
    let subject: String
    /// The rows of each recording or window of the member, which is an array of them; nil for a series.
    var segments: [Range<Int>]?
    /// T of windows; nil for rows.
    var timesteps: Int?
    /// The index in the request of each feature, `[F]`; nil if it is the same.
    var features: [Int]?
    /// The row in the request that each row is.
    var rows = RowOrigins.same
    /// Whether the rows were made by resampling, so that they are not rows of the request.
    var isResampled = false
    /// Whether recordings lose their first rows, which have no difference.
    var losesFirstRows = false
    /// The number of rows that were sent, if they were resampled.
    var rowCount = 0

    /// The data of a JSON member.
    init(member name: String) {
        pointer = JSONPointer.member(name)
        subject = Quote.text(name)
    }

    /// The data of a body that is not JSON.
    init() {
        pointer = nil
        subject = "the body"
    }

    /// The error of data that cannot be used as a whole.
    func problem(_ detail: String) -> Problem { .invalid(at: pointer, "\(subject) \(detail)") }

    /// The error of a missing value.
    /// - Parameters:
    ///   - table: the table with the value.
    ///   - hint: what fills the gap.
    ///   - remedies: the same as options.
    func problem(
        missingIn table: Table, row: Int, feature: Int, hint: String, remedies: [Remedy]
    ) -> Problem {
        let index = features?[feature] ?? feature
        let name = table.features?[feature]
        if isResampled, let time = table.timestamps?.text(ofRow: row) {
            return Problem(
                .invalidRequest,
                "the resampled row of \(time) has no value for \(Quote.text(name ?? "\(index)")); set "
                    + "missing to previous, linear or zero to fill gaps, or use a longer interval",
                pointer: pointer, remedies: remedies)
        }
        let row = rows[row] ?? row
        if let line = table.lines?[row] {
            let column = name ?? "\(index)"
            return Problem(
                .invalidRequest, "line \(line): the column \(Quote.text(column)) has no value; \(hint)",
                place: TablePlace(line: line, column: column), remedies: remedies)
        }
        let label = name.map { " (\(Quote.text($0)))" } ?? ""
        let detail = "row \(row) has no value for feature \(index)\(label); \(hint)"
        guard let pointer else {
            return Problem(
                .invalidRequest, detail, place: TablePlace(row: row, column: name), remedies: remedies)
        }
        return Problem(
            .invalidRequest, detail, pointer: "\(pointer)\(place(ofRow: row))/\(index)", remedies: remedies)
    }

    /// The JSON pointer of a row, relative to the member.
    private func place(ofRow row: Int) -> String {
        guard let segments, let index = segments.firstIndex(where: { $0.contains(row) }) else {
            return "/\(row)"
        }
        return "/\(index)/\(row - segments[index].lowerBound)"
    }
}
