import NeuralNetwork

/// Where everything stands in a picture of a network: a row for each layer from top to bottom, with its label at the left, and
/// a column for each timestep from left to right. Nothing of how it looks.
struct NetworkLayout {
    /// What is shown of the layers.
    enum Subject {
        /// What computes: of an LSTM a cell for each timestep that comes in, whether it emits something or not. Vectors, which
        /// all of a window is condensed to, have rows of their own.
        case cells
        /// What comes out.
        case outputs
    }

    /// What a row is for.
    enum Part: Hashable {
        /// The window.
        case input
        /// A layer, by its position.
        case layer(Int)
        /// The vector that a layer, by its position, has made of a sequence, or that is the encoding.
        case vector(Int)
        /// So many layers that are left out.
        case hidden(Int)
    }

    /// A timestep's place in a row, or that of the vector.
    struct Column: Equatable {
        /// Counted from 0; nil for the gap that stands for those left out.
        let step: Int?
        /// The middle.
        let x: Double
    }

    struct Row: Equatable {
        let part: Part
        /// Lines of text.
        let label: [String]
        let columns: [Column]
        let top: Double
        let height: Double

        var bottom: Double { top + height }
    }

    /// What a picture wants of its layout.
    struct Measures {
        let subject: Subject
        /// From the middle of a column to that of the next.
        let pitch: Double
        /// How many columns there is room for.
        let mostSteps: Int
        /// Between the end of a row and the next.
        let gap: Double
        /// Where the first row begins.
        let top: Double
    }

    /// How many rows of layers there is room for.
    static let mostLayers = 15
    /// Left, right and below.
    static let margin = 16.0
    /// From the baseline of a label's line to the next.
    static let lineHeight = 16.0
    /// Between a label and the columns.
    private static let indent = 24.0

    let rows: [Row]
    /// Where the columns begin.
    let left: Double
    let width: Double

    /// The end of the last row.
    var bottom: Double { rows.last?.bottom ?? 0 }

    /// - Parameter content: the label and the height of what a row shows. Rows are as high as their labels at least.
    init(
        _ network: Sequential, _ measures: Measures, content: (Part) -> (label: [String], height: Double)
    ) {
        var placed: [(part: Part, label: [String], height: Double, columns: [Column])] = []
        let shown = Excerpt(of: network.entries.count, most: Self.mostLayers).positions
        // The vector stands where the sequence ends that it is made of.
        var last = 0.0
        func columns(_ shape: Shape) -> [Column] {
            guard let timesteps = shape.timesteps else { return [Column(step: 0, x: last)] }
            let steps = Excerpt(of: timesteps, most: measures.mostSteps).positions
            let columns = steps.enumerated().map {
                Column(step: $1, x: (Double($0) + 0.5) * measures.pitch)
            }
            last = columns.last?.x ?? 0
            return columns
        }
        func place(_ part: Part, _ columns: [Column]) {
            let (label, height) = content(part)
            placed.append((part, label, max(height, Double(label.count) * Self.lineHeight), columns))
        }
        place(.input, columns(network.inputShape))
        for (index, entry) in network.entries.enumerated() {
            let showsCells = measures.subject == .cells && entry.layer.isRecurrent
            let own = columns(showsCells ? entry.inputShape : entry.outputShape)
            guard shown.contains(index) else {
                if !shown.contains(index - 1) { continue }
                place(.hidden(network.entries.count - shown.count + 1), own)
                continue
            }
            place(.layer(index), own)
            let isCondensed = entry.inputShape.timesteps != nil && entry.outputShape.timesteps == nil
            if measures.subject == .cells, isCondensed || index == network.encodingIndex {
                place(.vector(index), [Column(step: 0, x: last)])
            }
        }

        let labelWidth = placed.map { Self.width(ofLabel: $0.label) }.max() ?? 0
        let left = Self.margin + labelWidth.rounded(.up) + Self.indent
        var y = measures.top
        rows = placed.map { part, label, height, columns in
            defer { y += height + measures.gap }
            return Row(
                part: part, label: label,
                columns: columns.map { Column(step: $0.step, x: left + $0.x) }, top: y, height: height)
        }
        self.left = left
        let right = rows.flatMap(\.columns).map(\.x).max() ?? left
        width = right + measures.pitch / 2 + Self.margin
    }

    /// About as wide as most fonts have it: the name, which is bold, and the lines below it.
    private static func width(ofLabel label: [String]) -> Double {
        max(8.5 * Double(label.first?.count ?? 0), 7 * Double(label.dropFirst().map(\.count).max() ?? 0))
    }
}
