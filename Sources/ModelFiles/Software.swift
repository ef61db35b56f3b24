#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The name and version that files and responses carry, and the format of their times.
public enum Software {
    /// The version (Semantic Versioning 2.0.0).
    public static let version = "0.2.0"

    /// The name and version, such as `reprise 0.2.0`.
    package static let name = "reprise \(version)"

    /// The current time in UTC (RFC 3339).
    package static var now: String { Date().ISO8601Format() }

    /// Whether a text is an RFC 3339 time.
    package static func isTimestamp(_ text: String) -> Bool {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return (try? style.parse(text)) != nil && text.count >= 20
    }
}
