/// The events: a card for each of the most severe, and a table of the others.
struct EventSection {
    private static let (maxCards, maxCharts, maxOthers, maxFeatures) = (12, 6, 200, 4)

    let data: ReportData
    let names: RowNames

    /// Writes the section.
    func write(to html: inout HTMLWriter) {
        let events = Array(data.rankedEvents.enumerated())
        guard !events.isEmpty else { return }
        html.element("section") { html in
            html.element("h2", text: "Events")
            html.element("p", ["class": "note"], text: "The most severe first: by their highest scores.")
            for (index, event) in events.prefix(Self.maxCards) {
                card(index, event, &html)
            }
            others(events.dropFirst(Self.maxCards).map { $0 }, &html)
        }
    }

    private func card(_ index: Int, _ event: ReportData.Event, _ html: inout HTMLWriter) {
        html.element("article", ["class": "event"]) { html in
            html.element("h3") { html in
                html.element("b", ["class": "rank"], text: "\(index + 1)")
                html.element("span", text: names.span(event.rows))
                html.element("span", ["class": "peak"], text: "\(event.peak.text(digits: 3)) × threshold")
            }
            html.element("p", ["class": "facts"]) { html in
                html.text("\(event.rows.count.of("row")) · highest at \(names.short(event.peakRow))")
                if !event.severity.isEmpty { html.text(" · \(event.severity)") }
                if data.features.count == 1 { value(event, &html) }
            }
            html.element("div", ["class": "parts"]) { html in
                if data.features.count > 1 { table(event, &html) }
                if index < Self.maxCharts, let feature = event.shares.first?.feature {
                    zoom(event, feature, &html)
                }
            }
        }
    }

    /// The features with the largest shares: what they were, and what the model expected.
    private func table(_ event: ReportData.Event, _ html: inout HTMLWriter) {
        let hasValues = data.actual != nil && data.expected != nil
        html.element("div", ["class": "scroll"]) { html in
            html.element("table") { html in
                html.element("tr") { html in
                    html.element("th", text: "Feature")
                    html.element("th", ["class": "n"], text: "Share")
                    html.element("th", ["class": "bar"], text: "")
                    if hasValues {
                        for name in ["Actual", "Expected"] { html.element("th", ["class": "n"], text: name) }
                        html.element("th", text: "At")
                    }
                }
                for (feature, share) in event.shares.prefix(Self.maxFeatures) where share >= 0.005 {
                    html.element("tr") { html in
                        html.element("td", ["class": "name"], text: data.features[feature])
                        html.element("td", ["class": "n"], text: share.percent)
                        html.element("td", ["class": "bar"]) { html in
                            html.element(
                                "i", ["style": "width:\((share * 100).text(digits: 3))%"], text: "")
                        }
                        guard hasValues else { return }
                        values(of: feature, event, &html)
                    }
                }
            }
        }
    }

    /// The values of a series of one feature, to which no share need be told.
    private func value(_ event: ReportData.Event, _ html: inout HTMLWriter) {
        guard let row = data.farthestRow(of: 0, in: event), let actual = data.actual?[row][0],
            let expected = data.expected?[row][0]
        else { return }
        html.text(" · ")
        html.element("b", ["class": "actual"], text: actual.text())
        html.text(" in place of the expected ")
        html.element("b", ["class": "expected"], text: expected.text())
        html.text(" at \(names.short(row))")
    }

    private func values(of feature: Int, _ event: ReportData.Event, _ html: inout HTMLWriter) {
        guard let row = data.farthestRow(of: feature, in: event), let actual = data.actual?[row][feature],
            let expected = data.expected?[row][feature]
        else { return }
        html.element("td", ["class": "n actual"], text: actual.text())
        html.element("td", ["class": "n expected"], text: expected.text())
        html.element("td", ["class": "at"], text: names.short(row))
    }

    /// The feature with the largest share around the event.
    private func zoom(_ event: ReportData.Event, _ feature: Int, _ html: inout HTMLWriter) {
        guard let actual = data.actual, let expected = data.expected else { return }
        let margin = max(2 * data.timesteps, event.rows.count)
        let rows =
            max(0, event.rows.lowerBound - margin)..<min(data.scores.count, event.rows.upperBound + margin)
        let lines = [
            ("expected", data.values(feature, of: rows, in: expected)),
            ("actual", data.values(feature, of: rows, in: actual)),
        ]
        html.element("div", ["class": "zoom"]) { html in
            html.element("p", ["class": "caption"], text: data.features[feature])
            Chart(
                title: "\(data.features[feature]) around the event", rows: rows,
                lines: lines.map { (style: $0.0, values: $0.1) }, axis: Axis(of: lines.map(\.1)),
                bands: [.init(rows: event.rows, label: "", title: "")], size: "small"
            ).write(to: &html, names)
        }
    }

    private func others(_ events: [(offset: Int, element: ReportData.Event)], _ html: inout HTMLWriter) {
        guard !events.isEmpty else { return }
        html.element("h3", text: "Further events")
        html.element("div", ["class": "scroll"]) { html in
            html.element("table") { html in
                html.element("tr") { html in
                    for name in ["", "First", "Last", "Rows", "Highest score", "Feature"] {
                        html.element(
                            "th", ["class": ["Rows", "Highest score"].contains(name) ? "n" : ""], text: name)
                    }
                }
                for (index, event) in events.prefix(Self.maxOthers) {
                    html.element("tr") { html in
                        html.element("td", text: "\(index + 1)")
                        html.element("td", text: names.short(event.rows.lowerBound))
                        html.element("td", text: names.short(event.rows.upperBound))
                        html.element("td", ["class": "n"], text: event.rows.count.grouped)
                        html.element("td", ["class": "n"], text: event.peak.text(digits: 3))
                        html.element("td", text: event.shares.first.map { data.features[$0.feature] } ?? "")
                    }
                }
            }
        }
        if events.count > Self.maxOthers {
            html.element(
                "p", ["class": "note"],
                text: "\((events.count - Self.maxOthers).of("smaller event")) not listed.")
        }
    }
}
