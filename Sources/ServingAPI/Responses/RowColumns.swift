import DataFormats
import TimeSeries

/// The columns of a CSV response that say which row of the request a line is about: the timestamp as it was
/// sent, or the number of the row without timestamps, and before them the recording if there are recordings.
struct RowColumns {
    private let data: RequestData
    /// The latest row with a recording, and the row as it was sent: itself, or the last one sent before it.
    private var latest = (row: -1, sent: 0)

    init(of data: RequestData) { self.data = data }

    /// The names of the columns.
    var names: [String] {
        (data.recordings == nil ? [] : ["recording"]) + [data.timestamps == nil ? "row" : "timestamp"]
    }

    /// Writes the cells of a row.
    /// - Parameter row: an index into the series of the windows.
    mutating func write(_ row: Int, to csv: inout CSVWriter) {
        let row = data.firstRow + row
        if let recordings = data.recordings { csv.cell(recordings.name(ofSent: sent(before: row))) }
        switch data.timestamps?.cells {
        case .texts(let texts): csv.cell(texts[row])
        case .integers(let integers): csv.cell(Int(integers[row]))
        case .numbers(let numbers): csv.cell(numbers[row])
        case nil: csv.cell(data.origins[row] ?? row)
        }
    }

    /// The row as it was sent; of a row that was not sent, that of the last row before it that was. Rows are
    /// written in order, or in windows that overlap: the search goes on from the latest row, so that a long
    /// gap without sent rows is passed once and not once for each of its rows.
    private mutating func sent(before row: Int) -> Int {
        if let sent = data.origins[row] {
            latest = (row, sent)
        } else if row >= latest.row {
            for next in (latest.row + 1)..<(row + 1) {
                if let sent = data.origins[next] { latest.sent = sent }
            }
            latest.row = row
        }
        return latest.sent
    }
}
