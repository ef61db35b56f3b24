import ArgumentParser
import Glibc
import JSON

/// The options of `serve` from environment variables, as containers are configured: `REPRISE_MAX_BODY=128` is
/// `--max-body 128`. Options that are written out win, and an empty variable is as good as none.
enum Environment {
    private static let prefix = "REPRISE_"
    /// What the commands that are clients read.
    private static let ofClients = ["REPRISE_API_KEY"]

    /// The arguments with those of the environment put in. Throws ``CommandFailure`` for a value that is none, naming its
    /// variable.
    static func arguments(_ arguments: [String], _ variables: [String]) throws -> [String] {
        let isHelp = arguments.contains { ["-h", "--help"].contains($0) }
        guard arguments.first == "serve", !isHelp else { return arguments }
        var options: [String] = []
        for (name, value) in ours(variables) where !value.isEmpty {
            guard let option = ServeOption.all.first(where: { $0.variable == name }) else { continue }
            let argument = try option.argument(value)
            do {
                _ = try Serve.parse([argument])
            } catch {
                throw CommandFailure("\(name): \(oneLine(Serve.message(for: error)))")
            }
            options.append(argument)
        }
        return ["serve"] + options + arguments.dropFirst()
    }

    /// A message, and the choices that it may list below.
    private static func oneLine(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(/\s*(- )?/) }
        let choices = lines.dropFirst().filter { !$0.isEmpty }.joined(separator: ", ")
        return choices.isEmpty ? message : "\(lines[0]) \(choices)"
    }

    /// Variables that look like options and are none, and what may be meant.
    static func unknown(_ variables: [String]) -> [(name: String, meant: String?)] {
        let known = ServeOption.all.map(\.variable) + ofClients
        return ours(variables).map(\.name).filter { !known.contains($0) }.map {
            ($0, Spelling.nearest(to: $0, among: known))
        }
    }

    /// The port that `serve` takes by default.
    static var port: UInt16 {
        ours(variables).last { $0.name == "REPRISE_PORT" }.flatMap { UInt16($0.value) } ?? 8080
    }

    private static func ours(_ variables: [String]) -> [(name: String, value: String)] {
        variables.sorted().compactMap { variable in
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].hasPrefix(prefix) else { return nil }
            let (name, value) = (String(parts[0]), String(parts[1]))
            return isServiceLink(name, value) ? nil : (name, value)
        }
    }

    /// Whether Kubernetes has set a variable. It gives each pod some for each Service of its namespace, and a Service called
    /// `reprise`, or `reprise-x`, is a likely one: `REPRISE_SERVICE_HOST`, `REPRISE_SERVICE_PORT`, with the name of a port
    /// too, `REPRISE_PORT=tcp://10.0.0.1:80`, and `REPRISE_PORT_80_TCP` with or without `_ADDR`, `_PORT`, `_PROTO`.
    private static func isServiceLink(_ name: String, _ value: String) -> Bool {
        name.wholeMatch(of: /REPRISE(_[A-Z0-9_]+)?_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)/) != nil
            || name.wholeMatch(of: /REPRISE(_[A-Z0-9_]+)?_PORT_[0-9]+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?/)
                != nil
            || name.wholeMatch(of: /REPRISE(_[A-Z0-9_]+)?_PORT/) != nil
                && value.prefixMatch(of: /(tcp|udp|sctp):\/\//) != nil
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

/// An option of `serve`: whatever is declared as one.
private struct ServeOption {
    /// Such as `max-body`.
    private let name: String
    private let isFlag: Bool

    /// The same, such as `REPRISE_MAX_BODY`.
    var variable: String { "REPRISE_" + name.uppercased().replacing("-", with: "_") }

    static let all: [ServeOption] = [
        Mirror(reflecting: Serve()), Mirror(reflecting: LogOptions()), Mirror(reflecting: LimitOptions()),
    ].flatMap(\.children).compactMap(ServeOption.init)

    /// nil for what is no option. Names are made as the argument parser makes them.
    private init?(_ child: Mirror.Child) {
        guard let label = child.label, let declaration = child.value as? any Declaration else { return nil }
        name = label.drop { $0 == "_" }.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined()
        isFlag = declaration.isFlag
    }

    /// What to write for a value of its variable.
    func argument(_ value: String) throws -> String {
        guard isFlag else { return "--\(name)=\(value)" }
        switch value.lowercased() {
        case "true", "1": return "--\(name)"
        case "false", "0": return "--no-\(name)"
        default: throw CommandFailure("\(variable): must be true or false")
        }
    }
}

/// How an option is declared.
private protocol Declaration {
    var isFlag: Bool { get }
}

extension Option: Declaration {
    fileprivate var isFlag: Bool { false }
}

extension Flag: Declaration {
    fileprivate var isFlag: Bool { true }
}
