import DataFormats
import TimeSeries

/// The columns of a CSV response that say which row of the request a line is about: the timestamp as it was
/// sent, or the number of the row without timestamps, and before them the recording if there are recordings.
struct RowColumns {
    private let data: RequestData

    init(of data: RequestData) { self.data = data }

    /// The names of the columns.
    var names: [String] {
        (data.recordings == nil ? [] : ["recording"]) + [data.timestamps == nil ? "row" : "timestamp"]
    }

    /// Writes the cells of a row.
    /// - Parameter row: an index into the series of the windows.
    func write(_ row: Int, to csv: inout CSVWriter) {
        let row = data.firstRow + row
        if let recordings = data.recordings { csv.cell(recordings.name(ofRow: row, data.origins)) }
        switch data.timestamps?.cells {
        case .texts(let texts): csv.cell(texts[row])
        case .integers(let integers): csv.cell(Int(integers[row]))
        case .numbers(let numbers): csv.cell(numbers[row])
        case nil: csv.cell(data.origins[row] ?? row)
        }
    }
}
