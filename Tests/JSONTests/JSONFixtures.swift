import JSON

/// Documents and helpers that the tests of JSON share.
enum JSONFixtures {
    /// The paths that the tests read as tensors.
    static let tensors: Set<String> = ["windows", "series", "inputs/*/data"]

    /// A document with every type of value.
    static let everything = #"""
        {"model": "toy \"ü\" \u00e9\ud83d\ude00\n", "windows": [[[0.3, 0.027], [-4e-1, null]], \#
        [[5, 1E2], [0, -0.0]]],
         "epochs": 300, "rate": 1e-3, "shuffle": true, "quiet": false, "none": null, "empty": {}, "list": [],
         "layers": [{"type": "LSTM", "units": [128, 64]}, [[]], "x"], "inputs": [{"data": [1, 2.5]}]}
        """#

    /// Parses text, with `tensors`.
    static func parse(_ text: String) throws(JSONError) -> JSONValue {
        try JSONReader.parse(Array(text.utf8), tensors: tensors)
    }

    /// Parses text as the tensor "windows"; nil if it is not one.
    static func windows(_ text: String) throws -> Tensor? {
        guard case .object(let object) = try parse(#"{"windows":\#(text)}"#),
            case .tensor(let tensor)? = object["windows"]
        else { return nil }
        return tensor
    }
}

extension JSONWriter {
    /// Writes a tree.
    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.value(bool)
        case .integer(let integer): self.value(Int(integer))
        case .number(let number): self.value(number)
        case .string(let string): self.value(string)
        case .array(let elements): array { for element in elements { $0.value(element) } }
        case .object(let object):
            self.object {
                for member in object.members {
                    $0.name(member.name)
                    $0.value(member.value)
                }
            }
        case .tensor(let tensor): self.tensor(tensor.values[...], shape: tensor.shape)
        }
    }

    /// The bytes as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Returns the text of a tree.
    static func text(of value: JSONValue) -> String {
        var json = JSONWriter()
        json.value(value)
        return json.text
    }
}
