import HTMLReport
import Testing

/// The page of a report.
@Suite struct ReportPageTests {
    /// A series of two features with an event in the second one.
    private static func data(rows: Int = 200, features: [String] = ["a", "b"]) -> ReportData {
        let bump = (rows / 2)...(rows / 2 + 9)
        var data = ReportData(
            name: "pump.csv", model: "pump", version: 3, kind: "autoencoder", timesteps: 5, mode: "whole",
            threshold: 0.25, errorKind: "mse", time: "2026-01-31 12:00 UTC", features: features,
            timestamps: (0..<rows).map { "2026-01-31 row \($0)" },
            scores: (0..<rows).map { $0 < 4 ? .nan : bump.contains($0) ? 7 : 0.5 })
        let count = features.count
        data.events = [
            ReportData.Event(
                rows: bump, peakRow: bump.lowerBound + 2, peak: 7, severity: "rarer than all 90 rows",
                shares: (0..<count).map { (feature: count - 1 - $0, share: $0 == 0 ? 0.9 : 0.1) })
        ]
        data.shares = (0..<rows).map { _ in (0..<count).map { $0 == count - 1 ? 0.9 : 0.1 } }
        data.actual = (0..<rows).map { row in (0..<count).map { _ in bump.contains(row) ? 42.5 : 1 } }
        data.expected = (0..<rows).map { _ in (0..<count).map { _ in 1.25 } }
        return data
    }

    @Test func anEventHasItsTimeScoreFeaturesAndValues() {
        let html = ReportPage(Self.data()).html
        for text in [
            "1 event", "row 100 to row 109", "7 × threshold", "10 rows", "rarer than all 90 rows",
            ">b</td>", "90\u{202F}%", ">42.5</td>", ">1.25</td>", "mode whole", "version 3 (autoencoder)",
        ] { #expect(html.contains(text), "\(text)") }
    }

    @Test func allTextIsEscaped() {
        let name = #"<script>alert("x")</script>&'"#
        var data = Self.data(features: [name, name + "2", name + "3", name + "4"])
        data.name = name
        data.model = name
        data.kind = name
        data.timestamps = data.scores.indices.map { "\(name) \($0)" }
        data.cautions = [.init(code: name, level: "warning", message: name)]
        let html = ReportPage(data).html
        #expect(!html.contains("<script") && !html.contains("alert(\"x\")"))
        #expect(html.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"))
    }

    @Test func thePageNeedsNothingElse() {
        let html = ReportPage(Self.data(features: ["a", "b", "c", "d"])).html
        for part in ["http:", "https:", "<script", "<link", "<img", "@import", "url(", "src="] {
            #expect(!html.contains(part), "\(part)")
        }
        #expect(html.contains("default-src 'none'") || html.contains("default-src &#39;none&#39;"))
        #expect(html.hasPrefix("<!DOCTYPE html>\n") && html.hasSuffix("</html>\n"))
    }

    @Test func manyRowsMakeASmallPageThatKeepsThePeak() throws {
        var data = Self.data(rows: 100_000, features: (0..<8).map { "f\($0)" })
        // One row of 100,000, far above all others.
        data.scores[77_777] = 5000
        let html = ReportPage(data).html
        #expect(html.utf8.count < 500_000, "\(html.utf8.count) bytes")
        // The line of scores goes through the top of the drawing above that row.
        let path = try #require(html.split(separator: "class=\"score\" d=\"").last?.prefix { $0 != "\"" })
        let points = path.split(whereSeparator: { "ML".contains($0) }).map { $0.split(separator: " ") }
        let peak = try #require(points.min { (Int($0[1]) ?? 0) < (Int($1[1]) ?? 0) })
        #expect(abs((Int(peak[0]) ?? 0) - 933) <= 2, "\(peak)")
    }

    @Test func aPageWithoutEventsShareAndValuesSaysSo() {
        var data = Self.data(rows: 30)
        (data.events, data.shares, data.actual, data.expected) = ([], nil, nil, nil)
        data.scores = data.scores.map { _ in 0.5 }
        let html = ReportPage(data).html
        #expect(html.contains("No events") && html.contains("verdict calm"))
        #expect(!html.contains("Expected"))
    }

    @Test func manyAnomalousRowsAreDoubted() {
        var data = Self.data()
        #expect(!ReportPage(data).html.contains("many_anomalies"))
        for row in 0..<60 { data.scores[row] = 2 }
        #expect(ReportPage(data).html.contains("many_anomalies"))
    }

    @Test(arguments: [1, 2, 3, 5]) func shortSeriesHaveAPage(rows: Int) {
        var data = Self.data(rows: 200)
        data = ReportData(
            name: "x", model: "m", version: 1, kind: "pca", timesteps: 1, mode: "causal", threshold: 1,
            errorKind: "mse", time: "", features: ["a"], timestamps: nil,
            scores: Array(repeating: .nan, count: rows))
        #expect(ReportPage(data).html.contains("<path class=\"score\" d=\"\">"))
    }
}
