/// Names of models, which are safe in paths, file names, logs and metric labels.
public enum ModelName {
    /// The rule for names, for messages.
    public static let rule = "a letter or digit, then up to 127 letters, digits, dots, underscores or hyphens"

    /// Whether a name matches `[A-Za-z0-9][A-Za-z0-9._-]{0,127}`.
    public static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 128, isAlphanumeric(first) else { return false }
        return name.utf8.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
                || $0 == UInt8(ascii: "-")
        }
    }

    fileprivate static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

    fileprivate static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    fileprivate static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

/// Refers to a version of a model.
public enum VersionReference: Hashable, Sendable {
    /// The version with the highest number.
    case latest
    /// The version with this number.
    case number(Int)
    /// The version that an alias points to.
    case alias(String)

    /// The rule for references, for messages.
    public static let rule = "a number from 1 up, the name of an alias, or latest"

    /// Parses a component of a path: a number without leading zeros, `latest`, or the name of an alias; nil
    /// for others.
    public init?(_ text: String) {
        if text == "latest" {
            self = .latest
        } else if let number = Int(text), number > 0, text == String(number) {
            self = .number(number)
        } else if Self.isAlias(text) {
            self = .alias(text)
        } else {
            return nil
        }
    }

    /// Whether a text can be the name of an alias: it follows the rule for models, starts with a letter, and
    /// is not `latest`.
    public static func isAlias(_ text: String) -> Bool {
        ModelName.isValid(text) && text != "latest" && text.utf8.first.map(ModelName.isLetter) == true
    }
}

extension VersionReference: CustomStringConvertible {
    /// The reference as a component of a path.
    public var description: String {
        switch self {
        case .latest: "latest"
        case .number(let number): "\(number)"
        case .alias(let name): name
        }
    }
}
