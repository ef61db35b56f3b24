/// Numbers of clocks that are not read, but look like those that are: seconds since a start, or Unix times.
enum OtherClock {
    /// Returns what all numbers may be: times from 2000 to 2050 in another count. nil if they are none.
    static func name(of numbers: [ClockNumber]) -> String? {
        guard !numbers.isEmpty else { return nil }
        return counts.first { count in
            numbers.allSatisfy { count.range.contains($0.whole) && ($0.isInteger || !count.isWhole) }
                && (!count.isDayOfYear || numbers.allSatisfy { (1...366).contains($0.whole % 1000) })
        }?.name
    }

    private struct Count {
        let name: String
        let range: ClosedRange<Int64>
        var isWhole = false
        var isDayOfYear = false
    }

    private static let counts = [
        Count(name: "days of a spreadsheet", range: 36_526...54_789),
        Count(name: "days of MATLAB (datenum)", range: 730_486...748_749),
        Count(
            name: "years with the day of the year", range: 1_990_001...2_050_366, isWhole: true,
            isDayOfYear: true),
        Count(
            name: "Windows file times", range: 125_911_584_000_000_000...141_690_816_000_000_000,
            isWhole: true),
        Count(name: ".NET ticks", range: 630_822_816_000_000_000...646_601_184_000_000_000, isWhole: true),
    ]
}
