/// One member of a weighted list, such as Accept (RFC 9110, 12.4.2).
struct WeightedMember {
    let value: Substring
    let quality: Double

    /// Returns nil for a member without a value or with an invalid weight, which is ignored.
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
