import DataFormats
import Testing

/// Timestamps of other rows than were sent.
@Suite struct TimestampsRowsTests {
    private func texts(_ timestamps: Timestamps) -> [String] {
        switch timestamps.cells {
        case .texts(let texts): Array(texts)
        case .integers(let integers): integers.map { "\($0)" }
        case .numbers(let numbers): numbers.map { "\($0)" }
        }
    }

    @Test func cellsOfKeptRowsStayAsTheyWereSent() throws {
        let sent = try Timestamps(texts: ["2026-01-31 12:00", "2026-01-31 12:01", "2026-01-31 12:02"])
        let kept = sent.keeping([2, 0], instants: [7, 8])
        #expect(texts(kept) == ["2026-01-31 12:02", "2026-01-31 12:00"])
        #expect(kept.instants == [7, 8] && kept.clock == sent.clock && kept.format == sent.format)
        #expect(texts(sent.keeping(nil, instants: sent.instants)) == texts(sent))
        #expect(texts(try Timestamps(integers: [10, 20]).keeping([1], instants: [0])) == ["20"])
        #expect(texts(try Timestamps(numbers: [1.5, 2.5]).keeping([1], instants: [0])) == ["2.5"])
    }

    @Test func otherInstantsHaveTheFormOfTheCells() throws {
        func replaced(_ timestamps: Timestamps, by seconds: [Double]) -> [String] {
            let start = timestamps.instants[0]
            return texts(timestamps.replacing(with: seconds.map { start + Int64($0 * 1e9) }))
        }
        let utc = try Timestamps(texts: ["2026-01-31T13:00:00+01:00", "2026-01-31T13:00:07+01:00"])
        #expect(replaced(utc, by: [0, 0.5]) == ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.500000Z"])
        let local = try Timestamps(texts: ["31.12.2026 23:59", "31.12.2026 23:59"])
        #expect(replaced(local, by: [60]) == ["2027-01-01T00:00:00"])
        #expect(
            replaced(try Timestamps(integers: [1_767_225_600]), by: [0, 10]) == ["1767225600", "1767225610"])
        let milliseconds = try Timestamps(integers: [1_767_225_600_123])
        #expect(replaced(milliseconds, by: [0.877]) == ["1767225601000"])
        #expect(replaced(try Timestamps(integers: [1_767_225_600]), by: [0, 0.5]).last == "1767225600.5")
        #expect(replaced(try Timestamps(numbers: [0.5, 1.5]), by: [0.5, 1.5]) == ["1", "2"])
        #expect(replaced(try Timestamps(integers: [0, 0]), by: [3]) == ["3"])
    }
}
