/// Quotes text from a request for a message: in single quotes, printable, and truncated, so that it cannot
/// inject lines into a log or control sequences into a terminal.
package enum Quote {
    /// Maximum number of Unicode scalars that are shown.
    static let limit = 64

    /// Returns `'text'`, with control characters and other characters that do not print as `\u{…}`.
    package static func text(_ text: some StringProtocol) -> String {
        var quoted = "'"
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == limit {
                quoted += "…"
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                quoted += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "'"
    }

    /// Returns `'a', 'b'`: at most 20 texts.
    package static func list(_ texts: [String]) -> String {
        let maxCount = 20
        return texts.prefix(maxCount).map { text($0) }.joined(separator: ", ")
            + (texts.count > maxCount ? ", …" : "")
    }
}
