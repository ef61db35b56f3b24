/// An error of a JSON body, or of a parameter in place of one of its members.
package struct JSONError: Error, Equatable {
    package enum Kind: Sendable {
        /// The body is not JSON: HTTP status 400.
        case malformed
        /// The body is JSON, but not what is expected, or beyond a limit: HTTP status 422.
        case invalid
    }

    package var kind: Kind

    /// JSON pointer (RFC 6901) to the value; "" for the whole body, nil for an error outside of it.
    package var pointer: String?

    /// One line that says what is wrong, where, and what would be right. Text from the body is quoted and
    /// truncated.
    package var detail: String

    package init(_ kind: Kind, at pointer: String? = "", _ detail: String) {
        self.kind = kind
        self.pointer = pointer
        self.detail = detail
    }

    /// Returns the error with the pointer relative to the object that has the value under `name`.
    func inside(member name: String) -> JSONError {
        JSONError(kind, at: pointer.map { JSONPointer.member(name) + $0 }, detail)
    }

    /// Returns the error with the pointer relative to the array that has the value at `index`.
    func inside(element index: Int) -> JSONError {
        JSONError(kind, at: pointer.map { "/\(index)" + $0 }, detail)
    }
}

/// Writes JSON pointers (RFC 6901).
package enum JSONPointer {
    /// Returns "/" and the name, in which "~" is "~0" and "/" is "~1". Names are truncated to ``Quote/limit``
    /// scalars.
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
