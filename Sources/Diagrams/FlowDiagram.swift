import NeuralNetwork

/// How data flow through a network: Figures 2.3, 2.4 and 3.3 of "Step-by-step understanding LSTM Autoencoder layers" for any
/// network. A column is a timestep, a row a layer, a box a cell of it; arrows are the states that cells pass on in time, and
/// the outputs that they pass to the next layer.
package struct FlowDiagram {
    private static let boxWidth = 62.0
    private static let vectorWidth = 78.0

    private let network: Sequential
    private let title: String
    private let layout: NetworkLayout

    package init(_ network: Sequential, model: String?) {
        self.network = network
        title = model ?? "sequential"
        layout = NetworkLayout(
            network, .init(subject: .cells, pitch: 84, mostSteps: 6, gap: 30, top: 66)
        ) { part in
            switch part {
            case .input: (["input", network.inputShape.text], 34)
            case .layer(let index):
                (network.entries[index].label + [network.entries[index].outputShape.text], 46)
            case .vector(let index):
                (
                    [
                        index == network.encodingIndex ? "the encoding" : "one vector",
                        "\(network.entries[index].outputShape.features.grouped) numbers",
                    ], 30
                )
            case .hidden(let count): (["… \(count) more layers"], 24)
            }
        }
    }

    /// The SVG document.
    package var document: String {
        var svg = SVGWriter()
        svg.heading(
            "\(title): \(network.parameterCount.grouped) parameters", network.inputShape.caption,
            width: layout.width)
        for (above, below) in zip(layout.rows, layout.rows.dropFirst()) {
            connect(above, below, &svg)
        }
        for row in layout.rows {
            svg.group(title: row.label.joined(separator: ", ")) { svg in
                svg.label(of: row, isAccented: isEncoding(row.part))
                draw(row, &svg)
            }
        }
        if let last = layout.rows.last {
            for column in emitting(last) {
                let start = Point(x: column.x, y: last.bottom)
                svg.arrow("line", [start, Point(x: column.x, y: last.bottom + 20)])
            }
        }
        let (legend, x) = (layout.bottom + 44, NetworkLayout.margin)
        svg.text("muted", "→ state, to the next timestep", at: Point(x: x, y: legend))
        svg.text(
            "muted", "↓ output, to the next layer", at: Point(x: x, y: legend + NetworkLayout.lineHeight))
        return svg.document(
            width: max(layout.width, 260), height: legend + 2 * NetworkLayout.lineHeight,
            title: "Layers of \(title)", description: network.spoken, style: DiagramStyle.sheet)
    }

    private func isEncoding(_ part: NetworkLayout.Part) -> Bool {
        if case .vector(let index) = part { index == network.encodingIndex } else { false }
    }

    // MARK: Boxes

    private func draw(_ row: NetworkLayout.Row, _ svg: inout SVGWriter) {
        switch row.part {
        case .input: boxes("input", row, &svg) { Self.numbered("step", $0) }
        case .hidden:
            for column in row.columns {
                svg.text("middle muted", "⋮", at: Point(x: column.x, y: row.top + 16))
            }
            return
        case .vector(let index):
            for column in row.columns {
                let isEncoding = index == network.encodingIndex
                let (style, name) = isEncoding ? ("vector encoding", "encoding") : ("vector", "vector")
                svg.box(style, name, at: column.x, row.top, width: Self.vectorWidth, height: row.height)
            }
        case .layer(let index):
            switch network.entries[index].layer {
            case .lstm:
                boxes("lstm", row, &svg) { _ in "LSTM" }
                states(row, forward: row.top + row.height / 2, backward: nil, &svg)
            case .bidirectional:
                let half = row.height / 2
                for column in row.columns where column.step != nil {
                    for (direction, top) in [("forward", row.top), ("backward", row.top + half)] {
                        svg.box("lstm", direction, at: column.x, top, width: Self.boxWidth, height: half)
                    }
                }
                states(row, forward: row.top + half / 2, backward: row.top + half * 1.5, &svg)
            case .dense, .timeDistributed: boxes("dense", row, &svg) { _ in "Dense" }
            case .dropout: boxes("dropout", row, &svg) { _ in "Dropout" }
            case .repeatVector: boxes("copy", row, &svg) { Self.numbered("copy", $0) }
            }
        }
        for column in row.columns where column.step == nil {
            svg.text("middle muted", "…", at: Point(x: column.x, y: row.top + row.height / 2 + 4))
        }
    }

    private func boxes(
        _ style: String, _ row: NetworkLayout.Row, _ svg: inout SVGWriter, name: (Int) -> String
    ) {
        for column in row.columns {
            guard let step = column.step else { continue }
            svg.box(style, name(step), at: column.x, row.top, width: Self.boxWidth, height: row.height)
        }
    }

    /// `step 3`, counted from 1; the number alone where both would not fit.
    private static func numbered(_ word: String, _ step: Int) -> String {
        let number = (step + 1).grouped
        return number.count > 4 ? number : "\(word) \(number)"
    }

    // MARK: Arrows

    /// The states that cells pass on: from the first timestep to the last, and back.
    private func states(
        _ row: NetworkLayout.Row, forward: Double, backward: Double?, _ svg: inout SVGWriter
    ) {
        func halfWidth(_ column: NetworkLayout.Column) -> Double {
            column.step == nil ? 10 : Self.boxWidth / 2 + 1
        }
        for (column, next) in zip(row.columns, row.columns.dropFirst()) {
            let (start, end) = (column.x + halfWidth(column), next.x - halfWidth(next))
            svg.arrow("line state", [Point(x: start, y: forward), Point(x: end, y: forward)])
            guard let backward else { continue }
            svg.arrow("line state", [Point(x: end, y: backward), Point(x: start, y: backward)])
        }
    }

    /// The columns of a row from which something goes to the next layer.
    private func emitting(_ row: NetworkLayout.Row) -> [NetworkLayout.Column] {
        row.columns.filter { $0.step != nil }
    }

    /// What a row passes to the one below it. Nothing is drawn from and to layers that are left out.
    private func connect(
        _ above: NetworkLayout.Row, _ below: NetworkLayout.Row, _ svg: inout SVGWriter
    ) {
        switch (above.part, below.part) {
        case (.hidden, _), (_, .hidden): break
        case (.layer(let index), .vector):
            condense(network.entries[index].layer, above, below, &svg)
        case (_, .layer(let index)) where network.entries[index].layer.repeatsVector:
            fanOut(above, below, &svg)
        case (_, .layer), (_, .input), (_, .vector):
            for column in emitting(above) { svg.down(column.x, from: above.bottom, to: below.top) }
        }
    }

    /// One vector of a sequence: the last cell emits it, in a Bidirectional layer the last one of each direction.
    private func condense(
        _ layer: Layer, _ above: NetworkLayout.Row, _ below: NetworkLayout.Row, _ svg: inout SVGWriter
    ) {
        guard let first = above.columns.first, let last = above.columns.last else { return }
        switch layer {
        case .bidirectional: break
        case .lstm, .repeatVector, .dense, .timeDistributed, .dropout:
            return svg.down(last.x, from: above.bottom, to: below.top)
        }
        let middle = below.top + below.height / 2
        let side = last.x + Self.boxWidth / 2
        svg.arrow(
            "line",
            [
                Point(x: side, y: above.top + above.height / 4),
                Point(x: side + 16, y: above.top + above.height / 4),
                Point(x: side + 16, y: middle), Point(x: last.x + Self.vectorWidth / 2 + 1, y: middle),
            ])
        guard first != last else { return svg.down(last.x, from: above.bottom, to: below.top) }
        svg.arrow(
            "line",
            [
                Point(x: first.x, y: above.bottom), Point(x: first.x, y: middle),
                Point(x: last.x - Self.vectorWidth / 2 - 1, y: middle),
            ])
    }

    /// The same vector to each copy.
    private func fanOut(
        _ above: NetworkLayout.Row, _ below: NetworkLayout.Row, _ svg: inout SVGWriter
    ) {
        let copies = emitting(below)
        guard let source = above.columns.last?.x, let first = copies.first?.x, let end = copies.last?.x else {
            return
        }
        let branch = (above.bottom + below.top) / 2 - 3
        svg.line("line", [Point(x: source, y: above.bottom + 1), Point(x: source, y: branch)])
        svg.line(
            "line", [Point(x: min(first, source), y: branch), Point(x: max(end, source), y: branch)])
        for copy in copies { svg.down(copy.x, from: branch, to: below.top) }
    }
}

extension SVGWriter {
    /// A box with a word in it.
    fileprivate mutating func box(
        _ style: String, _ word: String, at x: Double, _ top: Double, width: Double, height: Double
    ) {
        rectangle(style, x: x - width / 2, y: top, width: width, height: height, radius: 5)
        text("middle", word, at: Point(x: x, y: top + height / 2 + 4))
    }

    /// An arrow from the bottom of one thing to the top of another.
    fileprivate mutating func down(_ x: Double, from start: Double, to end: Double) {
        arrow("line", [Point(x: x, y: start), Point(x: x, y: end - 1)])
    }
}
