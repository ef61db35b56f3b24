import NeuralNetwork

/// The table that `model.summary()` prints in Keras 3.
package struct SummaryTable {
    private let network: Sequential
    private let title: String

    /// - Parameter model: the name for the title.
    package init(_ network: Sequential, model: String) {
        self.network = network
        title = "Model: \"\(model)\""
    }

    /// The table, with a line feed after each line.
    package var text: String {
        let header = ["Layer (type)", "Output Shape", "Param #"]
        let rows = network.entries.map { entry in
            [
                "\(entry.name) (\(entry.layer.type))", entry.outputShape.text,
                entry.parameterCount.grouped,
            ]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        func rule(_ left: String, _ middle: String, _ right: String, _ dash: String) -> String {
            left + widths.map { String(repeating: dash, count: $0 + 2) }.joined(separator: middle) + right
        }
        func line(_ cells: [String], _ bar: String) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                // Numbers are right-aligned.
                return column == 2 ? " \(space)\(cell) " : " \(cell)\(space) "
            }
            return bar + padded.joined(separator: bar) + bar
        }
        var lines = [title, rule("┏", "┳", "┓", "━"), line(header, "┃"), rule("┡", "╇", "┩", "━")]
        for (index, row) in rows.enumerated() {
            if index > 0 { lines.append(rule("├", "┼", "┤", "─")) }
            lines.append(line(row, "│"))
        }
        lines.append(rule("└", "┴", "┘", "─"))
        let total = network.parameterCount.grouped
        let size = Self.size(network.parameterCount * MemoryLayout<Float>.size)
        lines += [
            " Total params: \(total) (\(size))", " Trainable params: \(total) (\(size))",
            " Non-trainable params: 0 (0.00 B)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Formats a size with two decimals in the largest unit of which there is at least one.
    private static func size(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = "B"
        for larger in ["KB", "MB", "GB"] where value >= 1024 {
            value /= 1024
            unit = larger
        }
        let hundredths = Int((value * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) \(unit)"
    }
}
