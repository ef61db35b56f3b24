/// Writes metrics in Prometheus' text format, version 0.0.4, or in that of OpenMetrics, version 1.0.0.
package struct MetricsText {
    /// The format of the text.
    package enum Format: Sendable {
        /// Prometheus' text format, version 0.0.4.
        case prometheus
        /// OpenMetrics 1.0.0: the name of a counter's family lacks `_total`, the bounds of buckets have a
        /// decimal point, and `# EOF` ends the text.
        case openMetrics
    }

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

    /// The bytes written so far.
    package private(set) var bytes: [UInt8] = []
    private let format: Format
    private var name = ""

    /// Creates a text without metrics.
    package init(_ format: Format = .prometheus) {
        self.format = format
        bytes.reserveCapacity(16_384)
    }

    /// Begins a metric. Its samples must follow.
    /// - Parameter name: the name of the samples, which ends in `_total` for a counter.
    package mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        var family = name[...]
        var help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        if format == .openMetrics {
            if kind == .counter, name.hasSuffix("_total") { family = name.dropLast("_total".count) }
            // Only OpenMetrics escapes quotes in help texts; both formats escape them in label values.
            help = help.replacing("\"", with: "\\\"")
        }
        append("# HELP \(family) \(help)\n# TYPE \(family) \(kind.rawValue)\n")
    }

    /// Ends the text.
    package mutating func end() {
        if format == .openMetrics { append("# EOF\n") }
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
                ? bound(Double(scale.bounds[index]) * scale.unit) : "+Inf"
            sample("_bucket", labels + [(name: "le", value: bound)], Double(count))
        }
        sample("_sum", labels, Double(histogram.sum) * scale.unit)
        sample("_count", labels, Double(histogram.count))
    }

    /// The upper bound of a bucket, which is a label value: formats differ in how they write whole numbers.
    private func bound(_ value: Double) -> String {
        let text = Self.text(value)
        return format == .openMetrics && Int(text) != nil ? text + ".0" : text
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
