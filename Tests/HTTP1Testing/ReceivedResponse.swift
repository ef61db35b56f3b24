/// A response as parsed by a client.
package struct ReceivedResponse: Equatable {
    package var status = 0
    /// The field lines, without line ends.
    package var fields: [String] = []
    package var body: [UInt8] = []

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of the first field with a name, which is compared without regard to case.
    package subscript(_ name: String) -> String? {
        let prefix = name.lowercased() + ": "
        return fields.first { $0.lowercased().hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    /// Parses all complete responses in `bytes`.
    ///
    /// - Parameter toHead: whether they are responses to HEAD and have no body.
    package static func all(in bytes: [UInt8], toHead: Bool = false) -> [ReceivedResponse] {
        var rest = bytes[...]
        var all: [ReceivedResponse] = []
        while let (response, left) = next(in: rest, toHead: toHead) {
            all.append(response)
            rest = left
        }
        return all
    }

    /// Parses the first response. Returns it and the bytes after it; `nil` if it is not complete.
    package static func next(
        in bytes: ArraySlice<UInt8>, toHead: Bool = false
    ) -> (response: ReceivedResponse, rest: ArraySlice<UInt8>)? {
        guard let end = find("\r\n\r\n", in: bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 ") else { return nil }
        var response = ReceivedResponse(
            status: Int(first.dropFirst(9).prefix(3)) ?? 0, fields: lines.dropFirst().map(String.init))
        var rest = bytes[(end + 4)...]
        if toHead || response.status < 200 || response.status == 204 || response.status == 304 {
            return (response, rest)
        }
        if response["Transfer-Encoding"] == "chunked" {
            while true {
                guard let line = find("\r\n", in: rest),
                    let size = Int(String(decoding: rest[..<line], as: UTF8.self), radix: 16),
                    rest.endIndex - line >= size + 4
                else { return nil }
                response.body += rest[(line + 2)..<(line + 2 + size)]
                rest = rest[(line + 4 + size)...]
                if size == 0 { return (response, rest) }
            }
        }
        guard let length = response["Content-Length"].flatMap({ Int($0) }) else {
            response.body = Array(rest)
            return (response, [])
        }
        guard rest.count >= length else { return nil }
        response.body = Array(rest.prefix(length))
        return (response, rest.dropFirst(length))
    }

    private static func find(_ text: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let wanted = Array(text.utf8)
        guard bytes.count >= wanted.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - wanted.count)).first {
            bytes[$0] == wanted[0] && bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
        }
    }
}
