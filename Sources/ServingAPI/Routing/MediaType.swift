import HTTP1
import JSON

/// What an endpoint can answer with.
package enum MediaType: String, CaseIterable {
    case json = "application/json"
    case csv = "text/csv"
    case text = "text/plain; charset=utf-8"
    case metrics = "text/plain; version=0.0.4; charset=utf-8"
    case yaml = "application/yaml"
    case eventStream = "text/event-stream"
    case file = "application/octet-stream"
    case npy = "application/x-npy"
    case html = "text/html; charset=utf-8"
    case css = "text/css; charset=utf-8"
    case javascript = "text/javascript; charset=utf-8"
    case svg = "image/svg+xml"

    /// Without parameters.
    var essence: Substring { rawValue.prefix { $0 != ";" } }

    /// The first of `offered` that the request's Accept field likes best (RFC 9110, section 12.5.1);
    /// without the field, the first.
    static func negotiate(_ fields: HeaderFields, offered: [MediaType]) throws(Problem) -> MediaType {
        let ranges = fields.values(of: "Accept").flatMap {
            $0.split(separator: ",").compactMap(AcceptRange.init)
        }
        guard let first = offered.first else { throw .notAcceptable(offered: []) }
        guard !ranges.isEmpty else { return first }
        let scored = offered.map { type in (type, quality: AcceptRange.quality(of: type.essence, in: ranges))
        }
        // `max(by:)` would take the last of equals, and the server prefers the first.
        let best = scored.reduce((first, quality: 0.0)) { $1.quality > $0.quality ? $1 : $0 }
        guard best.quality > 0 else { throw .notAcceptable(offered: offered.map { String($0.essence) }) }
        return best.0
    }
}

/// One member of a list that a client gives weights to (RFC 9110, 12.4.2).
struct WeightedMember {
    let value: Substring
    let quality: Double

    /// nil for a weight that is none: the member is as if it were not there.
    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map { Self.trimmed($0) }
        guard let value = parts.first else { return nil }
        self.value = value
        let weight = parts.dropFirst().first { $0.lowercased().hasPrefix("q=") }.map { $0.dropFirst(2) }
        let quality = weight.map { Double($0) ?? -1 } ?? 1
        guard (0...1).contains(quality) else { return nil }
        self.quality = quality
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { start[...$0] } ?? ""
    }
}

/// One member of an Accept field.
private struct AcceptRange {
    let type: Substring
    let subtype: Substring
    let quality: Double

    /// nil for a member that is no media range: it is as if it were not there.
    init?(_ text: Substring) {
        guard let member = WeightedMember(text) else { return nil }
        let range = member.value.split(separator: "/", omittingEmptySubsequences: false)
        guard range.count == 2 else { return nil }
        (type, subtype, quality) = (range[0], range[1], member.quality)
    }

    /// What the most specific range that matches says.
    static func quality(of essence: Substring, in ranges: [AcceptRange]) -> Double {
        let parts = essence.split(separator: "/")
        var best = (specificity: -1, quality: 0.0)
        for range in ranges {
            let specificity: Int
            switch (range.type.lowercased(), range.subtype.lowercased()) {
            case ("*", "*"): specificity = 0
            case (String(parts[0]), "*"): specificity = 1
            case (String(parts[0]), String(parts[1])): specificity = 2
            default: continue
            }
            if specificity > best.specificity { best = (specificity, range.quality) }
        }
        return best.quality
    }
}
