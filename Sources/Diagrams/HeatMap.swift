import NeuralNetwork

/// Heat maps of the output of each layer for one window.
///
/// Each row is a layer and each column a timestep, as in ``FlowDiagram``. Within a row the units are ordered
/// from top to bottom.
package struct HeatMap {
    private static let maxSteps = 101

    private let title: String
    private let caption: String
    private let pitch: Double
    /// The row of the encoding; nil for a network without one.
    private let encoding: NetworkLayout.Part?
    private let cells: [NetworkLayout.Part: HeatMapCells]
    private let layout: NetworkLayout

    /// - Parameters:
    ///   - outputs: the outputs for one window.
    ///   - model: the name of the model.
    ///   - window: the index of the window, counted from 0.
    package init(_ outputs: LayerOutputs, model: String, window: Int) {
        title = model
        caption = "Output of each layer for window \(window)"
        let network = outputs.network
        let encoding = network.encodingIndex.map(NetworkLayout.Part.layer)
        self.encoding = encoding
        var cells = [NetworkLayout.Part.input: HeatMapCells(outputs.inputs, network.inputShape)]
        for (index, entry) in network.entries.enumerated() {
            cells[.layer(index)] = HeatMapCells(outputs.layers[index], entry.outputShape)
        }
        self.cells = cells
        let steps = cells.values.compactMap(\.shape.timesteps).max() ?? 1
        pitch = min(64, max(4, (400 / Double(min(steps, Self.maxSteps))).rounded(.down)))
        layout = NetworkLayout(
            network, .init(subject: .outputs, pitch: pitch, maxSteps: Self.maxSteps, gap: 20, top: 112)
        ) { part in
            let name: String
            switch part {
            case .omitted(let count): return (["… \(count) more layers"], 24)
            case .input: name = "input, scaled"
            case .layer(let index), .vector(let index): name = network.entries[index].name
            case .output: name = "output"
            }
            guard let cells = cells[part] else { return ([name], 0) }
            let label = [name, cells.shape.text, "m = \(cells.maxMagnitude.threeDigits)"]
            return (label + (part == encoding ? ["the encoding"] : []), cells.height)
        }
    }

    /// The SVG document.
    package var document: String {
        var svg = SVGWriter()
        svg.heading(title, caption, width: layout.width)
        legend(&svg)
        for row in layout.rows {
            svg.group(title: row.label.joined(separator: ", ")) { svg in
                svg.label(of: row, at: layout.labelLeft, isAccented: row.part == encoding)
                if let cells = cells[row.part] { draw(cells, row, &svg) }
            }
        }
        let rows = layout.rows.map { "\($0.label.joined(separator: ", "))." }
        return svg.document(
            width: max(layout.width, 360), height: layout.bottom + NetworkLayout.margin,
            title: "\(caption): \(title)",
            description: "Heat maps from input to output. m is the largest absolute value of each. "
                + rows.joined(separator: " "),
            style: DiagramStyle.sheet)
    }

    /// Draws the colour scale and its explanation.
    private func legend(_ svg: inout SVGWriter) {
        let (x, y, size, levels) = (NetworkLayout.margin, 64.0, 10.0, HeatMapCells.levels)
        for level in -levels...levels where level != 0 {
            svg.rectangle(
                HeatMapCells.style(level), x: x + Double(level + levels) * size, y: y, width: size,
                height: size)
        }
        let width = Double(2 * levels + 1) * size
        svg.rectangle("frame", x: x, y: y, width: width, height: size)
        for (word, place) in [("−m", size), ("0", width / 2), ("m", width - size)] {
            svg.text("middle muted", word, at: Point(x: x + place, y: y + 24))
        }
        svg.text("muted", "m: max |value| of a layer", at: Point(x: x + width + 12, y: y + 9))
        guard cells.values.contains(where: { $0.isAbridged || ($0.shape.timesteps ?? 1) > Self.maxSteps })
        else {
            return
        }
        svg.text("muted", "gaps: omitted steps and units", at: Point(x: x + width + 12, y: y + 25))
    }

    private func draw(
        _ cells: HeatMapCells, _ row: NetworkLayout.Row, _ svg: inout SVGWriter
    ) {
        // Narrow columns have no space between them and share a frame.
        let isSpaced = pitch >= 16
        let width = isSpaced ? pitch - 6 : pitch
        let top = row.top + (row.height - cells.height) / 2
        for (level, path) in cells.paths(row.columns, top: top, width: width) {
            svg.path(HeatMapCells.style(level), path)
        }
        let runs = row.columns.split { $0.step == nil }
        let frames = isSpaced ? runs.flatMap { $0.map { [$0] } } : runs.map(Array.init)
        for columns in frames {
            guard let first = columns.first?.x, let last = columns.last?.x else { continue }
            svg.rectangle(
                row.part == encoding ? "frame encoding" : "frame", x: first - width / 2, y: top,
                width: last - first + width, height: cells.height)
        }
    }
}
