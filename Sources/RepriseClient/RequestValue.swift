#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The value of one member of a request. The client has no types for the members themselves: openapi.yaml
/// lists their names, types and defaults, and the server checks them.
public enum RequestValue: Sendable {
    /// A string. In a query it stands without quotes.
    case string(String)
    /// JSON text, which is sent as it was written.
    case json([UInt8])

    /// Encodes a value as JSON.
    /// - Throws: ``ClientError`` if the value holds NaN or an infinity.
    public init(_ value: some Encodable) throws(ClientError) {
        if let text = value as? String {
            self = .string(text)
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        do {
            self = .json(Array(try encoder.encode(value)))
        } catch {
            throw ClientError("a request cannot hold NaN or an infinity; send null for a missing value")
        }
    }

    /// An object with its members in the order of their names.
    public static func object(_ members: [String: RequestValue]) throws(ClientError) -> RequestValue {
        var text = [UInt8(ascii: "{")]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            text += try Self.quoted(name) + [UInt8(ascii: ":")]
            text += try value.text
        }
        return .json(text + [UInt8(ascii: "}")])
    }

    /// The value as JSON text.
    var text: [UInt8] {
        get throws(ClientError) {
            switch self {
            case .string(let string): try Self.quoted(string)
            case .json(let text): text
            }
        }
    }

    /// The value as a query parameter, not yet percent-encoded.
    public var parameter: String {
        switch self {
        case .string(let string): string
        case .json(let text): String(decoding: text, as: UTF8.self)
        }
    }

    /// A string in quotes. An array of one string is encoded and its brackets are dropped, because `init`
    /// keeps a string as it is.
    private static func quoted(_ string: String) throws(ClientError) -> [UInt8] {
        guard case .json(let array) = try RequestValue([string]) else { return [] }
        return Array(array.dropFirst().dropLast())
    }
}
