import NeuralNetwork

/// The positions of the parts of a network in a diagram: a row for each layer from top to bottom, with its
/// label at the left, and a column for each timestep from left to right. Independent of how the parts are
/// drawn.
struct NetworkLayout {
    /// The part of each layer that a diagram shows.
    enum Subject {
        /// The cells of each layer. An LSTM has one for each input timestep, whether it returns sequences or
        /// not. Vectors that a layer returns for a sequence, the encoding, and the output of the network have
        /// rows of their own.
        case cells
        /// The output of each layer.
        case outputs
    }

    /// The content of a row.
    enum Part: Hashable {
        /// The input window.
        case input
        /// The layer with this index.
        case layer(Int)
        /// The vector that the layer with this index returns.
        case vector(Int)
        /// This number of omitted layers.
        case omitted(Int)
        /// The output of the network, unless it is the vector of the row above.
        case output
    }

    /// The position of a timestep, or of a vector, in a row.
    struct Column: Equatable {
        /// The timestep, counted from 0; nil for the gap in place of omitted timesteps.
        let step: Int?
        /// The horizontal centre.
        let x: Double
    }

    struct Row: Equatable {
        let part: Part
        /// The lines of text.
        let label: [String]
        let columns: [Column]
        let top: Double
        let height: Double

        var bottom: Double { top + height }
    }

    /// The parameters of a layout. Lengths are in the units of the diagram.
    struct Options {
        let subject: Subject
        /// The distance between the centres of adjacent columns.
        let pitch: Double
        /// The maximum number of columns.
        let maxSteps: Int
        /// The distance between the bottom of a row and the top of the next.
        let gap: Double
        /// The top of the first row.
        let top: Double
        /// The left end of the labels.
        var labelLeft = NetworkLayout.margin
    }

    /// The maximum number of rows for layers.
    static let maxLayers = 15
    /// The margin at the left, at the right and below.
    static let margin = 16.0
    /// The distance between the baselines of a label's lines.
    static let lineHeight = 16.0
    /// The distance between the labels and the columns.
    private static let indent = 16.0

    let rows: [Row]
    /// The left end of the labels.
    let labelLeft: Double
    /// The right end of the columns.
    let right: Double
    let width: Double

    /// The bottom of the last row.
    var bottom: Double { rows.last?.bottom ?? 0 }

    /// - Parameters:
    ///   - network: the network to lay out.
    ///   - options: the parameters of the layout.
    ///   - content: returns the label of a part and the height that it needs. A row is at least as high as
    ///     its label.
    init(
        _ network: Sequential, _ options: Options, content: (Part) -> (label: [String], height: Double)
    ) {
        var placed: [(part: Part, label: [String], height: Double, columns: [Column])] = []
        let shown = Excerpt(of: network.entries.count, maxCount: Self.maxLayers).positions
        // A vector is placed below the last column of the sequence that it was computed from.
        var last = 0.0
        func columns(_ shape: Shape) -> [Column] {
            guard let timesteps = shape.timesteps else { return [Column(step: 0, x: last)] }
            let steps = Excerpt(of: timesteps, maxCount: options.maxSteps).positions
            let columns = steps.enumerated().map {
                Column(step: $1, x: (Double($0) + 0.5) * options.pitch)
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
            let showsCells = options.subject == .cells && entry.layer.isRecurrent
            let own = columns(showsCells ? entry.inputShape : entry.outputShape)
            guard shown.contains(index) else {
                if !shown.contains(index - 1) { continue }
                place(.omitted(network.entries.count - shown.count + 1), own)
                continue
            }
            place(.layer(index), own)
            let isCondensed = entry.inputShape.timesteps != nil && entry.outputShape.timesteps == nil
            if options.subject == .cells, isCondensed || index == network.encodingIndex {
                place(.vector(index), [Column(step: 0, x: last)])
            }
        }
        if options.subject == .cells, placed.last?.part != .vector(network.entries.count - 1) {
            place(.output, columns(network.outputShape))
        }

        let labelWidth = placed.map { Self.width(ofLabel: $0.label) }.max() ?? 0
        let left = options.labelLeft + labelWidth.rounded(.up) + Self.indent
        var y = options.top
        rows = placed.map { part, label, height, columns in
            defer { y += height + options.gap }
            return Row(
                part: part, label: label,
                columns: columns.map { Column(step: $0.step, x: left + $0.x) }, top: y, height: height)
        }
        labelLeft = options.labelLeft
        right = (rows.flatMap(\.columns).map(\.x).max() ?? left) + options.pitch / 2
        width = right + Self.margin
    }

    /// Estimates the width of a label for common fonts. The first line is the name, which is bold.
    private static func width(ofLabel label: [String]) -> Double {
        max(8.5 * Double(label.first?.count ?? 0), 7 * Double(label.dropFirst().map(\.count).max() ?? 0))
    }
}
