extension SVGWriter {
    /// Draws a title with a caption below it.
    /// - Parameter width: the width of the diagram. A title that does not fit is truncated.
    mutating func heading(_ title: String, _ caption: String, width: Double) {
        let maxLength = Int((width - 2 * NetworkLayout.margin) / 9)
        let heading =
            title.count > maxLength ? title.prefix(max(maxLength - 1, 0)) + "…" : title[...]
        text("heading", String(heading), at: Point(x: NetworkLayout.margin, y: 28))
        text("muted", caption, at: Point(x: NetworkLayout.margin, y: 48))
    }

    /// Draws the label of a row, vertically centred.
    /// - Parameter x: the left end of the label.
    mutating func label(of row: NetworkLayout.Row, at x: Double, isAccented: Bool) {
        let top = row.top + (row.height - Double(row.label.count) * NetworkLayout.lineHeight) / 2
        for (index, line) in row.label.enumerated() {
            let y = top + (Double(index) + 0.8) * NetworkLayout.lineHeight
            let style = index > 0 ? "muted" : isAccented ? "name accent" : "name"
            text(style, line, at: Point(x: x, y: y))
        }
    }
}
