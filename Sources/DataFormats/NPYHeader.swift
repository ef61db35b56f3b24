/// The header of an `.npy` file: a Python dictionary, of which this much is understood and nothing else (NEP 1, and
/// numpy.lib.format).
///
///     {'descr': '<f4', 'fortran_order': False, 'shape': (128, 30, 8), }
struct NPYHeader: Equatable {
    /// What an element is, such as `<f4`.
    let descr: String
    /// Whether the first index is the one that moves fastest.
    let isFortranOrder: Bool
    /// Elements along each axis; may be 0.
    let shape: [Int]
    /// Offset of the first element in the file.
    let dataStart: Int

    /// What every file begins with, before the version.
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// The longest header that is read. NumPy's own limit is 10,000; those of plain arrays take 118.
    private static let longest = 10_000
    /// The most axes of an array. NumPy has 64.
    private static let mostAxes = 64

    /// Reads what comes before the elements.
    /// - Throws: ``NPYError`` for what is no such file, and for one of an unknown version.
    init(_ file: [UInt8]) throws(NPYError) {
        guard file.starts(with: Self.magic), file.count >= 10 else {
            throw NPYError("is no .npy file: it doesn't begin with \\x93NUMPY; write it with numpy.save")
        }
        // The minor version is 0 in all that there are.
        guard (1...3).contains(file[6]), file[7] == 0 else {
            throw NPYError("is an .npy file of version \(file[6]).\(file[7]); known are 1.0, 2.0 and 3.0")
        }
        let lengthBytes = file[6] == 1 ? 2 : 4
        let headerStart = 8 + lengthBytes
        let length = file[8..<min(headerStart, file.count)].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= Self.longest else {
            throw NPYError("has a header of \(length) bytes; \(Self.longest) are the most")
        }
        guard file.count >= headerStart + length else { throw NPYError("ends within its header") }
        dataStart = headerStart + length
        var literal = PythonLiteral(file[headerStart..<dataStart])
        (descr, isFortranOrder, shape) = try literal.header()
        guard shape.count <= Self.mostAxes else { throw NPYError("has \(shape.count) axes") }
    }
}

/// As much of Python's grammar as headers need.
private struct PythonLiteral {
    private var rest: ArraySlice<UInt8>
    private let start: Int

    init(_ text: ArraySlice<UInt8>) {
        rest = text
        start = text.startIndex
    }

    /// The three members in any order, each once, and blanks behind them.
    mutating func header() throws(NPYError) -> (String, Bool, [Int]) {
        var (descr, isFortranOrder, shape): (String?, Bool?, [Int]?)
        try expect("{")
        while !take("}") {
            let name = try string()
            try expect(":")
            switch name {
            case "descr" where descr == nil: descr = try element()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try bool()
            case "shape" where shape == nil: shape = try tuple()
            default: throw malformed("a member is unknown or there twice")
            }
            if !take(",") {
                try expect("}")
                break
            }
        }
        skipBlanks()
        guard rest.isEmpty else { throw malformed("something follows the dictionary") }
        guard let descr, let isFortranOrder, let shape else {
            throw malformed("it needs descr, fortran_order and shape")
        }
        return (descr, isFortranOrder, shape)
    }

    /// A type as text; one of several fields is a list.
    private mutating func element() throws(NPYError) -> String {
        if take("[") {
            throw NPYError("has elements of several fields; send a plain array of float32 or float64")
        }
        return try string()
    }

    private mutating func string() throws(NPYError) -> String {
        skipBlanks()
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
            let end = rest.firstIndex(of: quote)
        else { throw malformed("a text in quotes is missing") }
        let text = rest[..<end]
        // No name and no type that is understood has any others.
        guard text.count <= 64, text.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\\") })
        else { throw malformed("a text has characters that are not expected") }
        rest = rest[(end + 1)...]
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func bool() throws(NPYError) -> Bool {
        if take("True") { return true }
        guard take("False") else { throw malformed("fortran_order is neither True nor False") }
        return false
    }

    /// `()`, `(3,)`, `(3, 4)`.
    private mutating func tuple() throws(NPYError) -> [Int] {
        try expect("(")
        var numbers: [Int] = []
        while !take(")") {
            numbers.append(try integer())
            if !take(",") {
                guard numbers.count > 1 else { throw malformed("the shape is no tuple") }
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
            throw malformed("the shape has something else than integers from 0 up")
        }
        rest = rest[digits.endIndex...]
        return number
    }

    private mutating func expect(_ text: StaticString) throws(NPYError) {
        guard take(text) else { throw malformed("'\(text)' is missing") }
    }

    /// Whether the text comes next, behind blanks; it is taken then.
    private mutating func take(_ text: StaticString) -> Bool {
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
        NPYError("has a malformed header: \(what), at byte \(rest.startIndex - start) of it")
    }
}
