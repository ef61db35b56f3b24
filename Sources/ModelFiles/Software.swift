#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// This software, as it signs what it makes.
public enum Software {
    /// Its version (Semantic Versioning 2.0.0).
    public static let version = "0.1.0"

    /// Name and version.
    package static let name = "reprise \(version)"

    /// The time in UTC, as RFC 3339 writes it.
    package static var now: String { Date().ISO8601Format() }

    /// Whether a text is a time as RFC 3339 writes it.
    package static func isTime(_ text: String) -> Bool {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return (try? style.parse(text)) != nil && text.count >= 20
    }
}
