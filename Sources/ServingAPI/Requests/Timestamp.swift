import JSON

/// The timestamp of a row. It is returned in responses as the request has it, without interpretation.
enum Timestamp: Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
}

extension FieldReader {
    /// Reads `timestamps`: a string or a number for each row.
    /// - Parameter rows: the number of rows.
    mutating func timestamps(rows: Int) throws(JSONError) -> [Timestamp]? {
        guard let elements = try array("timestamps", of: "strings or numbers", count: 1...Int.max) else {
            return nil
        }
        guard elements.count == rows else {
            throw error(
                "timestamps", "has \(elements.count) elements for \(rows) rows; it must have one for each row"
            )
        }
        var timestamps: [Timestamp] = []
        timestamps.reserveCapacity(rows)
        for (index, element) in elements.enumerated() {
            switch element {
            case .string(let text): timestamps.append(.text(text))
            case .integer(let integer): timestamps.append(.integer(integer))
            case .number(let number): timestamps.append(.number(number))
            default:
                throw error("timestamps", index, "is \(element.kindName); it must be a string or a number")
            }
        }
        return timestamps
    }
}

extension JSONWriter {
    /// A timestamp as in the request.
    private mutating func value(_ timestamp: Timestamp) {
        switch timestamp {
        case .text(let text): value(text)
        case .integer(let integer): value(Int(integer))
        case .number(let number): value(number)
        }
    }

    /// `"name":["2026-01-31T12:00:00Z",…]`.
    mutating func member(_ name: String, _ timestamps: [Timestamp]) {
        array(name, of: timestamps) { $0.value($1) }
    }

    /// `"name":"2026-01-31T12:00:00Z"`; writes nothing without a timestamp.
    mutating func member(_ name: String, ifAny timestamp: Timestamp?) {
        guard let timestamp else { return }
        self.name(name)
        value(timestamp)
    }
}
