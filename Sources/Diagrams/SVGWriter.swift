/// A point in a diagram, in its units: x to the right, y down.
struct Point: Equatable {
    var x: Double
    var y: Double
}

/// A writer of SVG 1.1 documents. Shapes have classes, which a style sheet formats. Documents have no ids,
/// scripts or references, so that several can be inlined in one page.
struct SVGWriter {
    private var content = ""

    /// Writes a rectangle.
    mutating func rectangle(
        _ style: String, x: Double, y: Double, width: Double, height: Double, radius: Double = 0
    ) {
        content += "<rect class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
        content += " width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
        content += radius > 0 ? " rx=\"\(Self.number(radius))\"/>" : "/>"
    }

    /// Writes a line of text with its baseline at `point`. The class determines the alignment.
    mutating func text(_ style: String, _ text: String, at point: Point) {
        content += "<text class=\"\(style)\" x=\"\(Self.number(point.x))\" y=\"\(Self.number(point.y))\">"
        content += "\(Self.escaped(text))</text>"
    }

    /// Writes a line of text that runs upwards, with its baseline at `point`.
    mutating func textUpwards(_ style: String, _ text: String, at point: Point) {
        let (x, y) = (Self.number(point.x), Self.number(point.y))
        content += "<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" transform=\"rotate(-90 \(x) \(y))\">"
        content += "\(Self.escaped(text))</text>"
    }

    /// Writes a path.
    /// - Parameter commands: the value of SVG's `d` attribute.
    mutating func path(_ style: String, _ commands: String) {
        content += "<path class=\"\(style)\" d=\"\(commands)\"/>"
    }

    /// Writes a line through points.
    mutating func line(_ style: String, _ points: [Point]) { path(style, Self.commands(points)) }

    /// Writes a line through points with an arrow head at its end. The last segment must be horizontal or
    /// vertical.
    mutating func arrow(_ style: String, _ points: [Point]) {
        guard points.count > 1, let end = points.last else { return }
        let before = points[points.count - 2]
        func sign(_ number: Double) -> Double { number > 0 ? 1 : number < 0 ? -1 : 0 }
        let (along, across) = (sign(end.x - before.x), sign(end.y - before.y))
        let size = 4.5
        let wings = [-1.0, 1.0].map { side in
            Point(
                x: end.x - size * along + size * side * across,
                y: end.y - size * across + size * side * along)
        }
        path(style, Self.commands(points) + Self.commands([wings[0], end, wings[1]]))
    }

    /// Writes a group with a title, which browsers show as a tooltip.
    mutating func group(title: String, _ body: (inout SVGWriter) -> Void) {
        content += "<g><title>\(Self.escaped(title))</title>"
        body(&self)
        content += "</g>\n"
    }

    /// Returns the document.
    /// - Parameters:
    ///   - width: in the units of the diagram, which are pixels by default.
    ///   - height: as for `width`.
    ///   - title: the name of the diagram.
    ///   - description: a description for screen readers.
    ///   - style: a style sheet without characters that XML requires to be escaped.
    func document(
        width: Double, height: Double, title: String, description: String, style: String
    ) -> String {
        let (width, height) = (Self.number(width), Self.number(height))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" role="img" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)">
            <title>\(Self.escaped(title))</title>
            <desc>\(Self.escaped(description))</desc>
            <style>\(style)</style>
            <rect class="ground" width="\(width)" height="\(height)"/>
            \(content)</svg>

            """
    }

    /// Returns a number with at most two decimals.
    static func number(_ value: Double) -> String {
        let hundredths = (value * 100).rounded()
        let whole = hundredths / 100
        return whole == whole.rounded() ? "\(Int(whole))" : "\(whole)"
    }

    private static func commands(_ points: [Point]) -> String {
        points.enumerated().map { "\($0 == 0 ? "M" : "L")\(number($1.x)) \(number($1.y))" }.joined()
    }

    /// Escapes text for XML 1.0, which does not allow most control characters.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += " "
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
