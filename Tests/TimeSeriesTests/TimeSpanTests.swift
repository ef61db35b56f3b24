import Testing
import TimeSeries

@Suite struct TimeSpanTests {
    @Test(
        arguments: [
            ("30s", 30_000_000_000), ("5m", 300_000_000_000), ("5min", 300_000_000_000),
            ("1h", 3_600_000_000_000), ("1d", 86_400_000_000_000), ("500ms", 500_000_000),
            ("1.5 h", 5_400_000_000_000), ("0.1s", 100_000_000), ("20us", 20_000), ("7ns", 7),
        ] as [(String, Int64)])
    func textsAreRead(text: String, nanoseconds: Int64) {
        #expect(TimeSpan(text)?.nanoseconds == nanoseconds)
    }

    @Test(
        arguments: [
            "", "s", "10", "0s", "-1s", "1e3s", "1.2.3s", "10 weeks", "0.1ns", "99999999d", "∞s", "1s ",
        ])
    func otherTextsAreRefused(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test func secondsAreLimited() {
        #expect(TimeSpan(seconds: 0.25)?.nanoseconds == 250_000_000)
        for seconds in [0, -1, .nan, .infinity, 1e300, 1e-10] { #expect(TimeSpan(seconds: seconds) == nil) }
    }

    @Test func descriptionsAreReadBack() {
        var random = SystemRandomNumberGenerator()
        for text in ["1d", "36h", "90s", "1m", "1500ms", "1ns"] {
            #expect(TimeSpan(text)?.description == text)
        }
        for _ in 0..<200 {
            let span = TimeSpan(nanoseconds: .random(in: 1...1_000_000_000_000, using: &random))
            #expect(TimeSpan(span.description) == span)
        }
    }

    @Test func approximationsAreShort() {
        #expect(TimeSpan(nanoseconds: 5_400_000_000_000).approximation == "1.5 h")
        #expect(TimeSpan(nanoseconds: 3_000_000_000).approximation == "3 s")
        #expect(TimeSpan(nanoseconds: 1_234_567).approximation == "1.23 ms")
    }

    @Test func usualLengthsAreSuggested() {
        for (span, suggestion) in [
            ("7s", "10s"), ("31s", "1m"), ("15m", "15m"), ("900ms", "1s"), ("13h", "1d"),
        ] {
            #expect(TimeSpan(span)?.roundedUp.description == suggestion)
        }
        #expect(TimeSpan("30d")?.roundedUp == TimeSpan("30d"))
    }
}
