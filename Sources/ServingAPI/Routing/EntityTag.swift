import HTTP1

/// An entity tag (RFC 9110, 8.8.3).
struct EntityTag: Equatable, Sendable {
    /// The text between the quotes.
    private let opaque: Substring
    /// Whether representations with the same tag may differ in their bytes, for example by a content coding.
    private let isWeak: Bool

    /// A tag of a text that has no quotes.
    init(_ opaque: some StringProtocol, isWeak: Bool) {
        self.opaque = Substring(opaque)
        self.isWeak = isWeak
    }

    /// The strong tag of a model's file.
    /// - Parameter digest: identifies the content, in hexadecimal.
    init(fileDigest digest: String) { self.init(digest.prefix(32), isWeak: false) }

    /// The tag as in a header field.
    var text: String { (isWeak ? "W/" : "") + "\"\(opaque)\"" }

    /// How two tags are compared (RFC 9110, 8.8.3.2).
    enum Comparison {
        /// Both must be strong.
        case strong
        case weak
    }

    /// Whether fields such as If-Match list the tag.
    func isListed(in values: [String], by comparison: Comparison) -> Bool {
        values.contains { Self.list($0).contains { matches($0, by: comparison) } }
    }

    /// Whether If-Range is the tag, by the strong comparison (RFC 9110, 13.1.5).
    func isEqual(to value: String) -> Bool { !isWeak && value == text }

    private func matches(_ other: EntityTag, by comparison: Comparison) -> Bool {
        opaque == other.opaque && (comparison == .weak || !isWeak && !other.isWeak)
    }

    /// The tags of a list, up to the first member that is not a tag. A tag may contain commas.
    private static func list(_ value: String) -> [EntityTag] {
        var tags: [EntityTag] = []
        var rest = value[...]
        while true {
            rest = rest.drop { $0 == "," || $0 == " " || $0 == "\t" }
            let isWeak = rest.hasPrefix("W/")
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.popFirst() == "\"", let end = rest.firstIndex(of: "\"") else { return tags }
            tags.append(EntityTag(rest[..<end], isWeak: isWeak))
            rest = rest[end...].dropFirst()
        }
    }
}
