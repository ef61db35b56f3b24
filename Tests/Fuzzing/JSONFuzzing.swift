import Foundation
import JSON

/// JSON is read as Foundation reads it, but for the limits and for a comma too many, which Foundation lets pass; and
/// what was read, written and read again is the same.
enum JSONFuzzing {
    private static let tensors: Set<String> = ["series", "windows", "a/*/b"]

    static func finding(_ input: [UInt8]) -> String? {
        let peerAccepts =
            (try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)) != nil
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.parse(input, tensors: tensors)
        } catch {
            let isGood = error.kind == .malformed && peerAccepts && !peerIsLenient(input)
            return isGood ? "refused good JSON: \(error)" : nil
        }
        guard peerAccepts else { return "accepted bad JSON" }
        return changed(value)
    }

    /// Foundation also takes UTF-16 and UTF-32, which it knows by their NULs and byte order marks, and commas before
    /// closing brackets.
    private static func peerIsLenient(_ input: [UInt8]) -> Bool {
        let text = input.filter { !" \t\r\n".utf8.contains($0) }
        let hasComma = zip(text, text.dropFirst()).contains {
            $0 == UInt8(ascii: ",") && ($1 == UInt8(ascii: "]") || $1 == UInt8(ascii: "}"))
        }
        return hasComma || input.contains(0) || input.first.map { $0 >= 0xef } == true
    }

    private static func changed(_ value: JSONValue) -> String? {
        let text = text(value)
        do throws(JSONError) {
            let again = self.text(try JSONReader.parse(text, tensors: tensors))
            return again == text ? nil : "\(String(decoding: text, as: UTF8.self)) was read as another value"
        } catch {
            return "can't read what it wrote: \(error)"
        }
    }

    private static func text(_ value: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        json.write(value)
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ json: JSONValue) {
        switch json {
        case .null: null()
        case .bool(let bool): value(bool)
        case .integer(let integer): value(Int(integer))
        case .number(let number): value(number)
        case .string(let string): value(string)
        case .array(let elements): array { for element in elements { $0.write(element) } }
        case .object(let object):
            self.object { writer in
                for member in object.members {
                    writer.name(member.name)
                    writer.write(member.value)
                }
            }
        case .tensor(let tensor): self.tensor(tensor.values[...], shape: tensor.shape)
        }
    }
}
