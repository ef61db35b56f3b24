import ArgumentParser
import RepriseClient

/// Options that a command sends to the server by name: `--batch-size 8` becomes the member `batch_size` of
/// the request.
///
/// Declaring a property is all that an option needs. Options that are not given are not sent, so that the
/// server's defaults apply; the server also checks the values.
protocol RequestOptions: ParsableArguments {
    /// The member that holds the options as an object; nil if each option is a member of the request itself.
    static var member: String? { get }
}

extension RequestOptions {
    static var member: String? { nil }

    /// The given options and those of groups among them, by member.
    func members() throws -> [String: RequestValue] {
        var members: [String: RequestValue] = [:]
        for child in Mirror(reflecting: self).children {
            if let group = (child.value as? any GroupDeclaration)?.group as? any RequestOptions {
                let own = try group.members()
                if let member = type(of: group).member {
                    if !own.isEmpty { members[member] = try .object(own) }
                } else {
                    members.merge(own) { _, last in last }
                }
            } else if let option = child.value as? any OptionDeclaration, let label = child.label {
                members[OptionName(property: label).member] = try option.given.map(value)
            }
        }
        return members
    }

    private func value(_ given: Any) throws -> RequestValue {
        switch given {
        case let file as JSONFile: .json(try file.read())
        case let value as any Encodable: try RequestValue(value)
        default: preconditionFailure("an option of type \(type(of: given)) cannot be sent")
        }
    }
}
