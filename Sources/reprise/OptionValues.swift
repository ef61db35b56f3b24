import ArgumentParser

/// A list with commas, such as `64,32`.
struct List<Element: LosslessStringConvertible & Encodable & Sendable>: ExpressibleByArgument, Encodable {
    private let elements: [Element]

    init?(argument: String) {
        let elements = argument.split(separator: ",", omittingEmptySubsequences: false)
            .map { Element(String($0)) }
        guard !elements.contains(where: { $0 == nil }) else { return nil }
        self.elements = elements.compactMap { $0 }
    }

    func encode(to encoder: any Encoder) throws { try elements.encode(to: encoder) }
}

/// A file that holds the value of an option as JSON.
struct JSONFile: ExpressibleByArgument {
    static var defaultCompletionKind: CompletionKind { .file() }

    private let file: InputFile

    init(argument: String) { file = InputFile(argument) }

    func read() throws -> [UInt8] { try file.read() }
}
