/// Builds files, including invalid ones that ``SafeTensors`` would not write.
enum SafeTensorsFile {
    /// A file: the header's length, or another `length`; the header; and the data.
    static func bytes(_ header: [UInt8], data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
        withUnsafeBytes(of: (length ?? UInt64(header.count)).littleEndian) { Array($0) } + header + data
    }

    /// A file with `data` zero bytes of data.
    static func bytes(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
        bytes(Array(header.utf8), data: [UInt8](repeating: 0, count: data), length: length)
    }

    /// The JSON of a tensor's member of a header.
    static func entry(_ name: String, _ dtype: String, _ shape: [Int], _ range: Range<Int>) -> String {
        #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"#
            + #""data_offsets":[\#(range.lowerBound),\#(range.upperBound)]}"#
    }

    /// A file whose header has the given members.
    static func bytes(_ entries: [String], data: Int = 0) -> [UInt8] {
        bytes("{" + entries.joined(separator: ",") + "}", data: data)
    }
}
