/// One member of a weighted list, such as Accept (RFC 9110, 12.4.2).
struct WeightedMember {
    let value: Substring
    let quality: Double
    private let parameters: [Substring]

    /// Returns nil for a member without a value or with an invalid weight, which is ignored.
    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map { Self.trimmed($0) }
        guard let value = parts.first else { return nil }
        self.value = value
        parameters = Array(parts.dropFirst())
        let quality = Self.parameter("q", of: parameters).map { Double($0) ?? -1 } ?? 1
        guard (0...1).contains(quality) else { return nil }
        self.quality = quality
    }

    /// The value of the parameter with a name in lower case, without quotes; nil if there is none.
    func parameter(_ name: String) -> Substring? {
        Self.parameter(name, of: parameters).map { value in
            value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
                ? value.dropFirst().dropLast() : value
        }
    }

    private static func parameter(_ name: String, of parameters: [Substring]) -> Substring? {
        parameters.first { $0.lowercased().hasPrefix(name + "=") }.map { $0.dropFirst(name.count + 1) }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { start[...$0] } ?? ""
    }
}
