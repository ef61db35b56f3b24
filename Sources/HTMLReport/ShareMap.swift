/// A heat map of the features' shares in the error over time: a line for each feature, the largest first.
struct ShareMap {
    /// The number of places over time, of features, and of colours.
    private static let (columns, maxFeatures, levels) = (240, 24, 5)

    let data: ReportData
    let shares: [[Double]]
    /// The features in their order.
    let features: [Int]

    /// A place's row: the one with the highest score.
    private var rows: [Int] {
        Trace.buckets(of: data.scores.count, Self.columns).map { rows in
            rows.max { score($0) < score($1) }
                ?? rows.lowerBound
        }
    }

    private func score(_ row: Int) -> Double { data.scores[row].isNaN ? -1 : data.scores[row] }

    /// The share that has the strongest colour: that of few cells, so that many small shares differ, too.
    private func fullShare(_ rows: [Int], _ shown: some Sequence<Int>) -> Double {
        let values = shown.flatMap { feature in rows.map { shares[$0][feature] } }.filter(\.isFinite).sorted()
        let high = values.isEmpty ? 0.5 : values[values.count * 98 / 100]
        return min(0.6, max(0.1, (high * 20).rounded() / 20))
    }

    /// Writes the map.
    func write(to html: inout HTMLWriter, _ names: RowNames) {
        let rows = rows
        let shown = features.prefix(features.count > Self.maxFeatures + 1 ? Self.maxFeatures : features.count)
        let full = fullShare(rows, shown)
        html.element("div", ["class": "map"]) { html in
            for feature in shown {
                html.element(
                    "span", ["class": "name", "title": data.features[feature]], text: data.features[feature])
                drawing(rows, feature, full, &html)
            }
            html.element("span", text: "")
            html.element("div", ["class": "x"]) { html in
                let ticks = (0..<5).map { $0 * (data.scores.count - 1) / 4 }
                for (index, name) in names.ticks(ticks).enumerated() {
                    html.element("span", ["style": "left:\(index * 25)%"], text: name)
                }
            }
        }
        let rest = features.count - shown.count
        html.element("p", ["class": "key"]) { html in
            for (style, text) in [("hot", "anomalous rows"), ("cool", "other rows")] {
                html.element("span", ["class": "ramp \(style)"]) { html in
                    for level in 1...Self.levels {
                        html.element("i", ["class": "\(style) l\(level)"], text: "")
                    }
                }
                html.element("span", text: text)
            }
            html.element("span", text: "The strongest colour is a share of \(full.percent) or more.")
            if rest > 0 { html.element("span", text: "\(rest.of("feature")) with smaller shares not shown.") }
        }
    }

    private func drawing(_ rows: [Int], _ feature: Int, _ full: Double, _ html: inout HTMLWriter) {
        var paths: [String: String] = [:]
        var start = 0
        let styles = rows.map { style(shares[$0][feature] / full, isAnomaly: data.scores[$0] > 1) }
        while start < styles.count {
            let end = styles[start...].firstIndex { $0 != styles[start] } ?? styles.count
            if let style = styles[start] {
                paths[style, default: ""] += "M\(start) 0h\(end - start)v1h-\(end - start)z"
            }
            start = end
        }
        html.element(
            "svg",
            [
                "viewBox": "0 0 \(rows.count) 1", "preserveAspectRatio": "none", "role": "img",
                "aria-label": "Shares of \(data.features[feature]) over time",
            ]
        ) { svg in
            for (style, path) in paths.sorted(by: { $0.key < $1.key }) {
                svg.element("path", ["class": style, "d": path], text: "")
            }
        }
    }

    /// The classes of a cell; nil for one that stays empty.
    /// - Parameter share: in parts of the share that has the strongest colour.
    private func style(_ share: Double, isAnomaly: Bool) -> String? {
        guard share.isFinite else { return nil }
        let level = Int((min(share, 1) * Double(Self.levels)).rounded())
        return level > 0 ? "\(isAnomaly ? "hot" : "cool") l\(level)" : nil
    }
}
