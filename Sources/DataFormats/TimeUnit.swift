/// The unit of timestamps that are numbers.
enum TimeUnit: Int64, CaseIterable {
    case nanoseconds = 1
    case microseconds = 1_000
    case milliseconds = 1_000_000
    case seconds = 1_000_000_000
    case minutes = 60_000_000_000
    case hours = 3_600_000_000_000
    case days = 86_400_000_000_000

    /// Looks up a unit by the words that column names have for it, in lower case.
    init?(_ word: String) {
        guard let unit = Self.words[word] else { return nil }
        self = unit
    }

    private static let words: [String: TimeUnit] = {
        let words: [TimeUnit: String] = [
            .nanoseconds: "ns nsec nanos nanosecond nanoseconds",
            .microseconds: "us µs μs usec micros microsecond microseconds",
            .milliseconds: "ms msec millis millisecond milliseconds",
            .seconds: "s sec secs second seconds", .minutes: "min mins minute minutes",
            .hours: "h hr hrs hour hours", .days: "d day days",
        ]
        return Dictionary(
            uniqueKeysWithValues: words.flatMap { unit, words in
                words.split(separator: " ").map { (String($0), unit) }
            })
    }()

    /// The unit of a Unix time, by its magnitude: 10⁸ seconds are in 1973, 10¹¹ in 5138. nil for a smaller
    /// number, which is no Unix time of this era.
    static func ofUnixTime(_ time: Int64) -> TimeUnit? {
        switch time.magnitude {
        case ..<100_000_000: nil
        case ..<100_000_000_000: .seconds
        case ..<100_000_000_000_000: .milliseconds
        case ..<100_000_000_000_000_000: .microseconds
        default: .nanoseconds
        }
    }

    /// The plural, in English.
    var name: String {
        switch self {
        case .nanoseconds: "nanoseconds"
        case .microseconds: "microseconds"
        case .milliseconds: "milliseconds"
        case .seconds: "seconds"
        case .minutes: "minutes"
        case .hours: "hours"
        case .days: "days"
        }
    }
}
