import DataFormats

/// Fuzzes the reader of timestamps with the lines of an input as a column: a column must have an instant for
/// each row, an error must be one line, and a time in ISO 8601 must be the one that the reader of single
/// times reads.
enum TimestampFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        let lines = String(decoding: input, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).map(String.init)
        do throws(TableError) {
            let timestamps = try Timestamps(texts: lines)
            guard timestamps.instants.count == lines.count else { return "a row has no instant" }
        } catch {
            let isLine = !error.detail.isEmpty && !error.description.contains { $0.isNewline }
            guard isLine else { return "not one line: \(error)" }
        }
        return lines.lazy.compactMap(isoFinding).first
    }

    private static func isoFinding(_ text: String) -> String? {
        // The instants of a table end in the years 1677 and 2262.
        guard let time = UTCTime(text), abs(time.microseconds) < 9_000_000_000_000_000 else { return nil }
        guard let instant = try? Timestamps(texts: [text]).instants.first else { return "refused \(text)" }
        let (quotient, remainder) = instant.quotientAndRemainder(dividingBy: 1000)
        let microseconds = remainder < 0 ? quotient - 1 : quotient
        return microseconds == time.microseconds ? nil : "\(text) is \(time), but was read as \(instant)"
    }
}
