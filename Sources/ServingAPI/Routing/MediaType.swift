import HTTP1
import JSON

/// A media type of requests and responses.
package enum MediaType: String, CaseIterable {
    case json = "application/json"
    case csv = "text/csv; charset=utf-8"
    case text = "text/plain; charset=utf-8"
    case metrics = "text/plain; version=0.0.4; charset=utf-8"
    case openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    case yaml = "application/yaml"
    case eventStream = "text/event-stream"
    case file = "application/octet-stream"
    case npy = "application/x-npy"
    case html = "text/html; charset=utf-8"
    case css = "text/css; charset=utf-8"
    case javascript = "text/javascript; charset=utf-8"
    case svg = "image/svg+xml"

    /// The type and subtype, without parameters.
    var essence: Substring { rawValue.prefix { $0 != ";" } }

    /// The parameter `version`, which tells formats with the same type and subtype apart; nil if there is
    /// none.
    fileprivate var version: Substring? { WeightedMember(rawValue[...])?.parameter("version") }

    /// Returns the offered type with the highest quality in the request's Accept field (RFC 9110, 12.5.1).
    /// Among equals, and without the field, the first one wins.
    /// - Throws: 406 if Accept allows none of them.
    static func negotiate(_ fields: HeaderFields, offered: [MediaType]) throws(Problem) -> MediaType {
        let ranges = fields.values(of: "Accept").flatMap {
            $0.split(separator: ",").compactMap(AcceptRange.init)
        }
        guard let first = offered.first else { throw .notAcceptable(offered: []) }
        guard !ranges.isEmpty else { return first }
        let scored = offered.map { type in (type, quality: AcceptRange.quality(of: type, in: ranges)) }
        // `max(by:)` returns the last of equals, but the server prefers the first.
        let best = scored.reduce((first, quality: 0.0)) { $1.quality > $0.quality ? $1 : $0 }
        guard best.quality > 0 else { throw .notAcceptable(offered: offered.map { String($0.essence) }) }
        return best.0
    }
}

/// One member of an Accept field.
private struct AcceptRange {
    let type: Substring
    let subtype: Substring
    let version: Substring?
    let quality: Double

    /// Returns nil for a member that is not a media range, which is ignored.
    init?(_ text: Substring) {
        guard let member = WeightedMember(text) else { return nil }
        let range = member.value.split(separator: "/", omittingEmptySubsequences: false)
        guard range.count == 2 else { return nil }
        (type, subtype, quality) = (range[0], range[1], member.quality)
        version = member.parameter("version")
    }

    /// The quality of the most specific range that matches; 0 if none matches. Of the parameters, only the
    /// `version` of a type that has one must match: clients add others that make no difference here.
    static func quality(of mediaType: MediaType, in ranges: [AcceptRange]) -> Double {
        let parts = mediaType.essence.split(separator: "/")
        var best = (specificity: -1, quality: 0.0)
        for range in ranges {
            let specificity: Int
            switch (range.type.lowercased(), range.subtype.lowercased()) {
            case ("*", "*"): specificity = 0
            case (String(parts[0]), "*"): specificity = 1
            case (String(parts[0]), String(parts[1])):
                let version = range.version == nil ? nil : mediaType.version
                guard version == nil || version == range.version else { continue }
                specificity = version == nil ? 2 : 3
            default: continue
            }
            if specificity > best.specificity { best = (specificity, range.quality) }
        }
        return best.quality
    }
}
