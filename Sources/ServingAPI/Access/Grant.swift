import ModelStore

/// What an API key may do with which models: `read` with all, `infer:pump-*` with those whose names begin
/// with `pump-`, `infer:pump` with one.
public struct Grant: Hashable, Sendable, CustomStringConvertible {
    /// The rule for grants, for messages.
    public static let rule =
        "\(Scope.allCases.map(\.rawValue).joined(separator: ", ")), or one of them for some models, such as "
        + "infer:pump-*"

    let scope: Scope
    /// A name, or the beginning of names followed by `*`; nil for all models.
    private let pattern: String?

    /// The grant of a scope for all models.
    public init(_ scope: Scope) {
        self.scope = scope
        pattern = nil
    }

    /// Reads a grant as written in a file of keys; nil for other text.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        guard let scope = Scope(rawValue: parts[0]) else { return nil }
        self.scope = scope
        pattern = parts.count == 2 ? parts[1] : nil
        guard let pattern else { return }
        guard ModelName.isValid(pattern.hasSuffix("*") ? String(pattern.dropLast()) : pattern) else {
            return nil
        }
    }

    /// The grant as written in a file of keys.
    public var description: String { scope.rawValue + (pattern.map { ":\($0)" } ?? "") }

    /// Whether the grant is for all models.
    var isForAllModels: Bool { pattern == nil }

    /// Whether the grant is for a model. Case matters.
    func covers(model name: String) -> Bool {
        guard let pattern else { return true }
        return pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
    }
}
