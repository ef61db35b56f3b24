import Glibc
import NeuralNetwork

extension SVGWriter {
    /// A title, and a line below it.
    /// - Parameter width: that of the picture; a longer title is cut.
    mutating func heading(_ title: String, _ caption: String, width: Double) {
        let room = Int((width - 2 * NetworkLayout.margin) / 9)
        let cut = title.count > room ? title.prefix(max(room - 1, 0)) + "…" : title[...]
        text("heading", String(cut), at: Point(x: NetworkLayout.margin, y: 28))
        text("muted", caption, at: Point(x: NetworkLayout.margin, y: 48))
    }

    /// The label of a row, in the middle of its height.
    mutating func label(of row: NetworkLayout.Row, isAccented: Bool) {
        let top = row.top + (row.height - Double(row.label.count) * NetworkLayout.lineHeight) / 2
        for (index, line) in row.label.enumerated() {
            let y = top + (Double(index) + 0.8) * NetworkLayout.lineHeight
            let style = index > 0 ? "muted" : isAccented ? "name accent" : "name"
            text(style, line, at: Point(x: NetworkLayout.margin, y: y))
        }
    }
}

extension Shape {
    /// `3 timesteps of 2 features`.
    var caption: String {
        func count(_ number: Int, _ noun: String) -> String {
            "\(number.grouped) \(noun)\(number == 1 ? "" : "s")"
        }
        return "\(count(timesteps ?? 1, "timestep")) of \(count(features, "feature"))"
    }
}

extension Sequential.Entry {
    /// Its name, and what it is.
    var label: [String] { [name, "\(layer.type) · \(parameterCount.grouped) params"] }
}

extension Sequential {
    /// The layers in a sentence each, for who can't see them.
    var spoken: String {
        let sentences = entries.enumerated().map { index, entry in
            "\(entry.name) (\(entry.layer.type)) emits \(entry.outputShape.text)"
                + (index == encodingIndex ? ", the encoding" : "")
                + ", with \(entry.parameterCount.grouped) parameters."
        }
        return (["The input is \(inputShape.text)."] + sentences).joined(separator: " ")
    }
}

extension Float {
    /// With three significant digits.
    var threeDigits: String {
        let number = Double(self)
        guard number.isFinite, number != 0 else { return "\(number)" }
        let unit = pow(10, 2 - floor(log10(abs(number))))
        return "\((number * unit).rounded() / unit)"
    }
}
