/// When a row was measured, as the request has said it.
public enum Timestamp: Codable, Hashable, Sendable, CustomStringConvertible {
    /// Such as `2026-01-31T12:00:00Z`.
    case text(String)
    /// Such as seconds of Unix.
    case number(Double)

    /// Reads a string or a number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    /// Writes a string or a number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        }
    }

    /// The text, or the number without a fraction that it hasn't.
    public var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        }
    }
}
