/// What a command prints when it fails: what was wrong, and what to try.
struct CommandFailure: Error, CustomStringConvertible {
    private let detail: String
    private let hint: String?

    init(_ detail: String, hint: String? = nil) {
        self.detail = detail
        self.hint = hint
    }

    var description: String { hint.map { "\(detail)\nHint: \($0)" } ?? detail }
}
