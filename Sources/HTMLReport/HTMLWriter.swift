/// Writes HTML. All text and all values of attributes are escaped, so that no name from a file can become
/// markup.
struct HTMLWriter {
    private(set) var html = ""

    /// Writes an element with content.
    mutating func element(
        _ tag: String, _ attributes: KeyValuePairs<String, String> = [:],
        _ content: (inout HTMLWriter) -> Void
    ) {
        open(tag, attributes)
        content(&self)
        html += "</\(tag)>"
    }

    /// Writes an element with text.
    mutating func element(
        _ tag: String, _ attributes: KeyValuePairs<String, String> = [:], text: String
    ) {
        element(tag, attributes) { $0.text(text) }
    }

    /// Writes an element that has no content.
    mutating func void(_ tag: String, _ attributes: KeyValuePairs<String, String> = [:]) {
        open(tag, attributes)
    }

    /// Writes text.
    mutating func text(_ text: String) { html += Self.escaped(text) }

    /// Writes a style sheet, which must not have a `<`.
    mutating func style(_ sheet: String) {
        precondition(!sheet.contains("<"))
        html += "<style>\(sheet)</style>"
    }

    private mutating func open(_ tag: String, _ attributes: KeyValuePairs<String, String>) {
        html += "<\(tag)"
        for (name, value) in attributes { html += " \(name)=\"\(Self.escaped(value))\"" }
        html += ">"
    }

    /// Control characters other than white space are not allowed in HTML.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
