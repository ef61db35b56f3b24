/// The path and the query of a request target (RFC 9112, 3.2).
public struct RequestTarget: Hashable, Sendable {
    /// The path as sent, not percent-decoded. It begins with a slash, or is `*` for OPTIONS.
    public let path: String

    /// The text after the question mark, not percent-decoded; `nil` without a question mark.
    public let query: String?

    init(path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?) {
        self.path = path.isEmpty ? "/" : String(decoding: path, as: UTF8.self)
        self.query = query.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Parses a target in origin-form, such as `/models?limit=5`, or `*`. Returns `nil` if it is not valid.
    public init?(_ text: String) {
        var text = text
        let parsed = text.withUTF8 { bytes in
            try? TargetParser.parse(UnsafeRawBufferPointer(bytes), isOptions: true)
        }
        guard let parsed, parsed.authority == nil else { return nil }
        self = parsed.target
    }

    /// The path with percent-encoded unreserved characters decoded, which makes equivalent paths equal (RFC
    /// 3986, 6.2.2.2): `/%6Dodels` becomes `/models`, `%2F` stays as it is.
    public var normalizedPath: String {
        let bytes = path.utf8
        guard bytes.contains(UInt8(ascii: "%")) else { return path }
        var normalized: [UInt8] = []
        normalized.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            // The parser has checked that two hexadecimal digits follow.
            if byte == UInt8(ascii: "%"), let high = rest.first?.hexadecimal,
                let low = rest.dropFirst().first?.hexadecimal, ByteSet.unreserved.contains(high << 4 | low)
            {
                normalized.append(high << 4 | low)
                rest.removeFirst(2)
            } else {
                normalized.append(byte)
            }
        }
        return String(decoding: normalized, as: UTF8.self)
    }

    /// The segments of the path, percent-decoded. The path is split before it is decoded, so that `%2F` does
    /// not separate segments. `/` has no segments; `/a/` has two, `a` and an empty one.
    public var segments: [String] {
        guard path != "/", path.utf8.first == UInt8(ascii: "/") else { return [] }
        return path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Self.decoded($0, plusIsSpace: false) }
    }

    /// The items of the query, split at ampersands and then percent-decoded, with `+` for a space as in HTML
    /// forms. An item without an equals sign has an empty value; empty items are skipped.
    public var queryItems: [(name: String, value: String)] {
        guard let query else { return [] }
        return query.utf8.split(separator: UInt8(ascii: "&")).map { item in
            guard let equals = item.firstIndex(of: UInt8(ascii: "=")) else {
                return (name: Self.decoded(item, plusIsSpace: true), value: "")
            }
            return (
                name: Self.decoded(item[..<equals], plusIsSpace: true),
                value: Self.decoded(item[item.index(after: equals)...], plusIsSpace: true)
            )
        }
    }

    /// The value of the first query item with a name, which is case-sensitive; `nil` if there is none.
    public func query(_ name: String) -> String? {
        queryItems.first { $0.name == name }?.value
    }

    /// Decodes percent-encoded bytes; the parser has checked that they are well-formed. Bytes that are not
    /// valid UTF-8 become U+FFFD.
    private static func decoded(_ text: Substring.UTF8View, plusIsSpace: Bool) -> String {
        guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(Substring(text))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexadecimal, let low = rest.popFirst()?.hexadecimal else {
                    continue
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
