/// The header of an `.npy` file: a Python dictionary with exactly these three members (NEP 1, and
/// numpy.lib.format).
///
///     {'descr': '<f4', 'fortran_order': False, 'shape': (128, 30, 8), }
struct NPYHeader: Equatable {
    /// The type of an element, such as `<f4`.
    let descr: String
    /// Whether the array is stored with the first axis varying fastest.
    let isFortranOrder: Bool
    /// The number of elements along each axis; can be 0.
    let shape: [Int]
    /// The offset of the first element in the file.
    let dataStart: Int

    /// The first bytes of every file, before the version.
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// The maximum header length in bytes, which is NumPy's limit too. Headers of plain arrays have 118.
    private static let maxLength = 10_000
    /// The maximum number of axes, as in NumPy.
    static let maxAxes = 64

    /// Reads the header of a file.
    /// - Throws: ``NPYError`` for a file in another format or of an unknown version, and for a header that is
    ///   malformed, incomplete or over a limit.
    init(_ file: [UInt8]) throws(NPYError) {
        guard file.starts(with: Self.magic), file.count >= 10 else {
            throw NPYError("is not an .npy file: it does not begin with \\x93NUMPY; write it with numpy.save")
        }
        // Every known version has the minor version 0.
        guard (1...3).contains(file[6]), file[7] == 0 else {
            throw NPYError("has the .npy version \(file[6]).\(file[7]); 1.0, 2.0 or 3.0 is expected")
        }
        let lengthBytes = file[6] == 1 ? 2 : 4
        let headerStart = 8 + lengthBytes
        let length = file[8..<min(headerStart, file.count)].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.maxLength else {
            throw NPYError("has a header of \(length) bytes; the maximum is \(Self.maxLength)")
        }
        guard file.count >= headerStart + length else { throw NPYError("ends within its header") }
        dataStart = headerStart + length
        var literal = PythonLiteral(file[headerStart..<dataStart])
        (descr, isFortranOrder, shape) = try literal.header()
        guard shape.count <= Self.maxAxes else {
            throw NPYError("has \(shape.count) axes; the maximum is \(Self.maxAxes)")
        }
    }
}

/// A parser of the subset of Python literals that headers consist of.
private struct PythonLiteral {
    private var rest: ArraySlice<UInt8>
    private let start: Int

    init(_ text: ArraySlice<UInt8>) {
        rest = text
        start = text.startIndex
    }

    /// Reads the dictionary: the three members once each, in any order, with nothing but blanks after it.
    mutating func header() throws(NPYError) -> (String, Bool, [Int]) {
        var (descr, isFortranOrder, shape): (String?, Bool?, [Int]?)
        try expect("{")
        while !skip("}") {
            let name = try string()
            try expect(":")
            switch name {
            case "descr" where descr == nil: descr = try elementType()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try bool()
            case "shape" where shape == nil: shape = try tuple()
            default: throw malformed("a member is unknown or repeated")
            }
            if !skip(",") {
                try expect("}")
                break
            }
        }
        skipBlanks()
        guard rest.isEmpty else { throw malformed("text follows the dictionary") }
        guard let descr, let isFortranOrder, let shape else {
            throw malformed("descr, fortran_order and shape are required")
        }
        return (descr, isFortranOrder, shape)
    }

    /// Reads an element type. A structured type, which is a list, is an error.
    private mutating func elementType() throws(NPYError) -> String {
        if skip("[") {
            throw NPYError(
                "has a structured element type, as records have; numbers are expected: "
                    + "df.to_numpy(dtype=float), or numpy.lib.recfunctions.structured_to_unstructured(array)")
        }
        return try string()
    }

    private mutating func string() throws(NPYError) -> String {
        skipBlanks()
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
            let end = rest.firstIndex(of: quote)
        else { throw malformed("a quoted string is missing") }
        let text = rest[..<end]
        // Every supported name and type is printable ASCII.
        guard text.count <= 64, text.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\\") })
        else { throw malformed("a string is too long or has characters other than printable ASCII") }
        rest = rest[(end + 1)...]
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func bool() throws(NPYError) -> Bool {
        if skip("True") { return true }
        guard skip("False") else { throw malformed("fortran_order is neither True nor False") }
        return false
    }

    /// Reads a tuple of integers: `()`, `(3,)`, `(3, 4)`.
    private mutating func tuple() throws(NPYError) -> [Int] {
        try expect("(")
        var numbers: [Int] = []
        while !skip(")") {
            numbers.append(try integer())
            if !skip(",") {
                guard numbers.count > 1 else { throw malformed("the shape is not a tuple") }
                try expect(")")
                break
            }
        }
        return numbers
    }

    private mutating func integer() throws(NPYError) -> Int {
        skipBlanks()
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
            throw malformed("the shape is not a tuple of integers from 0 up")
        }
        rest = rest[digits.endIndex...]
        return number
    }

    private mutating func expect(_ text: StaticString) throws(NPYError) {
        guard skip(text) else { throw malformed("'\(text)' is missing") }
    }

    /// Skips the text if it comes next, after blanks. Returns whether it did.
    private mutating func skip(_ text: StaticString) -> Bool {
        skipBlanks()
        return text.withUTF8Buffer { text in
            guard rest.starts(with: text) else { return false }
            rest = rest.dropFirst(text.count)
            return true
        }
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    }

    private func malformed(_ what: String) -> NPYError {
        NPYError("has a malformed header: \(what), at byte \(rest.startIndex - start) of the dictionary")
    }
}
