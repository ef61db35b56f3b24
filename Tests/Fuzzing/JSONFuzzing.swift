import Foundation
import JSON

/// Fuzzes the JSON reader: it must accept the same input as Foundation, except for limits and for trailing
/// commas, which Foundation accepts, and for numbers beyond the range of a double, which Foundation refuses;
/// and a value must be unchanged after it is written and read again.
enum JSONFuzzing {
    private static let tensors: Set<String> = ["series", "windows", "a/*/b"]

    static func finding(_ input: [UInt8]) -> String? {
        let foundationAccepts = isJSON(input)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.parse(input, tensors: tensors)
        } catch {
            let isValid = error.kind == .malformed && foundationAccepts && !isFoundationLenient(input)
            return isValid ? "refused valid JSON: \(error)" : nil
        }
        guard foundationAccepts || isJSON(limitingNumbers(of: input)) else { return "accepted invalid JSON" }
        return roundTripFinding(value)
    }

    private static func isJSON(_ input: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)) != nil
    }

    /// Returns a document with smaller numbers in the same syntax: exponents of two digits or more become 1,
    /// and of 100 digits or more the first stays.
    private static func limitingNumbers(of input: [UInt8]) -> [UInt8] {
        func digits(from start: Int) -> Int {
            input[start...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        }
        var output: [UInt8] = []
        var position = 0
        while position < input.count {
            let byte = input[position]
            let count = digits(from: position)
            if count > 0 {
                let isExponent = output.last.map { "eE+".utf8.contains($0) } ?? false
                let isLong = count >= 100 && byte != UInt8(ascii: "0")
                output +=
                    isExponent && count >= 2
                    ? [UInt8(ascii: "1")] : Array(input[position...].prefix(isLong ? 1 : count))
                position += count
            } else {
                output.append(byte)
                position += 1
            }
        }
        return output
    }

    /// Whether Foundation may accept the input although it is not valid JSON: it also accepts UTF-16 and
    /// UTF-32, which it recognizes by NULs and byte order marks, and commas before closing brackets.
    private static func isFoundationLenient(_ input: [UInt8]) -> Bool {
        let text = input.filter { !" \t\r\n".utf8.contains($0) }
        let hasComma = zip(text, text.dropFirst()).contains {
            $0 == UInt8(ascii: ",") && ($1 == UInt8(ascii: "]") || $1 == UInt8(ascii: "}"))
        }
        return hasComma || input.contains(0) || input.first.map { $0 >= 0xef } == true
    }

    private static func roundTripFinding(_ value: JSONValue) -> String? {
        let text = text(value)
        do throws(JSONError) {
            let again = self.text(try JSONReader.parse(text, tensors: tensors))
            return again == text ? nil : "\(String(decoding: text, as: UTF8.self)) was read as another value"
        } catch {
            return "written JSON cannot be read: \(error)"
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
