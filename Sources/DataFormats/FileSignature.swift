/// Formats that are recognized by the first bytes of a file, so that one that is sent by mistake is named.
package enum FileSignature {
    /// Throws the error for bytes that are no text.
    /// - Throws: ``TableError`` of kind `.gzip` or `.format`.
    static func checkText(_ bytes: [UInt8]) throws(TableError) {
        try checkGzip(bytes)
        if bytes.starts(with: NPYHeader.magic) {
            throw TableError(
                "the body is a NumPy array; send it with Content-Type: application/x-npy", kind: .format)
        }
        try checkOthers(bytes)
        if isJSON(bytes) {
            throw TableError(
                "the body is JSON; send it with Content-Type: application/json", kind: .format)
        }
    }

    /// Throws the error for bytes in another format than NumPy's that is recognized.
    /// - Throws: ``TableError`` of kind `.gzip` or `.format`.
    static func checkArray(_ bytes: [UInt8]) throws(TableError) {
        try checkGzip(bytes)
        if bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            throw TableError(
                "the body is a zip archive, such as an .npz file; send one array, written with numpy.save",
                kind: .format)
        }
        // The opcode PROTO of Python's pickles, of protocols 2 to 5.
        if bytes.count > 1, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
            throw TableError(
                "the body is a Python pickle; send an array that is written with numpy.save", kind: .format)
        }
        try checkOthers(bytes)
    }

    private static func checkGzip(_ bytes: [UInt8]) throws(TableError) {
        // RFC 1952, section 2.3.1.
        guard bytes.starts(with: [0x1F, 0x8B]) else { return }
        throw TableError(
            "the body is compressed with gzip; send it with Content-Encoding: gzip, or decompressed",
            kind: .gzip)
    }

    private static func checkOthers(_ bytes: [UInt8]) throws(TableError) {
        guard let format = formats.first(where: { bytes.starts(with: $0.magic) }) else { return }
        throw TableError("the body is \(format.name); \(format.remedy)", kind: .format)
    }

    private static let formats: [(magic: [UInt8], name: String, remedy: String)] = {
        let asCSV = "save the table as CSV"
        let decompress = "decompress it first"
        return [
            (Array("PK\u{3}\u{4}".utf8), "an Excel workbook (.xlsx) or another zip archive", asCSV),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an Excel workbook (.xls)", asCSV),
            (Array("PAR1".utf8), "a Parquet file", asCSV),
            (Array("ARROW1".utf8), "an Arrow or Feather file", asCSV),
            (Array("ORC".utf8), "an ORC file", asCSV),
            ([0x89] + Array("HDF".utf8), "an HDF5 file", asCSV),
            (Array("SQLite format 3\0".utf8), "an SQLite database", asCSV),
            (Array("MATLAB 5.0 MAT-file".utf8), "a MATLAB file", asCSV),
            (Array("%PDF".utf8), "a PDF document", asCSV),
            (Array("<!DOCTYPE".utf8), "an HTML page", asCSV),
            (Array("<html".utf8), "an HTML page", asCSV),
            (Array("<?xml".utf8), "an XML document", asCSV),
            (Array("BZh".utf8), "compressed with bzip2", decompress),
            ([0xFD] + Array("7zXZ".utf8), "compressed with xz", decompress),
            ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd", decompress),
            (Array("7z\u{BC}".unicodeScalars.map { UInt8($0.value) }), "a 7-Zip archive", decompress),
        ]
    }()

    /// Whether text begins like an object or an array of JSON with numbers, strings or further values. The
    /// header of a CSV document can begin with a bracket, too: `[bar],b`.
    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        let isSpace = { (byte: UInt8) in [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        rest = rest.drop(while: isSpace)
        guard let open = rest.popFirst() else { return false }
        guard let next = rest.drop(while: isSpace).first else { return false }
        return switch (open, next) {
        case (UInt8(ascii: "{"), UInt8(ascii: "\"")), (UInt8(ascii: "{"), UInt8(ascii: "}")): true
        case (UInt8(ascii: "["), UInt8(ascii: "[")), (UInt8(ascii: "["), UInt8(ascii: "{")): true
        case (UInt8(ascii: "["), UInt8(ascii: "0")...UInt8(ascii: "9")),
            (UInt8(ascii: "["), UInt8(ascii: "-")):
            bytes.last(where: { !isSpace($0) }) == UInt8(ascii: "]")
        default: false
        }
    }
}
