import NeuralNetwork

/// The numbers of one layer as coloured rectangles: none for 0, and on both sides of it the deeper, the nearer to the layer's
/// largest.
struct HeatMapCells {
    /// Colours on each side of 0.
    static let levels = 8
    private static let mostUnits = 161

    /// Row-major.
    private let values: [Float]
    let shape: Shape
    /// The largest absolute value.
    let largest: Float
    /// The units that are shown, from top to bottom.
    private let units: [Int?]
    private let unitHeight: Double

    var height: Double { unitHeight * Double(units.count) }
    /// Whether there are more units than are shown.
    var isCut: Bool { units.contains(nil) }

    /// - Parameter values: what a layer emits for one window.
    init(_ values: [Float], _ shape: Shape) {
        self.values = values
        self.shape = shape
        largest = values.lazy.map(abs).max() ?? 0
        units = Excerpt(of: shape.features, most: Self.mostUnits).positions
        unitHeight = min(12, max(1, (96 / Double(units.count)).rounded(.down)))
    }

    /// The class of a level.
    static func style(_ level: Int) -> String { "\(level < 0 ? "negative" : "positive") l\(abs(level))" }

    /// What has to be filled with the colour of each level.
    /// - Parameter top: where the first unit begins.
    func paths(
        _ columns: [NetworkLayout.Column], top: Double, width: Double
    ) -> [(level: Int, path: String)] {
        var paths: [Int: String] = [:]
        for column in columns {
            guard let step = column.step else { continue }
            let x = column.x - width / 2
            let levels = units.map { $0.map { level(values[step * shape.features + $0]) } ?? 0 }
            // Neighbours of the same colour are one rectangle.
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
        largest > 0 ? Int((value / largest * Float(Self.levels)).rounded()) : 0
    }
}
