/// Shows text from a request in a message: in single quotes, printable, cut at a sane length, so that neither
/// a log nor a terminal that shows the message can be made to do anything.
package enum Quote {
    /// Unicode scalars of a text that are shown.
    static let limit = 64

    /// `'text'`, with control characters and others that do not print as `\u{…}`.
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
}
