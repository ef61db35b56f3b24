import HTTP1
import JSON

/// What an endpoint can answer with.
enum MediaType: String, CaseIterable {
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

extension RequestHead {
    /// Checks what the body says that it is (RFC 9110, sections 8.3 and 8.4), before it is read.
    ///
    /// What the route takes, an absent Content-Type and the one that curl sets by itself are welcome. The last one is
    /// believed only if the body turns out to be what is wanted.
    func checkContent(is content: Route.Content) throws(Problem) {
        _ = try ContentCoding.ofBody(fields)
        guard let essence = contentTypeEssence, essence != Self.form else { return }
        let isWelcome =
            switch content {
            case .json: Self.isJSON(essence)
            case .data: Self.isJSON(essence) || hasOptionsInQuery
            case .file: essence == MediaType.file.essence
            case .inference: Self.isJSON(essence) || essence == MediaType.file.essence
            }
        guard isWelcome else {
            let wanted = content.mediaTypes.map(\.rawValue)
            throw .unsupportedMediaType(
                "the body is \(Quote.text(essence)); send \(wanted.joined(separator: " or "))",
                accepted: wanted)
        }
    }

    private static func isJSON(_ essence: String) -> Bool {
        essence == MediaType.json.rawValue
            || (essence.hasPrefix("application/") && essence.hasSuffix("+json"))
    }

    /// Whether the body is CSV.
    var isCSV: Bool { contentTypeEssence == MediaType.csv.rawValue }

    /// Whether the body is an array in NumPy's format.
    var isNPY: Bool { contentTypeEssence == MediaType.npy.rawValue }

    /// Whether the body has nothing but data, and the query has the members that JSON would have beside them.
    var hasOptionsInQuery: Bool { isCSV || isNPY }

    /// Whether the body was sent as curl sends what it is not told the type of.
    var claimsForm: Bool { contentTypeEssence == Self.form }

    private static let form = "application/x-www-form-urlencoded"

    private var contentTypeEssence: String? {
        fields["Content-Type"].map { String($0.prefix { $0 != ";" && $0 != " " && $0 != "\t" }).lowercased() }
    }
}
