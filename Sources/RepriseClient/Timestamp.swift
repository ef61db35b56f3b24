/// The timestamp of a row, as the request had it.
public enum Timestamp: Codable, Hashable, Sendable, CustomStringConvertible {
    /// A string, such as `2026-01-31T12:00:00Z`.
    case text(String)
    /// A number, such as Unix time in seconds.
    case number(Double)

    /// Decodes a string or a number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    /// Encodes a string or a number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        }
    }

    /// The string, or the number; a whole number has no decimal point.
    public var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        }
    }
}
