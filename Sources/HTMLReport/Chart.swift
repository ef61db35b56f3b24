/// Lines over rows, with stretches that are marked.
///
/// The lines are an SVG drawing that is stretched to the width of the page; the labels are HTML, so that they
/// keep their size on a phone.
struct Chart {
    /// Rows that are marked.
    struct Band {
        let rows: ClosedRange<Int>
        /// The number that stands above it; empty for none.
        let label: String
        /// What a browser shows when the pointer rests on it.
        let title: String
    }

    /// What the chart shows, for screen readers.
    let title: String
    /// The rows that are shown.
    let rows: Range<Int>
    /// The lines with their classes: one value for each shown row.
    let lines: [(style: String, values: [Double])]
    let axis: Axis
    let bands: [Band]
    /// A value that has a line; nil for none.
    var limit: Double?
    /// The class of the chart, which has its height.
    var size = ""

    private func place(_ row: Double) -> Double {
        (row - Double(rows.lowerBound)) / Double(rows.count) * Double(Trace.width)
    }

    private func text(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

    /// Writes the chart.
    func write(to html: inout HTMLWriter, _ names: RowNames) {
        html.element("div", ["class": "chart \(size)"]) { html in
            html.element("div", ["class": "plot"]) { html in
                drawing(&html)
                for tick in axis.ticks {
                    html.element(
                        "span", ["class": "y", "style": "bottom:\(text(axis.position(tick) * 100))%"],
                        text: tick.text(digits: 3))
                }
                labels(&html)
            }
            html.element("div", ["class": "x"]) { html in
                let count = min(rows.count, 5)
                let ticks = (0..<count).map { rows.lowerBound + $0 * (rows.count - 1) / max(count - 1, 1) }
                for (row, name) in zip(ticks, names.ticks(ticks)) {
                    let share = place(Double(row) + 0.5) / Double(Trace.width)
                    html.element("span", ["style": "left:\(text(share * 100))%"], text: name)
                }
            }
        }
    }

    private func drawing(_ html: inout HTMLWriter) {
        let box = "0 0 \(Trace.width) \(Trace.height)"
        html.element(
            "svg",
            ["viewBox": box, "preserveAspectRatio": "none", "role": "img", "aria-label": title]
        ) { svg in
            for band in bands {
                let left = max(0, place(Double(band.rows.lowerBound)))
                let right = min(Double(Trace.width), place(Double(band.rows.upperBound) + 1))
                guard right > left else { continue }
                svg.element(
                    "rect",
                    [
                        "class": "band", "x": text(left), "y": "0", "width": text(max(right - left, 2.5)),
                        "height": "\(Trace.height)",
                    ]
                ) { if !band.title.isEmpty { $0.element("title", text: band.title) } }
            }
            for tick in axis.ticks { line("grid", at: tick, &svg) }
            if let limit { line("limit", at: limit, &svg) }
            for line in lines {
                svg.element("path", ["class": line.style, "d": Trace.path(line.values, axis)], text: "")
            }
        }
    }

    private func line(_ style: String, at value: Double, _ svg: inout HTMLWriter) {
        let y = Int(((1 - axis.position(value)) * Double(Trace.height)).rounded())
        svg.element("path", ["class": style, "d": "M0 \(y)H\(Trace.width)"], text: "")
    }

    /// Writes the numbers of bands, but none that would cover another one.
    private func labels(_ html: inout HTMLWriter) {
        var taken: [Double] = []
        for band in bands where !band.label.isEmpty {
            let middle = Double(band.rows.lowerBound + band.rows.upperBound + 1) / 2
            let share = place(middle) / Double(Trace.width) * 100
            guard (0...100).contains(share), taken.allSatisfy({ abs($0 - share) > 3 }) else { continue }
            taken.append(share)
            html.element(
                "span", ["class": "tag", "style": "left:\(text(min(max(share, 1.2), 98.8)))%"],
                text: band.label)
        }
    }
}
