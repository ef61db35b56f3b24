import JSON

/// What a safetensors file says before its data.
///
/// A file (https://github.com/huggingface/safetensors) is the header's length in 8 bytes, little-endian; the header,
/// a JSON object with an entry for each tensor and, under `__metadata__`, strings; and the data, little-endian and
/// row-major, in which the tensors follow one another without gaps. A header that is accepted is all that: whoever
/// has one need not check ranges or sizes again.
package struct SafeTensorsHeader: Sendable {
    /// Bytes that the JSON may take. The reference takes 100 MB.
    package static let maximumLength = 16 << 20

    /// Tensors that a file may hold.
    package static let maximumTensors = 4096

    /// Bytes of UTF-8 that a tensor's name may take.
    package static let maximumNameLength = 512

    /// Axes that a tensor may have.
    package static let maximumRank = 8

    /// The bytes that hold the header's length.
    static let lengthByteCount = 8

    /// The member that holds strings instead of a tensor.
    static let metadataName = "__metadata__"

    /// The strings under `__metadata__`, in the file's order. No name occurs twice.
    package let metadata: [(name: String, value: String)]

    /// The tensors, in the order of their data; where several start at the same byte, in the header's.
    package let entries: [Entry]

    /// Bytes of the file before the data.
    package let dataStart: Int

    /// Bytes of data, to the end of the file; the entries' ranges fill them exactly.
    package let dataCount: Int

    /// Bytes of a file's beginning that hold the header: 8 and its length.
    /// - Parameter prefix: the file's first 8 bytes, or more.
    package static func byteCount(_ prefix: [UInt8]) throws(SafeTensorsError) -> Int {
        guard prefix.count >= lengthByteCount else {
            throw SafeTensorsError(
                "there are \(prefix.count) bytes; a safetensors file starts with 8 that hold its header's length"
            )
        }
        let length = prefix.prefix(lengthByteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length > 0 else {
            throw SafeTensorsError("the header's length is 0; the shortest header is {}")
        }
        guard length <= UInt64(maximumLength) else {
            throw SafeTensorsError(
                "the header's length is \(length), the limit is \(maximumLength) bytes; is it a safetensors file?"
            )
        }
        return lengthByteCount + Int(length)
    }

    /// Reads the header of a file.
    /// - Parameters:
    ///   - bytes: the file's beginning, ``byteCount(_:)`` bytes or more.
    ///   - fileSize: bytes of the whole file, which the header and the tensors must fill.
    package init(_ bytes: [UInt8], fileSize: Int) throws(SafeTensorsError) {
        let dataStart = try Self.byteCount(bytes)
        guard dataStart <= min(bytes.count, fileSize) else {
            throw SafeTensorsError(
                "the header ends at byte \(dataStart), the file at byte \(min(bytes.count, fileSize)); was it cut off?"
            )
        }
        let members = try Self.members(bytes[Self.lengthByteCount..<dataStart])
        let dataCount = fileSize - dataStart
        metadata = try Self.metadata(members)
        entries = try Self.entries(members, dataCount: dataCount)
        self.dataStart = dataStart
        self.dataCount = dataCount
    }

    /// The string under a name in the metadata, or nil.
    package subscript(name: String) -> String? {
        metadata.first { $0.name == name }?.value
    }

    // MARK: Reading

    private static func members(_ json: ArraySlice<UInt8>) throws(SafeTensorsError) -> [JSONObject.Member] {
        // JSON may start with white space, a header may not.
        guard json.first == UInt8(ascii: "{") else {
            throw SafeTensorsError("the header does not start with '{'; it must be a JSON object")
        }
        // The reader copies what has no room for 64 more bytes.
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
                    "\(Quote.text(member.name)) in '\(metadataName)' is \(member.value.kindName); it must be a string"
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
        guard tensors.count <= maximumTensors else {
            throw SafeTensorsError("there are \(tensors.count) tensors; the limit is \(maximumTensors)")
        }
        var entries: [Entry] = []
        for member in tensors {
            entries.append(try Entry(member, dataCount: dataCount))
        }
        // The sort is stable, and an empty tensor sorts before the one that starts where it is.
        entries.sort {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        try checkThatTheyFill(dataCount, entries)
        return entries
    }

    /// Each tensor starts where the one before it ends, the first at 0, and the last ends where the file does.
    private static func checkThatTheyFill(
        _ dataCount: Int, _ entries: [Entry]
    ) throws(SafeTensorsError) {
        var end = 0
        for entry in entries {
            guard entry.range.lowerBound == end else {
                let fault = entry.range.lowerBound < end ? "overlaps the one before it" : "follows a gap"
                throw SafeTensorsError(
                    tensor: entry.name,
                    "\(fault): it starts at byte \(entry.range.lowerBound) of the data and must start at byte \(end)"
                )
            }
            end = entry.range.upperBound
        }
        guard end == dataCount else {
            throw SafeTensorsError(
                "the tensors end at byte \(end) of the data, the file at byte \(dataCount); nothing may follow the last"
            )
        }
    }
}
