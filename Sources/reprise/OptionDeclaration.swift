import ArgumentParser

/// The name of an option in its different spellings.
struct OptionName {
    private let words: [String]

    /// - Parameter property: a property with the wrapper `@Option` or `@Flag`, as `Mirror` labels it.
    init(property: String) {
        let name = property.drop { $0 == "_" }
        words = name.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined().split(separator: "-")
            .map(String.init)
    }

    /// - Parameter member: a member of a request, such as `batch_size`.
    init(member: String) { words = member.split(separator: "_").map(String.init) }

    /// The name as a flag, for example `--batch-size`.
    var flag: String { "--" + words.joined(separator: "-") }
    /// The flag that negates it, for example `--no-batch-size`.
    var opposite: String { "--no-" + words.joined(separator: "-") }
    /// The name as a member of JSON or a query parameter, for example `batch_size`.
    var member: String { words.joined(separator: "_") }
    /// The environment variable, for example `REPRISE_BATCH_SIZE`.
    var variable: String { "REPRISE_" + words.joined(separator: "_").uppercased() }
}

/// A property with the wrapper `@Option` or `@Flag`.
protocol OptionDeclaration {
    /// Whether the option takes no value.
    static var isFlag: Bool { get }
    /// The value; nil if the option was not given. Only after parsing.
    var given: Any? { get }
}

extension Option: OptionDeclaration {
    static var isFlag: Bool { false }
    var given: Any? { unwrapped(wrappedValue) }
}

extension Flag: OptionDeclaration {
    static var isFlag: Bool { true }

    /// The value false of a flag without an opposite means that the flag was not given.
    var given: Any? {
        if let isSet = wrappedValue as? Bool, Value.self == Bool.self, !isSet { return nil }
        return unwrapped(wrappedValue)
    }
}

/// A property with the wrapper `@OptionGroup`.
protocol GroupDeclaration {
    /// The type of the group.
    static var groupType: any ParsableArguments.Type { get }
    /// The group. Only after parsing.
    var group: any ParsableArguments { get }
}

extension OptionGroup: GroupDeclaration {
    static var groupType: any ParsableArguments.Type { Value.self }
    var group: any ParsableArguments { wrappedValue }
}

/// The value of an optional, or any other value as it is.
private func unwrapped(_ value: Any) -> Any? {
    let mirror = Mirror(reflecting: value)
    return mirror.displayStyle == .optional ? mirror.children.first?.value : value
}
