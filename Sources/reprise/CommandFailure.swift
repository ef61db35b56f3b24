import RepriseClient

/// The error of a command: what was wrong in one line, and a hint what to do.
struct CommandFailure: Error, CustomStringConvertible {
    private let detail: String
    private let hint: String?

    init(_ detail: String, hint: String? = nil) {
        self.detail = detail
        self.hint = hint
    }

    /// The error of a call of the server.
    /// - Parameter command: the name of the subcommand.
    init(_ error: ClientError, command: String) {
        detail = error.description
        hint =
            if error.isUnreachable {
                "start the server with reprise serve, or name another one with --url or REPRISE_URL"
            } else if error.status == 401 {
                "set REPRISE_API_KEY to a key of this server"
            } else if error.status == 400 || error.status == 422, !Self.isData(error.pointer ?? "") {
                "reprise \(command) --help describes the options"
            } else {
                nil
            }
    }

    /// Whether a JSON pointer into a request leads to data, and not to an option.
    private static func isData(_ pointer: String) -> Bool {
        let member = pointer.dropFirst().prefix { $0 != "/" }
        return ["series", "windows", "recordings", "timestamps"].contains(member)
    }

    var description: String { hint.map { "\(detail)\nHint: \($0)" } ?? detail }
}
