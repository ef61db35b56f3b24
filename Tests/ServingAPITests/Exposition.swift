import APITesting

/// A strict parser of Prometheus' text format and of OpenMetrics: HELP and TYPE precede the samples of a
/// metric, the samples of a metric are consecutive, and no sample occurs twice.
struct Exposition {
    struct Sample: Equatable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    private(set) var types: [String: String] = [:]
    private(set) var samples: [Sample] = []
    private var families: [String] = []
    private let isOpenMetrics: Bool

    init(_ text: String, isOpenMetrics: Bool = false) throws {
        self.isOpenMetrics = isOpenMetrics
        guard text.hasSuffix("\n") else { throw HarnessError("the last line does not end with a line feed") }
        var helped: Set<String> = []
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        if isOpenMetrics, lines.popLast() != "# EOF" { throw HarnessError("the last line is not # EOF") }
        for line in lines {
            if let match = line.wholeMatch(of: /# HELP ([a-z_:][a-z0-9_:]*) (.+)/) {
                guard helped.insert(String(match.1)).inserted else {
                    throw HarnessError("a second HELP of the metric: \(line)")
                }
            } else if let match = line.wholeMatch(of: /# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram)/)
            {
                let name = String(match.1)
                guard helped.contains(name), types[name] == nil else {
                    throw HarnessError("a TYPE without HELP before it, or a second TYPE: \(line)")
                }
                types[name] = String(match.2)
                families.append(name)
            } else {
                try add(line)
            }
        }
    }

    private mutating func add(_ line: Substring) throws {
        guard let match = line.wholeMatch(of: /([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)/),
            let family = families.last, let value = Double(match.3 == "+Inf" ? "inf" : String(match.3))
        else { throw HarnessError("not a sample, or before the first TYPE: \(line)") }
        let name = String(match.1)
        let suffixes =
            switch types[family] {
            case "histogram": ["_bucket", "_sum", "_count"]
            case "counter" where isOpenMetrics: ["_total"]
            default: [""]
            }
        guard suffixes.contains(where: { name == family + $0 }) else {
            throw HarnessError("\(name) among the samples of \(family)")
        }
        let sample = Sample(name: name, labels: try Self.labels(match.2 ?? ""), value: value)
        if isOpenMetrics, let bound = sample.labels["le"], bound != "+Inf", !bound.contains(".") {
            throw HarnessError("a bound without a decimal point: \(line)")
        }
        guard !samples.contains(where: { $0.name == name && $0.labels == sample.labels }) else {
            throw HarnessError("a second sample with the same name and labels: \(line)")
        }
        samples.append(sample)
    }

    private static func labels(_ text: Substring) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([a-z_]+)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/) else {
                throw HarnessError("invalid labels: \(text)")
            }
            let value = match.2.replacing("\\n", with: "\n").replacing("\\\"", with: "\"")
            labels[String(match.1)] = String(value.replacing("\\\\", with: "\\"))
            rest = rest[match.range.upperBound...]
        }
        return labels
    }

    /// The value of the sample that has these labels, with or without others; nil if no sample or several
    /// samples have them.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = samples.filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }
        return found.count == 1 ? found[0].value : nil
    }
}
