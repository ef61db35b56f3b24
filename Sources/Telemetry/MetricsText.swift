/// Figures in Prometheus' text format, version 0.0.4.
package struct MetricsText {
    /// What a figure is.
    package enum Kind: String {
        /// It only ever grows, until the process ends.
        case counter
        /// It goes up and down.
        case gauge
        /// Values by their size.
        case histogram
    }

    /// Names and values, in the order in which they are shown.
    package typealias Labels = [(name: String, value: String)]

    /// The media type.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// The text.
    package private(set) var bytes: [UInt8] = []
    private var name = ""

    /// Nothing yet.
    package init() { bytes.reserveCapacity(16_384) }

    /// Begins a figure: its samples follow.
    package mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        // In a help text quotes stand for themselves.
        append("# HELP \(name) \(help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))\n")
        append("# TYPE \(name) \(kind.rawValue)\n")
    }

    /// A figure with one sample.
    package mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        begin(name, kind, help)
        sample([], value)
    }

    /// A sample of the figure that was begun last.
    package mutating func sample(_ labels: Labels, _ value: Double) {
        sample("", labels, value)
    }

    /// All samples of a histogram.
    package mutating func sample(_ labels: Labels, _ histogram: Histogram.Snapshot) {
        let scale = histogram.scale
        for (index, count) in histogram.cumulative.enumerated() {
            let bound =
                index < scale.bounds.count
                ? Self.text(Double(scale.bounds[index]) * scale.unit) : "+Inf"
            sample("_bucket", labels + [(name: "le", value: bound)], Double(count))
        }
        sample("_sum", labels, Double(histogram.sum) * scale.unit)
        sample("_count", labels, Double(histogram.count))
    }

    private mutating func sample(_ suffix: String, _ labels: Labels, _ value: Double) {
        append(name)
        append(suffix)
        for (index, label) in labels.enumerated() {
            append(index == 0 ? "{" : ",")
            append(label.name)
            append("=\"")
            append(escaped: label.value)
            append("\"")
        }
        append(labels.isEmpty ? " " : "} ")
        append(Self.text(value))
        append("\n")
    }

    /// As Go reads it: whole numbers without a point.
    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
        // To the nanosecond, which hides that a count of nanoseconds times 1e-9 is rarely what it should be.
        let rounded = abs(value) < 1e6 && abs(value) > 1e-6 ? (value * 1e9).rounded() / 1e9 : value
        if let whole = Int(exactly: rounded), abs(whole) < 1 << 53 { return "\(whole)" }
        return "\(rounded)"
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(escaped text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\n"): append("\\n")
            default: bytes.append(byte)
            }
        }
    }
}
