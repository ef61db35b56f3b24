import Glibc

/// The options of `serve` from environment variables, as containers are configured: `REPRISE_SERVE_MAX_BODY=128` is
/// `--max-body 128`. Options that are written out win.
///
/// The long prefix has a reason: a cluster gives each program variables such as `REPRISE_PORT` for a service that is
/// called reprise, and they mean something else.
enum Environment {
    private static let prefix = "REPRISE_SERVE_"

    /// The arguments with those of the environment put in.
    static func arguments(_ arguments: [String], _ variables: [String]) -> [String] {
        guard arguments.first == "serve" else { return arguments }
        let options = variables.sorted().flatMap { variable -> [String] in
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].hasPrefix(prefix) else { return [] }
            let name = parts[0].dropFirst(prefix.count).lowercased()
            return ["--" + name.split(separator: "_").joined(separator: "-"), String(parts[1])]
        }
        return ["serve"] + options + arguments.dropFirst()
    }

    /// All variables of this process, as `NAME=value`.
    static var variables: [String] {
        var variables: [String] = []
        var next = environ
        while let text = next.pointee {
            variables.append(String(cString: text))
            next += 1
        }
        return variables
    }
}
