import APITesting
import Foundation
import FoundationXML

/// An SVG document, read by a strict XML parser.
struct Picture {
    struct Element {
        let name: String
        let attributes: [String: String]
        var text = ""

        var classes: [Substring] { attributes["class"]?.split(separator: " ") ?? [] }
        subscript(attribute: String) -> Double { attributes[attribute].flatMap(Double.init) ?? 0 }
    }

    let elements: [Element]

    /// - Throws: ``HarnessError`` if the response is not an SVG document, or not well-formed XML.
    init(_ response: APIResponse) throws {
        guard response.status == 200, response.mediaType == "image/svg+xml" else {
            throw HarnessError(response.text)
        }
        let parser = XMLParser(data: Data(response.body))
        let reader = Reader()
        parser.delegate = reader
        guard parser.parse() else { throw HarnessError("\(String(describing: parser.parserError))") }
        elements = reader.elements
    }

    /// Returns the elements of a class.
    subscript(style: String) -> [Element] { elements.filter { $0.classes.contains { $0 == style } } }

    var texts: [String] { elements.filter { $0.name == "text" }.map(\.text) }

    /// Returns the text of the first element with a name, such as `title`.
    func text(of name: String) -> String? { elements.first { $0.name == name }?.text }

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [Element] = []
        private var open: [Int] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) {
            open.append(elements.count)
            elements.append(Element(name: name, attributes: attributes))
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            if let index = open.last { elements[index].text += text }
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            open.removeLast()
        }
    }
}

extension API {
    /// Returns the flow diagram of an architecture.
    func diagram(_ architecture: JSON) throws -> Picture { try picture("/summary", architecture) }

    func picture(_ path: String, _ body: JSON) throws -> Picture {
        try Picture(post(path, text: "\(body)", fields: [(name: "Accept", value: "image/svg+xml")]))
    }
}
