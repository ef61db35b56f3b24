import JSON

/// The header of a safetensors file.
///
/// A safetensors file (https://github.com/huggingface/safetensors) has three parts: the header's length in 8
/// bytes, little-endian; the header, a JSON object with an entry for each tensor and, under `__metadata__`,
/// an object of strings; and the data, little-endian and row-major, in which the tensors follow one another
/// without gaps. The initializer checks all of this, so users of a header need not check ranges or sizes
/// again.
package struct SafeTensorsHeader: Sendable {
    /// Maximum length of the JSON, in bytes. The reference implementation's maximum is 100 MB.
    package static let maxLength = 16 << 20

    /// Maximum size of a header with its length, in bytes.
    package static let maxByteCount = lengthByteCount + maxLength

    /// Maximum number of tensors.
    package static let maxTensors = 4096

    /// Maximum length of a tensor's name, in bytes of UTF-8.
    package static let maxNameLength = 512

    /// Maximum number of axes of a tensor.
    package static let maxRank = 8

    /// Bytes that hold the header's length.
    package static let lengthByteCount = 8

    /// Name of the member that has the metadata instead of a tensor.
    static let metadataName = "__metadata__"

    /// The strings under `__metadata__`, in the order of the file. Names are unique.
    package let metadata: [(name: String, value: String)]

    /// The tensors in the order of their data; those that start at the same byte, in the order of the header.
    package let entries: [Entry]

    /// Offset of the data in the file, in bytes.
    package let dataStart: Int

    /// Length of the data, up to the end of the file, in bytes. The entries' ranges cover it exactly.
    package let dataCount: Int

    /// Returns the number of bytes up to the end of the header: 8 and the header's length.
    /// - Parameter prefix: the file's first bytes, at least 8.
    /// - Throws: ``SafeTensorsError`` if there are fewer bytes, or if the length is 0 or greater than
    ///   ``maxLength``.
    package static func byteCount(_ prefix: [UInt8]) throws(SafeTensorsError) -> Int {
        guard prefix.count >= lengthByteCount else {
            throw SafeTensorsError(
                "there are \(prefix.count) bytes; a safetensors file starts with 8 bytes for the "
                    + "header's length"
            )
        }
        let length = prefix.prefix(lengthByteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length > 0 else {
            throw SafeTensorsError("the header's length is 0; the shortest header is {}")
        }
        guard length <= UInt64(maxLength) else {
            throw SafeTensorsError(
                "the header's length is \(length), the limit is \(maxLength) bytes; is it a safetensors file?"
            )
        }
        return lengthByteCount + Int(length)
    }

    /// Reads the header of a file.
    /// - Parameters:
    ///   - bytes: the file's first bytes, at least ``byteCount(_:)``.
    ///   - fileSize: length of the whole file in bytes; header and tensors must cover it exactly.
    /// - Throws: ``SafeTensorsError`` if the header is invalid or beyond a limit, or if it does not match the
    ///   file's length.
    package init(_ bytes: [UInt8], fileSize: Int) throws(SafeTensorsError) {
        let dataStart = try Self.byteCount(bytes)
        guard dataStart <= min(bytes.count, fileSize) else {
            throw SafeTensorsError(
                "the header ends at byte \(dataStart), the file at byte "
                    + "\(min(bytes.count, fileSize)); was it cut off?"
            )
        }
        let members = try Self.members(bytes[Self.lengthByteCount..<dataStart])
        let dataCount = fileSize - dataStart
        metadata = try Self.metadata(members)
        entries = try Self.entries(members, dataCount: dataCount)
        self.dataStart = dataStart
        self.dataCount = dataCount
    }

    /// The string with a name in the metadata; nil if there is none.
    package subscript(name: String) -> String? {
        metadata.first { $0.name == name }?.value
    }

    // MARK: Reading

    private static func members(_ json: ArraySlice<UInt8>) throws(SafeTensorsError) -> [JSONObject.Member] {
        // JSON may start with white space, but a header must not.
        guard json.first == UInt8(ascii: "{") else {
            throw SafeTensorsError("the header does not start with '{'; it must be a JSON object")
        }
        // JSONReader copies a body without capacity for 64 more bytes.
        var body: [UInt8] = []
        body.reserveCapacity(json.count + 64)
        body += json
        do {
            return try FieldReader(JSONReader.parse(body)).object.members
        } catch {
            throw SafeTensorsError(header: error)
        }
    }

    private static func metadata(
        _ members: [JSONObject.Member]
    ) throws(SafeTensorsError) -> [(name: String, value: String)] {
        guard let member = members.first(where: { $0.name == metadataName }) else { return [] }
        guard case .object(let object) = member.value else {
            throw SafeTensorsError(
                "'\(metadataName)' is \(member.value.kindName); it must be an object of strings")
        }
        var metadata: [(name: String, value: String)] = []
        for member in object.members {
            guard case .string(let value) = member.value else {
                throw SafeTensorsError(
                    "\(Quote.text(member.name)) in '\(metadataName)' is \(member.value.kindName); it "
                        + "must be a string"
                )
            }
            metadata.append((member.name, value))
        }
        return metadata
    }

    private static func entries(
        _ members: [JSONObject.Member], dataCount: Int
    ) throws(SafeTensorsError) -> [Entry] {
        let tensors = members.filter { $0.name != metadataName }
        guard tensors.count <= maxTensors else {
            throw SafeTensorsError("there are \(tensors.count) tensors; the limit is \(maxTensors)")
        }
        var entries: [Entry] = []
        for member in tensors {
            entries.append(try Entry(member, dataCount: dataCount))
        }
        // The sort is stable, and an empty tensor precedes the tensor that starts at the same byte.
        entries.sort {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        try checkCoverage(dataCount, entries)
        return entries
    }

    /// Checks that the first tensor starts at 0, each other one where the previous one ends, and that the
    /// last ends at the end of the file.
    private static func checkCoverage(
        _ dataCount: Int, _ entries: [Entry]
    ) throws(SafeTensorsError) {
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                let fault = entry.range.lowerBound < end ? "overlaps the previous one" : "follows a gap"
                throw SafeTensorsError(
                    tensor: entry.name,
                    "\(fault): it starts at byte \(entry.range.lowerBound) of the data and must start "
                        + "at byte \(end)"
                )
            }
            end = entry.range.upperBound
        }
        guard end == dataCount else {
            throw SafeTensorsError(
                "the tensors end at byte \(end) of the data, the file at byte \(dataCount); nothing "
                    + "may follow the last tensor"
            )
        }
    }
}
