import Dispatch
import Telemetry
import Testing

/// Metrics in Prometheus' text format.
@Suite struct HistogramTests {
    private func text(_ histogram: Histogram, _ labels: MetricsText.Labels = []) -> String {
        var text = MetricsText()
        text.begin("h", .histogram, "Sizes.")
        text.sample(labels, histogram.snapshot)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func bucketsAreCumulativeAndIncludeTheirUpperBound() {
        let histogram = Histogram(.counts)
        for value: UInt64 in [0, 1, 2, 4, 5, 16, 17, 65_536, 65_537, 1 << 40] { histogram.observe(value) }
        #expect(
            text(histogram, [(name: "a", value: "b")]) == """
                # HELP h Sizes.
                # TYPE h histogram
                h_bucket{a="b",le="1"} 2
                h_bucket{a="b",le="4"} 4
                h_bucket{a="b",le="16"} 6
                h_bucket{a="b",le="64"} 7
                h_bucket{a="b",le="256"} 7
                h_bucket{a="b",le="1024"} 7
                h_bucket{a="b",le="4096"} 7
                h_bucket{a="b",le="16384"} 7
                h_bucket{a="b",le="65536"} 8
                h_bucket{a="b",le="+Inf"} 10
                h_sum{a="b"} 1099511758894
                h_count{a="b"} 10

                """)
    }

    @Test func durationsAreExportedInSeconds() {
        let histogram = Histogram(.seconds)
        histogram.observe(100_000)
        histogram.observe(250_001)
        histogram.observe(120_000_000_000)
        let lines = text(histogram).split(separator: "\n").map(String.init)
        #expect(lines.contains("h_bucket{le=\"0.0001\"} 1"))
        #expect(lines.contains("h_bucket{le=\"0.00025\"} 1"))
        #expect(lines.contains("h_bucket{le=\"0.0005\"} 2"))
        #expect(lines.contains("h_bucket{le=\"60\"} 2"))
        #expect(lines.contains("h_bucket{le=\"+Inf\"} 3"))
        #expect(lines.contains("h_sum 120.000350001"))
    }

    @Test func aRatioJustAboveABoundIsNotCountedBelowIt() {
        let histogram = Histogram(.ratios)
        for ratio in [0, 1, Float(1).nextUp, 2, .greatestFiniteMagnitude] { histogram.observe(ratio: ratio) }
        let lines = text(histogram).split(separator: "\n").map(String.init)
        #expect(lines.contains("h_bucket{le=\"0.1\"} 1"))
        #expect(lines.contains("h_bucket{le=\"1\"} 2"))
        #expect(lines.contains("h_bucket{le=\"1.1\"} 3"))
        #expect(lines.contains("h_bucket{le=\"2\"} 4"))
        #expect(lines.contains("h_bucket{le=\"100\"} 4"))
        #expect(lines.contains("h_bucket{le=\"+Inf\"} 5"))
        #expect(lines.contains("h_sum 10004.000001"), "\(lines)")
    }

    @Test func valuesOfAllThreadsAreCounted() {
        let histogram = Histogram(.counts)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for value in 0..<10_000 as Range<UInt64> { histogram.observe(value) }
        }
        #expect(histogram.snapshot.count == 80_000)
        #expect(text(histogram).contains("h_sum 399960000\n"))
    }

    @Test func specialCharactersAndNumbersAreWrittenAsTheFormatRequires() {
        var text = MetricsText()
        text.begin("g", .gauge, "A \\ and\na \"break\".")
        text.sample([(name: "l", value: "a\"b\\c\nd\u{e9}")], 0.5)
        text.sample([], .infinity)
        text.sample([], -.infinity)
        text.sample([], .nan)
        text.sample([], 1e20)
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP g A \\\\ and\\na "break".
                # TYPE g gauge
                g{l="a\\"b\\\\c\\nd\u{e9}"} 0.5
                g +Inf
                g -Inf
                g NaN
                g 1e+20

                """)
    }

    @Test func openMetricsHasItsOwnNamesBoundsAndEnd() {
        let histogram = Histogram(.seconds)
        histogram.observe(1_000_000)
        var text = MetricsText(.openMetrics)
        text.single("c_total", .counter, "A \"count\".", 2)
        text.begin("h", .histogram, "Times.")
        text.sample([], histogram.snapshot)
        text.end()
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines.prefix(3) == ["# HELP c A \\\"count\\\".", "# TYPE c counter", "c_total 2"])
        for bound in ["0.0001", "0.001", "1.0", "60.0", "+Inf"] {
            #expect(lines.contains { $0.hasPrefix("h_bucket{le=\"\(bound)\"} ") }, "\(bound)")
        }
        #expect(lines.last == "# EOF")
        var prometheus = MetricsText()
        prometheus.end()
        #expect(prometheus.bytes.isEmpty)
    }

    @Test func processMetricsAreReadFromProc() throws {
        let before = try #require(ProcessMetrics())
        var sum = 0.0
        let start = MonotonicTime.now
        while MonotonicTime.now.nanoseconds(since: start) < 50_000_000 { sum += sum.squareRoot() + 1 }
        let after = try #require(ProcessMetrics())
        // Printing the sum keeps the loop from being optimized away.
        #expect(after.cpuSeconds > before.cpuSeconds, "\(sum)")
        #expect(after.startTime == before.startTime && after.startTime > 1.7e9)
        #expect(after.residentBytes > 1e6 && after.virtualBytes > after.residentBytes)
        #expect(after.openDescriptors >= 3 && after.openDescriptors < after.maxDescriptors)
    }
}
