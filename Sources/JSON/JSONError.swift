/// What is wrong with a JSON body, and where.
package struct JSONError: Error, Equatable {
    package enum Kind: Sendable {
        /// Not JSON, or not within the limits of the grammar: the 400 of HTTP.
        case malformed
        /// JSON, but not what was asked for: the 422 of HTTP.
        case invalid
    }

    package var kind: Kind

    /// JSON pointer (RFC 6901) to the value, as far as reading came; "" is the whole body.
    package var pointer: String

    /// What was wrong, where, and what would be right. Text from the body is quoted and cut.
    package var detail: String

    package init(_ kind: Kind, at pointer: String = "", _ detail: String) {
        self.kind = kind
        self.pointer = pointer
        self.detail = detail
    }

    /// The same error seen from the object that has the value under `name`.
    func inside(member name: String) -> JSONError {
        JSONError(kind, at: JSONPointer.member(name) + pointer, detail)
    }

    /// The same error seen from the array that has the value at `index`.
    func inside(element index: Int) -> JSONError {
        JSONError(kind, at: "/\(index)" + pointer, detail)
    }
}

/// Writes JSON pointers (RFC 6901).
package enum JSONPointer {
    /// "/" and the name with "~" as "~0" and "/" as "~1", cut if it is a monster.
    package static func member(_ name: String) -> String {
        var pointer = "/"
        for character in name.unicodeScalars.prefix(Quote.limit) {
            switch character {
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.unicodeScalars.append(character)
            }
        }
        return pointer
    }
}
