import NeuralNetwork

/// A diagram of the data flow through a network, like Figures 2.3, 2.4 and 3.3 of "Step-by-step understanding
/// LSTM Autoencoder layers".
///
/// Each row is a layer, each column a timestep, and each box a cell of the layer. Horizontal arrows are
/// states that a cell passes to the next timestep; vertical arrows are outputs that it passes to the next
/// layer, with the shape of one window's outputs at the last of them. Brackets at the left join the layers of
/// the encoder and those of the decoder.
package struct FlowDiagram {
    static let boxWidth = 60.0
    static let vectorWidth = 72.0
    /// The space at the left for the brackets.
    private static let bracketWidth = 30.0

    let network: Sequential
    private let title: String
    let layout: NetworkLayout

    /// - Parameter model: the name for the title; nil for `sequential`.
    package init(_ network: Sequential, model: String?) {
        self.network = network
        title = model ?? "sequential"
        let options = NetworkLayout.Options(
            subject: .cells, pitch: 80, maxSteps: 5, gap: 36, top: 66,
            labelLeft: NetworkLayout.margin + (network.encodingIndex == nil ? 0 : Self.bracketWidth))
        layout = NetworkLayout(network, options) { Self.content(of: $0, network) }
    }

    /// Returns the label of a row and the height that it needs.
    private static func content(
        of part: NetworkLayout.Part, _ network: Sequential
    ) -> (label: [String], height: Double) {
        switch part {
        case .input: return (["input", "one window"], 34)
        case .layer(let index): return (network.entries[index].label, 48)
        case .vector(let index):
            let isLast = index == network.entries.count - 1
            let name = index == network.encodingIndex ? "the encoding" : isLast ? "output" : "one vector"
            return ([name, network.entries[index].outputShape.features.counted("number")], 30)
        case .omitted(let count): return (["… \(count) more layers"], 24)
        case .output:
            let isReconstruction = network.outputShape == network.inputShape
            return (isReconstruction ? ["output", "the reconstruction"] : ["output"], 34)
        }
    }

    /// The SVG document.
    package var document: String {
        var svg = SVGWriter()
        svg.heading(
            "\(title): \(network.parameterCount.counted("parameter"))", network.inputShape.caption,
            width: layout.width)
        for (above, below) in zip(layout.rows, layout.rows.dropFirst()) {
            connect(above, below, &svg)
        }
        for row in layout.rows {
            svg.group(title: row.label.joined(separator: ", ")) { svg in
                svg.label(of: row, at: layout.labelLeft, isAccented: isEncoding(row.part))
                draw(row, &svg)
            }
        }
        if let encoding = network.encodingIndex {
            bracket("encoder", 0...encoding, &svg)
            // The RepeatVector between the two belongs to neither.
            bracket("decoder", (encoding + 2)..., &svg)
        }
        let (legend, x) = (layout.bottom + 36, NetworkLayout.margin)
        let lines = [
            "→ state, to the next timestep", "↓ output, to the next layer: timesteps × features",
        ]
        for (index, line) in lines.enumerated() {
            svg.text("muted", line, at: Point(x: x, y: legend + Double(index) * NetworkLayout.lineHeight))
        }
        return svg.document(
            width: max(layout.width, shapesRight + NetworkLayout.margin, 360),
            height: legend + 2 * NetworkLayout.lineHeight,
            title: "Layers of \(title)", description: network.accessibleDescription, style: DiagramStyle.sheet
        )
    }

    private func isEncoding(_ part: NetworkLayout.Part) -> Bool {
        if case .vector(let index) = part { index == network.encodingIndex } else { false }
    }

    /// Draws a bracket beside the displayed ones of some layers.
    private func bracket(_ name: String, _ layers: some RangeExpression<Int>, _ svg: inout SVGWriter) {
        let rows = layout.rows.filter { row in
            if case .layer(let index) = row.part { layers.contains(index) } else { false }
        }
        guard let top = rows.first?.top, let bottom = rows.last?.bottom else { return }
        let (x, tick) = (NetworkLayout.margin + 14, 6.0)
        svg.line(
            "line bracket",
            [
                Point(x: x + tick, y: top), Point(x: x, y: top), Point(x: x, y: bottom),
                Point(x: x + tick, y: bottom),
            ])
        svg.textUpwards(
            "middle muted side", name, at: Point(x: NetworkLayout.margin + 6, y: (top + bottom) / 2))
    }

    // MARK: Boxes

    private func draw(_ row: NetworkLayout.Row, _ svg: inout SVGWriter) {
        switch row.part {
        case .input: boxes("input", row, &svg) { Self.numbered("step", $0) }
        case .output:
            let isSequence = network.outputShape.timesteps != nil
            boxes("input", row, &svg) { isSequence ? Self.numbered("step", $0) : "output" }
        case .omitted:
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

    /// Returns the word with the timestep counted from 1, such as `step 3`; the number alone if both do not
    /// fit.
    private static func numbered(_ word: String, _ step: Int) -> String {
        let number = (step + 1).grouped
        return number.count > 4 ? number : "\(word) \(number)"
    }
}

extension SVGWriter {
    /// Draws a box with a word in it, horizontally centred at `x`.
    fileprivate mutating func box(
        _ style: String, _ word: String, at x: Double, _ top: Double, width: Double, height: Double
    ) {
        rectangle(style, x: x - width / 2, y: top, width: width, height: height, radius: 5)
        text("middle", word, at: Point(x: x, y: top + height / 2 + 4))
    }
}
