import NeuralNetwork

/// The output of one layer as coloured cells. The hue is the sign of a value, and the opacity its share of
/// the layer's maximum absolute value. A cell of 0 is empty.
struct HeatMapCells {
    /// The number of colours for each sign.
    static let levels = 8
    private static let maxUnits = 161

    /// Row-major, `[T][units]`.
    private let values: [Float]
    let shape: Shape
    /// The maximum absolute value.
    let maxMagnitude: Float
    /// The displayed units, from top to bottom; nil is a gap.
    private let units: [Int?]
    private let unitHeight: Double

    var height: Double { unitHeight * Double(units.count) }
    /// Whether some units are omitted.
    var isAbridged: Bool { units.contains(nil) }

    /// - Parameter values: the output of a layer for one window, row-major.
    init(_ values: [Float], _ shape: Shape) {
        self.values = values
        self.shape = shape
        maxMagnitude = values.lazy.map(abs).max() ?? 0
        units = Excerpt(of: shape.features, maxCount: Self.maxUnits).positions
        unitHeight = min(12, max(1, (96 / Double(units.count)).rounded(.down)))
    }

    /// Returns the classes of a level in the style sheet.
    static func style(_ level: Int) -> String { "\(level < 0 ? "negative" : "positive") l\(abs(level))" }

    /// Returns an SVG path for each level, with the cells of that level.
    /// - Parameters:
    ///   - columns: the columns of the row.
    ///   - top: the top of the first unit.
    ///   - width: the width of a cell.
    func paths(
        _ columns: [NetworkLayout.Column], top: Double, width: Double
    ) -> [(level: Int, path: String)] {
        var paths: [Int: String] = [:]
        for column in columns {
            guard let step = column.step else { continue }
            let x = column.x - width / 2
            let levels = units.map { $0.map { level(values[step * shape.features + $0]) } ?? 0 }
            // Adjacent cells of the same level are drawn as one rectangle.
            var start = 0
            while start < levels.count {
                let level = levels[start]
                let end = levels[start...].firstIndex { $0 != level } ?? levels.count
                if level != 0 {
                    let y = SVGWriter.number(top + Double(start) * unitHeight)
                    let height = SVGWriter.number(Double(end - start) * unitHeight)
                    let width = SVGWriter.number(width)
                    paths[level, default: ""] += "M\(SVGWriter.number(x)) \(y)h\(width)v\(height)h-\(width)z"
                }
                start = end
            }
        }
        return paths.sorted { $0.key < $1.key }.map { (level: $0.key, path: $0.value) }
    }

    private func level(_ value: Float) -> Int {
        maxMagnitude > 0 ? Int((value / maxMagnitude * Float(Self.levels)).rounded()) : 0
    }
}
