import ArgumentParser
import Glibc
import JSON

/// The environment variables of the commands. `REPRISE_MAX_BODY=128` is `--max-body 128` of `serve`; client
/// commands read `REPRISE_URL` and `REPRISE_API_KEY`. Arguments override variables, and an empty variable
/// counts as not set.
enum Environment {
    private static let prefix = "REPRISE_"
    private static let clientVariables = ["REPRISE_API_KEY", "REPRISE_URL"]

    /// Returns the arguments of a command with those from variables inserted before them.
    /// - Throws: ``CommandFailure`` with the name of the variable for an invalid value.
    static func arguments(_ arguments: [String], _ variables: [String]) throws -> [String] {
        let isHelp = arguments.contains { ["-h", "--help"].contains($0) }
        guard arguments.first == "serve", !isHelp else { return arguments }
        var options: [String] = []
        for (name, value) in ours(variables) where !value.isEmpty {
            guard let option = serveOptions.first(where: { $0.variable == name }) else { continue }
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

    /// Joins the lines of a message, which may end with a list of choices.
    private static func oneLine(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(/\s*(- )?/) }
        let choices = lines.dropFirst().filter { !$0.isEmpty }.joined(separator: ", ")
        return choices.isEmpty ? message : "\(lines[0]) \(choices)"
    }

    /// Variables with our prefix that no command reads, each with the variable that its name is a misspelling
    /// of; nil if no name is close. The prefix, which all share, does not make names similar.
    static func unknown(_ variables: [String]) -> [(name: String, meant: String?)] {
        let known = serveOptions.map(\.variable) + clientVariables
        let names = known.map { String($0.dropFirst(prefix.count)) }
        return ours(variables).map(\.name).filter { !known.contains($0) }.map { variable in
            let name = String(variable.dropFirst(prefix.count))
            return (variable, Spelling.nearest(to: name, among: names).map { prefix + $0 })
        }
    }

    /// The value of a variable of this process; nil if it is not set, or empty.
    static func value(_ name: String) -> String? {
        ours(variables).last { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// The server that client commands call; nil if no variable names one.
    static var serverURL: String? { value("REPRISE_URL") }

    /// The port of a server on this machine.
    static var port: UInt16 { value("REPRISE_PORT").flatMap { UInt16($0) } ?? 8080 }

    private static func ours(_ variables: [String]) -> [(name: String, value: String)] {
        variables.sorted().compactMap { variable in
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].hasPrefix(prefix) else { return nil }
            let (name, value) = (String(parts[0]), String(parts[1]))
            return isServiceLink(name, value) ? nil : (name, value)
        }
    }

    /// Whether Kubernetes has set a variable. Each pod gets variables for each Service of its namespace.
    /// Those of a Service named `reprise` or `reprise-x` have our prefix: `REPRISE_SERVICE_HOST`,
    /// `REPRISE_SERVICE_PORT`, optionally with the name of a port, `REPRISE_PORT=tcp://10.0.0.1:80`, and
    /// `REPRISE_PORT_80_TCP`, optionally with `_ADDR`, `_PORT` or `_PROTO`.
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

    /// The options of `serve` and of its groups, as they are declared.
    private static let serveOptions = options(of: Serve())

    private static func options(of command: any ParsableArguments) -> [ServeOption] {
        Mirror(reflecting: command).children.flatMap { child -> [ServeOption] in
            if let group = child.value as? any GroupDeclaration {
                return options(of: type(of: group).groupType.init())
            }
            guard let option = child.value as? any OptionDeclaration, let label = child.label else {
                return []
            }
            return [ServeOption(name: OptionName(property: label), isFlag: type(of: option).isFlag)]
        }
    }
}

/// An option of `serve`.
private struct ServeOption {
    let name: OptionName
    let isFlag: Bool

    var variable: String { name.variable }

    /// The argument for the value of the variable.
    func argument(_ value: String) throws -> String {
        guard isFlag else { return "\(name.flag)=\(value)" }
        switch value.lowercased() {
        case "true", "1": return name.flag
        case "false", "0": return name.opposite
        default: throw CommandFailure("\(variable): must be true or false")
        }
    }
}
