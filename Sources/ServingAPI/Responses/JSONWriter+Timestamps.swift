import DataFormats
import JSON

extension JSONWriter {
    /// `"name":["2026-01-31T12:00:00Z",…]`: timestamps as they were sent.
    mutating func member(_ name: String, _ timestamps: Timestamps) {
        array(name, of: timestamps.instants.indices) { $0.value(timestamps, $1) }
    }

    /// `"name":["2026-01-31T12:00:00Z",…]`: the timestamps of some rows as they were sent.
    mutating func member(_ name: String, _ timestamps: Timestamps, rows: [Int]) {
        array(name, of: rows) { $0.value(timestamps, $1) }
    }

    /// `"name":"2026-01-31T12:00:00Z"`: the timestamp of a row as it was sent; writes nothing without one.
    mutating func member(_ name: String, ifAny timestamps: Timestamps?, row: Int) {
        guard let timestamps else { return }
        self.name(name)
        value(timestamps, row)
    }

    private mutating func value(_ timestamps: Timestamps, _ row: Int) {
        switch timestamps.cells {
        case .texts(let texts): value(texts[row])
        case .integers(let integers): value(Int(integers[row]))
        case .numbers(let numbers): value(numbers[row])
        }
    }
}
