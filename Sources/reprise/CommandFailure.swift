import RepriseClient
import ServingAPI

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
            } else if !error.remedies.isEmpty {
                Self.hint(error.remedies.map { (option: $0.option, value: $0.value) })
            } else if error.status == 401 {
                "set REPRISE_API_KEY to a key of this server"
            } else if let hint = error.problem.flatMap({ ProblemType(rawValue: $0) }).flatMap(Self.hint) {
                hint
            } else if error.status == 400 || error.status == 422, command != "jobs",
                !Self.isData(error.pointer ?? "")
            {
                "reprise \(command) --help describes the options"
            } else {
                nil
            }
    }

    /// A hint that names other commands.
    private static func hint(_ problem: ProblemType) -> String? {
        switch problem {
        case .unknownModel: "reprise models lists the models, and reprise versions the versions of a model"
        case .unknownJob: "reprise jobs lists the jobs"
        case .aliasInUse: "reprise alias sets an alias to another version, or deletes it"
        case .invalidModelFile: "upload a safetensors file, such as reprise download writes"
        default: nil
        }
    }

    /// A hint that names options, each of which is a way to read data.
    static func hint(_ remedies: [(option: String, value: String)]) -> String {
        "add "
            + remedies.map { "\(OptionName(member: $0.option).flag) \($0.value.shellQuoted)" }
            .joined(separator: " or ")
    }

    /// Whether a JSON pointer into a request leads to data, and not to an option.
    private static func isData(_ pointer: String) -> Bool {
        let member = pointer.dropFirst().prefix { $0 != "/" }
        return ["series", "windows", "recordings", "timestamps"].contains(member)
    }

    var description: String { hint.map { "\(detail)\nHint: \($0)" } ?? detail }
}

extension String {
    /// The text as one word of a POSIX shell.
    var shellQuoted: String {
        let isPlain = utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_-./:,+@".utf8.contains($0)
            }
        }
        return isPlain && !isEmpty ? self : "'\(replacing("'", with: "'\\''"))'"
    }
}
