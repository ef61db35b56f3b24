import NeuralNetwork

/// The text that `model.summary()` prints in Keras 3, character for character.
///
/// It is the text for a model that is built and not compiled, on a screen of 80 columns. After a training,
/// Keras counts the numbers of the optimizer too; on a wider terminal, the table is wider. Notebooks, pipes
/// and files have 80 columns.
package struct SummaryTable {
    private static let screenWidth = 80
    /// Characters in a cell of each column. The widths do not depend on the cells.
    private static let cellWidths = [31, 22, 13]
    private static let header = ["Layer (type)", "Output Shape", "Param #"]

    private let network: Sequential
    private let model: String

    /// - Parameter model: the name for the title.
    package init(_ network: Sequential, model: String) {
        self.network = network
        self.model = model
    }

    /// The text, with a line feed after each line.
    package var text: String {
        var lines = title + [Self.rule("┏", "┳", "┓", "━")]
        lines += Self.row(Self.header, "┃")
        lines.append(Self.rule("┡", "╇", "┩", "━"))
        for (index, entry) in network.entries.enumerated() {
            if index > 0 { lines.append(Self.rule("├", "┼", "┤", "─")) }
            let cells = [
                "\(entry.name) (\(entry.layer.type))", entry.outputShape.text, entry.parameterCount.grouped,
            ]
            lines += Self.row(cells, "│")
        }
        lines.append(Self.rule("└", "┴", "┘", "─"))
        let count = network.parameterCount
        let total = "\(count.grouped) (\(Self.size(count * MemoryLayout<Float>.size)))"
        lines += [
            " Total params: \(total)", " Trainable params: \(total)", " Non-trainable params: 0 (0.00 B)",
        ]
        return lines.map { $0 + "\n" }.joined()
    }

    /// The lines of the title. A name that does not fit starts a line of its own, which is broken where the
    /// screen ends.
    private var title: [String] {
        let (word, name) = ("Model: ", "\"\(model)\"")
        guard word.count + name.count > Self.screenWidth else { return [word + name] }
        var lines = [word]
        var rest = name[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(Self.screenWidth)))
            rest = rest.dropFirst(Self.screenWidth)
        }
        return lines
    }

    private static func rule(_ left: String, _ middle: String, _ right: String, _ dash: String) -> String {
        left + cellWidths.map { String(repeating: dash, count: $0 + 2) }.joined(separator: middle) + right
    }

    /// Returns the lines of a row: as many as its cells need.
    private static func row(_ cells: [String], _ bar: String) -> [String] {
        let wrapped = zip(cells, cellWidths).map(wrap)
        return (0..<(wrapped.map(\.count).max() ?? 0)).map { line in
            let padded = wrapped.enumerated().map { column, lines in
                let cell = line < lines.count ? lines[line] : ""
                let space = String(repeating: " ", count: max(0, cellWidths[column] - cell.count))
                // Numbers are right-aligned.
                return column == 2 ? " \(space)\(cell) " : " \(cell)\(space) "
            }
            return bar + padded.joined(separator: bar) + bar
        }
    }

    /// Breaks a cell's text between words. The bounds of ``Sequential`` keep each word within its cell.
    private static func wrap(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let line = lines.last, line.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(line) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// Formats a size with two decimals in the largest unit of which there is at least one. Ties are rounded
    /// to the even digit, as in Python.
    private static func size(_ bytes: Int) -> String {
        var value = Double(bytes)
        var unit = "B"
        for larger in ["KB", "MB", "GB"] where value >= 1024 {
            value /= 1024
            unit = larger
        }
        let hundredths = Int((value * 100).rounded(.toNearestOrEven))
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) \(unit)"
    }
}
