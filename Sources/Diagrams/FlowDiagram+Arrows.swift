import NeuralNetwork

/// The arrows of a flow diagram, and the shapes of what they carry.
extension FlowDiagram {
    // MARK: States

    /// Draws the states that the cells of a row pass on.
    /// - Parameters:
    ///   - forward: the y coordinate of the arrows from the first timestep to the last.
    ///   - backward: the y coordinate of the arrows in the other direction; nil for none.
    func states(
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

    // MARK: Outputs

    /// Draws the outputs that a row passes to the row below it. Omitted layers have no arrows.
    func connect(_ above: NetworkLayout.Row, _ below: NetworkLayout.Row, _ svg: inout SVGWriter) {
        switch (above.part, below.part) {
        case (.omitted, _), (_, .omitted): break
        case (.layer(let index), .vector): condense(network.entries[index], above, below, &svg)
        case (_, .layer(let index)) where network.entries[index].layer.repeatsVector:
            fanOut(above, below, &svg)
        case (_, .layer), (_, .input), (_, .vector), (_, .output):
            let columns = above.columns.filter { $0.step != nil }
            for column in columns { svg.down(column.x, from: above.bottom, to: below.top) }
            guard let last = columns.last else { break }
            shape(shape(of: above.part), beside: last.x, (above.bottom + below.top) / 2, &svg)
        }
    }

    /// The shape of what a row passes on.
    private func shape(of part: NetworkLayout.Part) -> Shape {
        switch part {
        case .input: network.inputShape
        case .layer(let index), .vector(let index): network.entries[index].outputShape
        case .omitted, .output: network.outputShape
        }
    }

    /// Draws the output of a layer that returns a vector for a sequence. It comes from the last cell, in a
    /// Bidirectional layer from the last cell of each direction.
    private func condense(
        _ entry: Sequential.Entry, _ above: NetworkLayout.Row, _ below: NetworkLayout.Row,
        _ svg: inout SVGWriter
    ) {
        guard let first = above.columns.first, let last = above.columns.last else { return }
        let units: Int
        switch entry.layer {
        case .bidirectional(let lstm): units = lstm.units
        case .lstm, .repeatVector, .dense, .timeDistributed, .dropout:
            svg.down(last.x, from: above.bottom, to: below.top)
            return shape(entry.outputShape, beside: last.x, (above.bottom + below.top) / 2, &svg)
        }
        let middle = below.top + below.height / 2
        let box = last.x + Self.boxWidth / 2
        let side = box + Self.sideDistance
        svg.arrow(
            "line",
            [
                Point(x: box, y: above.top + above.height / 4),
                Point(x: side, y: above.top + above.height / 4), Point(x: side, y: middle),
                Point(x: last.x + Self.vectorWidth / 2 + 1, y: middle),
            ])
        shape(.vector(units), beside: side, (above.bottom + below.top) / 2, &svg)
        guard first != last else { return svg.down(last.x, from: above.bottom, to: below.top) }
        svg.arrow(
            "line",
            [
                Point(x: first.x, y: above.bottom), Point(x: first.x, y: middle),
                Point(x: last.x - Self.vectorWidth / 2 - 1, y: middle),
            ])
        shape(.vector(units), beside: first.x, (above.bottom + below.top) / 2, &svg)
    }

    /// Draws one vector that is passed to every copy.
    private func fanOut(_ above: NetworkLayout.Row, _ below: NetworkLayout.Row, _ svg: inout SVGWriter) {
        let copies = below.columns.filter { $0.step != nil }
        guard let source = above.columns.last?.x, let first = copies.first?.x, let last = copies.last?.x
        else {
            return
        }
        let branch = above.bottom + 12
        svg.line("line", [Point(x: source, y: above.bottom + 1), Point(x: source, y: branch)])
        svg.line(
            "line", [Point(x: min(first, source), y: branch), Point(x: max(last, source), y: branch)])
        for copy in copies { svg.down(copy.x, from: branch, to: below.top) }
        shape(shape(of: above.part), beside: last, (branch + below.top) / 2 + 1, &svg)
    }

    // MARK: Shapes

    /// The distance between an arrow and the shape beside it.
    private static let shapeDistance = 6.0
    /// The distance between the last box of a Bidirectional layer and the arrow that passes it.
    private static let sideDistance = 16.0

    /// The right end of the shapes, estimated for common fonts.
    var shapesRight: Double {
        let ends = layout.rows.map { row in
            var x = (row.columns.last?.x ?? 0) + Self.shapeDistance
            if case .layer(let index) = row.part, case .bidirectional = network.entries[index].layer {
                x += Self.boxWidth / 2 + Self.sideDistance
            }
            return x + 6.5 * Double(shape(of: row.part).product.count)
        }
        return ends.max() ?? 0
    }

    /// Writes the shape of what an arrow carries at its right, around the height `y`.
    private func shape(_ shape: Shape, beside x: Double, _ y: Double, _ svg: inout SVGWriter) {
        svg.text("shape muted", shape.product, at: Point(x: x + Self.shapeDistance, y: y + 3))
    }
}

extension SVGWriter {
    /// Draws an arrow downwards, from the bottom of one shape to the top of another.
    fileprivate mutating func down(_ x: Double, from start: Double, to end: Double) {
        arrow("line", [Point(x: x, y: start), Point(x: x, y: end - 1)])
    }
}
