/// The features: those that contribute most with their reconstructions, and a heat map of all shares.
struct FeatureSection {
    private static let (maxCharts, minMapped) = (6, 3)

    let data: ReportData
    let names: RowNames
    let bands: [Chart.Band]

    /// Writes the section.
    func write(to html: inout HTMLWriter) {
        let ranked = data.rankedFeatures
        if let shares = data.shares, data.features.count >= Self.minMapped {
            html.element("section") { html in
                html.element("h2", text: "Where the error is")
                html.element(
                    "p", ["class": "note"],
                    text: "The share of each feature in the error over time; the features that contribute "
                        + "most to the \(data.anomalousRows > 0 ? "anomalies" : "error") first.")
                ShareMap(data: data, shares: shares, features: ranked).write(to: &html, names)
            }
        }
        guard let actual = data.actual, let expected = data.expected else { return }
        html.element("section") { html in
            html.element("h2", text: data.features.count == 1 ? "Series" : "Features")
            html.element("p", ["class": "key"]) { html in
                html.element("i", ["class": "swatch actual"], text: "")
                html.element("span", text: "actual")
                html.element("i", ["class": "swatch expected"], text: "")
                html.element(
                    "span",
                    text: "expected: what the model reconstructs, the mean over all windows with the row")
            }
            for feature in ranked.prefix(Self.maxCharts) { chart(feature, actual, expected, &html) }
            let rest = data.features.count - Self.maxCharts
            if rest > 0 {
                html.element(
                    "p", ["class": "note"],
                    text: "\(rest.of("feature")) with smaller contributions not shown.")
            }
        }
    }

    private func chart(
        _ feature: Int, _ actual: [[Double]], _ expected: [[Double]], _ html: inout HTMLWriter
    ) {
        let rows = 0..<data.scores.count
        let lines = [
            ("expected", data.values(feature, of: rows, in: expected)),
            ("actual", data.values(feature, of: rows, in: actual)),
        ]
        html.element("div", ["class": "feature"]) { html in
            html.element("h3") { html in
                html.element("span", ["class": "name"], text: data.features[feature])
                if data.features.count > 1, let share = data.contributions?[feature] {
                    html.element(
                        "span", ["class": "peak"],
                        text: "\(share.percent) of the \(data.anomalousRows > 0 ? "anomalies" : "error")")
                }
            }
            Chart(
                title: "\(data.features[feature]) and its reconstruction", rows: rows,
                lines: lines.map { (style: $0.0, values: $0.1) }, axis: Axis(of: lines.map(\.1)),
                bands: bands, size: "middle"
            ).write(to: &html, names)
        }
    }
}
