/// Writes metrics in Prometheus' text format, version 0.0.4.
package struct MetricsText {
    /// The type of a metric.
    package enum Kind: String {
        /// A value that only increases while the process runs.
        case counter
        /// A value that may increase and decrease.
        case gauge
        /// Counts of values in buckets, and their sum.
        case histogram
    }

    /// Labels of a sample, in the order of output.
    package typealias Labels = [(name: String, value: String)]

    /// The media type of the format.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// The bytes written so far.
    package private(set) var bytes: [UInt8] = []
    private var name = ""

    /// Creates a text without metrics.
    package init() { bytes.reserveCapacity(16_384) }

    /// Begins a metric. Its samples must follow.
    package mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        // The format escapes quotes in label values, but not in help texts.
        append("# HELP \(name) \(help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n"))\n")
        append("# TYPE \(name) \(kind.rawValue)\n")
    }

    /// Writes a metric with one sample without labels.
    package mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        begin(name, kind, help)
        sample([], value)
    }

    /// Writes a sample of the metric that was begun last.
    package mutating func sample(_ labels: Labels, _ value: Double) {
        sample("", labels, value)
    }

    /// Writes the samples of a histogram: its buckets, sum and count.
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

    /// Returns a number in Go's syntax. Integers have no decimal point.
    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        guard value.isFinite else { return value > 0 ? "+Inf" : "-Inf" }
        // Round to 1e-9: the product of a count of nanoseconds and 1e-9 is rarely the nearest double.
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
