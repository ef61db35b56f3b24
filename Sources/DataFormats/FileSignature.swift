/// Formats that are recognized by the first bytes of a file, so that one that is sent by mistake is named.
package enum FileSignature {
    /// Throws the error for bytes that are no CSV document.
    /// - Throws: ``TableError`` of kind `.gzip` or `.format`.
    static func checkText(_ bytes: [UInt8]) throws(TableError) {
        try checkGzip(bytes)
        if bytes.starts(with: NPYHeader.magic) {
            throw TableError(
                "the body is a NumPy array; send it with Content-Type: application/x-npy", kind: .format)
        }
        try checkOthers(bytes)
        if let form = JSONForm(bytes) { throw TableError("the body is \(form.description)", kind: .format) }
    }

    /// Throws the error for bytes in another format than NumPy's that is recognized.
    /// - Throws: ``TableError`` of kind `.gzip` or `.format`.
    static func checkArray(_ bytes: [UInt8]) throws(TableError) {
        try checkGzip(bytes)
        try checkOthers(bytes)
        if let form = JSONForm(bytes) { throw TableError("the body is \(form.description)", kind: .format) }
    }

    private static func checkGzip(_ bytes: [UInt8]) throws(TableError) {
        // RFC 1952, section 2.3.1.
        guard bytes.starts(with: [0x1F, 0x8B]) else { return }
        throw TableError(
            "the body is compressed with gzip; send it with Content-Encoding: gzip, or decompressed",
            kind: .gzip)
    }

    private static func checkOthers(_ bytes: [UInt8]) throws(TableError) {
        let format =
            magic.first { isPresent($0.bytes, at: $0.offset, in: bytes) }?.format
            ?? zip(bytes) ?? markup(bytes) ?? form(bytes) ?? pickle(bytes)
        guard let format else { return }
        throw TableError("the body is \(format.name); \(format.remedy)", kind: .format)
    }

    // MARK: Magic numbers

    private struct Format {
        let name: String
        var remedy = "save the table as CSV"
    }

    /// Whether a magic number stands in a file. One of a few letters, such as PAR1, can be the name of a
    /// column as well, so that bytes that are no text must follow.
    private static func isPresent(_ magic: [UInt8], at offset: Int, in bytes: [UInt8]) -> Bool {
        guard bytes.count >= offset, bytes[offset...].starts(with: magic) else { return false }
        func isText(_ byte: UInt8) -> Bool { byte >= 0x20 || (0x09...0x0D).contains(byte) }
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
        return magic.count > 8 || !isLetter(magic[0]) || !magic.allSatisfy { isText($0) && $0 < 0x80 }
            || !bytes.prefix(512).allSatisfy(isText)
    }

    private static let magic: [(offset: Int, bytes: [UInt8], format: Format)] = {
        func table(_ bytes: some Sequence<UInt8>, _ name: String) -> (
            offset: Int, bytes: [UInt8], format: Format
        ) { (0, Array(bytes), Format(name: name)) }
        func archive(_ bytes: some Sequence<UInt8>, _ name: String, at offset: Int = 0) -> (
            offset: Int, bytes: [UInt8], format: Format
        ) { (offset, Array(bytes), Format(name: name, remedy: "extract the file, and send it as CSV")) }
        func packed(_ bytes: [UInt8], _ name: String) -> (offset: Int, bytes: [UInt8], format: Format) {
            (0, bytes, Format(name: "compressed with \(name)", remedy: "decompress it first"))
        }
        return [
            table([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an Excel workbook (.xls)"),
            table("PAR1".utf8, "a Parquet file"), table("ARROW1".utf8, "an Arrow or Feather file"),
            table("FEA1".utf8, "a Feather file"), table("ORC".utf8, "an ORC file"),
            table("Obj\u{1}".utf8, "an Avro file"), table([0x89] + "HDF".utf8, "an HDF5 file"),
            table("CDF\u{1}".utf8, "a NetCDF file"), table("CDF\u{2}".utf8, "a NetCDF file"),
            table("CDF\u{5}".utf8, "a NetCDF file"), table("TDSm".utf8, "a TDMS file"),
            table("SQLite format 3\0".utf8, "an SQLite database"),
            table("MATLAB 5.0 MAT-file".utf8, "a MATLAB file"),
            table("<stata_dta>".utf8, "a Stata file"), table([0x71, 2, 1, 0], "a Stata file"),
            table([0x72, 2, 1, 0], "a Stata file"), table([0x73, 2, 1, 0], "a Stata file"),
            table("$FL2".utf8, "an SPSS file"), table("$FL3".utf8, "an SPSS file"),
            table("HEADER RECORD*******".utf8, "a SAS file"), table("RDX2\n".utf8, "a file of R"),
            table("RDX3\n".utf8, "a file of R"), table("X\n\0\0\0".utf8, "a file of R"),
            table("%PDF".utf8, "a PDF document"), table([0x89] + "PNG".utf8, "an image"),
            table([0xFF, 0xD8, 0xFF], "an image"), table("GIF8".utf8, "an image"),
            table("RIFF".utf8, "an audio file"),
            archive("ustar".utf8, "a tar archive", at: 257), archive("Rar!".utf8, "a RAR archive"),
            archive([0x37, 0x7A, 0xBC, 0xAF], "a 7-Zip archive"),
            packed(Array("BZh".utf8), "bzip2"), packed([0xFD] + "7zXZ".utf8, "xz"),
            packed([0x28, 0xB5, 0x2F, 0xFD], "zstd"), packed([0x04, 0x22, 0x4D, 0x18], "lz4"),
            packed([0xFF, 0x06, 0x00, 0x00] + "sNaPpY".utf8, "snappy"),
            packed([0x1F, 0x9D], "compress (.Z)"),
            packed([0x78, 0x9C], "zlib"),
        ]
    }()

    /// The opcode PROTO of Python's pickles, of protocols 2 to 5.
    private static func pickle(_ bytes: [UInt8]) -> Format? {
        guard bytes.count > 1, bytes[0] == 0x80, (2...5).contains(bytes[1]) else { return nil }
        return Format(
            name: "a Python pickle",
            remedy: "save a table as CSV with df.to_csv, and an array with numpy.save")
    }

    /// Archives and documents in zip (APPNOTE.TXT, section 4.3.7), by the name of their first file.
    private static func zip(_ bytes: [UInt8]) -> Format? {
        guard bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) else { return nil }
        var name = ""
        if bytes.count > 30 {
            let length = Int(bytes[26]) | Int(bytes[27]) << 8
            name = String(decoding: bytes[30...].prefix(length), as: UTF8.self)
        }
        if ["[Content_Types].xml", "_rels/", "docProps/", "xl/"].contains(where: name.hasPrefix) {
            return Format(name: "an Excel workbook (.xlsx), which is a zip archive")
        }
        if name == "mimetype" { return Format(name: "an OpenDocument spreadsheet (.ods)") }
        if name.hasSuffix(".npy") {
            return Format(
                name: "an .npz file, a zip archive of arrays",
                remedy: "send one array, written with numpy.save, with Content-Type: application/x-npy")
        }
        return Format(
            name: "a zip archive",
            remedy: "extract the file, and send it as CSV (an Excel workbook (.xlsx) has to be saved as CSV, "
                + "and an array of an .npz file with numpy.save)")
    }

    // MARK: Text

    /// Returns the start of a text in lower case, behind a byte order mark and blanks.
    private static func start(_ bytes: [UInt8], _ count: Int) -> String {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        rest = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return String(decoding: rest.prefix(count), as: UTF8.self).lowercased()
    }

    private static func markup(_ bytes: [UInt8]) -> Format? {
        let text = start(bytes, 16)
        guard text.hasPrefix("<") else { return nil }
        if text.hasPrefix("<?xml") { return Format(name: "an XML document") }
        let tags = ["!doctype", "!--", "html", "head", "body", "table", "thead", "tr>", "div", "pre>"]
        return tags.contains { text.dropFirst().hasPrefix($0) } ? Format(name: "an HTML page") : nil
    }

    /// The body of a form with files (RFC 7578).
    private static func form(_ bytes: [UInt8]) -> Format? {
        let text = start(bytes, 512)
        guard text.hasPrefix("--"), text.contains("content-disposition: form-data") else { return nil }
        return Format(
            name: "a form with a file (multipart/form-data)",
            remedy: "send the file alone: curl --data-binary @file instead of -F")
    }

    /// What text is that begins like JSON, and what to do.
    enum JSONForm {
        case object, array, lines

        /// The end of a sentence about the body.
        var description: String {
            let remedy =
                "send an object with the rows, {\"series\": [[…]]}, and Content-Type: application/json"
            return switch self {
            case .object: "JSON; send it with Content-Type: application/json"
            case .array: "JSON, but an array; \(remedy)"
            case .lines: "JSON Lines, a value in each line; \(remedy), or the table as CSV"
            }
        }

        /// Recognizes an object or an array with numbers, strings or further values; nil for other text. The
        /// header of a CSV document can begin with a bracket, too: `[bar],b`.
        init?(_ bytes: [UInt8]) {
            let isSpace = { (byte: UInt8) in [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
            let rest = (bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]).drop(
                while: isSpace)
            guard let open = rest.first, let next = rest.dropFirst().drop(while: isSpace).first else {
                return nil
            }
            switch (open, next) {
            case (UInt8(ascii: "{"), UInt8(ascii: "\"")), (UInt8(ascii: "{"), UInt8(ascii: "}")),
                (UInt8(ascii: "["), UInt8(ascii: "[")), (UInt8(ascii: "["), UInt8(ascii: "{")):
                break
            case (UInt8(ascii: "["), UInt8(ascii: "0")...UInt8(ascii: "9")),
                (UInt8(ascii: "["), UInt8(ascii: "-")), (UInt8(ascii: "["), UInt8(ascii: "\"")):
                guard bytes.last(where: { !isSpace($0) }) == UInt8(ascii: "]") else { return nil }
            default: return nil
            }
            // The first line ends like a value, and the next begins like one.
            let line = rest.prefix { $0 != 0x0A && $0 != 0x0D }
            let after = rest[line.endIndex...].drop(while: isSpace).first
            let close: UInt8 = open == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
            self =
                line.last(where: { !isSpace($0) }) == close && after == open
                ? .lines : open == UInt8(ascii: "{") ? .object : .array
        }
    }
}
