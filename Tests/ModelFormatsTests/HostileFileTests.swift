import Fuzzing
import ModelFormats
import Testing

/// Invalid files are refused with an error that says why, and never crash the reader.
struct HostileFileTests {
    /// A small valid file with metadata and tensors of several shapes.
    static let good = SafeTensors.write(
        [
            NamedTensor(name: "kernel", shape: [2, 1], values: [1, 2]),
            NamedTensor(name: "none", shape: [0], values: []),
            NamedTensor(name: "bias", shape: [], values: [3]),
        ], metadata: [(name: "format", value: "é\n")])

    @Test(arguments: HostileFile.all)
    func anInvalidFileIsRefusedWithAOneLineReason(_ file: HostileFile) {
        let error = #expect(throws: SafeTensorsError.self) { try SafeTensors.read(file.bytes) }
        guard let description = error?.description else { return }
        #expect(description.contains(file.fragment), "\(description)")
        #expect(!description.contains { $0.isNewline } && description.utf8.count < 400, "\(description)")
        #expect(FuzzTarget.safetensors.finding(file.bytes) == nil)
    }

    @Test func everyTruncatedFileIsRefused() {
        for length in Self.good.indices {
            #expect(throws: SafeTensorsError.self, "\(length)") {
                try SafeTensors.read(Array(Self.good[..<length]))
            }
        }
    }

    @Test func bytesAfterTheLastTensorAreRefused() {
        for count in [1, 4, 64] {
            #expect(throws: SafeTensorsError.self) {
                try SafeTensors.read(Self.good + [UInt8](repeating: 0, count: count))
            }
        }
    }

    /// A file that is accepted with a flipped bit must still match its header.
    @Test func aFlippedBitInTheHeaderIsRefusedOrConsistent() throws {
        let dataStart = try SafeTensorsHeader.byteCount(Self.good)
        var read = 0
        for position in 0..<dataStart {
            for bit in 0..<8 {
                var file = Self.good
                file[position] ^= 1 << bit
                #expect(FuzzTarget.safetensors.finding(file) == nil, "bit \(bit) of byte \(position)")
                read += (try? SafeTensors.read(file)) == nil ? 0 : 1
            }
        }
        // Flips in names and metadata are accepted, and flips of spaces to other white space; most others are
        // not.
        #expect(read > 0 && read < dataStart * 8)
    }
}
