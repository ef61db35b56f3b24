/// A report as one HTML page that needs nothing else: no scripts, no files, no network.
public struct ReportPage {
    /// The share of anomalous rows above which the scores are hardly to be trusted.
    private static let maxAnomalousShare = 0.2
    /// The number of events that are numbered in charts.
    private static let maxNumbered = 99

    private let data: ReportData
    private let names: RowNames
    private let bands: [Chart.Band]

    /// A page about scores.
    public init(_ data: ReportData) {
        self.data = data
        let names = RowNames(data.timestamps)
        self.names = names
        bands = data.rankedEvents.enumerated().map { index, event in
            Chart.Band(
                rows: event.rows, label: index < Self.maxNumbered ? "\(index + 1)" : "",
                title: "Event \(index + 1): \(names.span(event.rows)), "
                    + "\(event.peak.text(digits: 3)) × threshold")
        }
    }

    /// The HTML document.
    public var html: String {
        var html = HTMLWriter()
        html.element("html", ["lang": "en"]) { html in
            html.element("head") { html in
                html.void("meta", ["charset": "utf-8"])
                html.void(
                    "meta",
                    [
                        "http-equiv": "Content-Security-Policy",
                        "content": "default-src 'none'; style-src 'unsafe-inline'",
                    ])
                html.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                html.void("meta", ["name": "color-scheme", "content": "light dark"])
                html.element("title", text: "\(data.name): anomalies by \(data.model)")
                html.style(ReportStyle.sheet)
            }
            html.element("body") { html in
                header(&html)
                verdict(&html)
                scores(&html)
                EventSection(data: data, names: names).write(to: &html)
                FeatureSection(data: data, names: names, bands: bands).write(to: &html)
                html.element(
                    "footer",
                    text: "A score is the error of a row divided by the threshold of the model; above 1 it "
                        + "is an anomaly. Made by Reprise, \(data.time).")
            }
        }
        return "<!DOCTYPE html>\n\(html.html)\n"
    }

    private func header(_ html: inout HTMLWriter) {
        html.element("header") { html in
            html.element("h1", text: data.name)
            html.element("p") { html in
                html.text("scored by ")
                html.element("b", text: data.model)
                html.text(", version \(data.version) (\(data.kind)), mode \(data.mode)")
            }
            if let first = data.timestamps?.first, let last = data.timestamps?.last {
                html.element("p", ["class": "note"]) { html in
                    if let date = names.commonDate {
                        html.text("\(date), \(names.short(0)) to \(names.short(data.scores.count - 1))")
                    } else {
                        html.text("\(first) to \(last)")
                    }
                }
            }
        }
    }

    private func verdict(_ html: inout HTMLWriter) {
        let share = Double(data.anomalousRows) / Double(max(data.scoredRows, 1))
        html.element("section", ["class": data.events.isEmpty ? "verdict calm" : "verdict"]) { html in
            html.element("h2", text: headline)
            html.element("p", text: detail)
            html.element("dl") { html in
                let highest = data.scores.lazy.filter { !$0.isNaN }.max() ?? 0
                for (name, value) in [
                    ("Rows", data.scores.count.grouped), ("Features", data.features.count.grouped),
                    ("Events", data.events.count.grouped), ("Anomalous rows", share.percent),
                    ("Highest score", highest.text(digits: 3)),
                    ("Threshold (\(data.errorKind))", data.threshold.text(digits: 3)),
                ] {
                    html.element("div") { html in
                        html.element("dt", text: name)
                        html.element("dd", text: value)
                    }
                }
            }
        }
        var cautions = data.cautions.filter { $0.level != "info" }
        if share > Self.maxAnomalousShare {
            cautions.insert(
                ReportData.Caution(
                    code: "many_anomalies", level: "warning",
                    message: "\(share.percent) of the rows are anomalous. Either the process differs from "
                        + "the data of the training, or the threshold is too low: look at the events before "
                        + "you trust them, and calibrate or train on recent normal data."), at: 0)
        }
        write(cautions, &html)
    }

    private func write(_ cautions: [ReportData.Caution], _ html: inout HTMLWriter) {
        guard !cautions.isEmpty else { return }
        html.element("section", ["class": "cautions"]) { html in
            html.element("h2", text: "Before you rely on this")
            html.element("ul") { html in
                for caution in cautions {
                    html.element("li", ["class": caution.level]) { html in
                        html.element("code", text: caution.code)
                        html.text(" \(caution.message)")
                    }
                }
            }
        }
    }

    private var headline: String {
        data.events.isEmpty ? "No events" : data.events.count.of("event")
    }

    private var detail: String {
        guard let worst = data.rankedEvents.first else {
            return "No stretch of rows scores above the threshold for long enough to be an event."
        }
        let name = worst.shares.first.map { data.features[$0.feature] }
        let share = worst.shares.first.map(\.share.percent)
        let cause = name.flatMap { name in
            share.map { data.features.count > 1 ? ", mostly in \(name) (\($0))" : "" }
        }
        return "The most severe, \(names.span(worst.rows)), reaches "
            + "\(worst.peak.text(digits: 3)) times the threshold\(cause ?? "")."
    }

    private func scores(_ html: inout HTMLWriter) {
        let axis = Axis(ofScores: data.scores)
        html.element("section") { html in
            html.element("h2", text: "Score")
            html.element(
                "p", ["class": "note"],
                text: "An anomaly above 1, the dashed line"
                    + (axis.isLogarithmic ? "; the scale is logarithmic." : ".")
                    + (bands.isEmpty ? "" : " Events are shaded, and numbered by severity."))
            Chart(
                title: "Scores over time", rows: 0..<data.scores.count,
                lines: [(style: "score", values: data.scores)], axis: axis, bands: bands, limit: 1,
                size: "large"
            ).write(to: &html, names)
        }
    }
}
