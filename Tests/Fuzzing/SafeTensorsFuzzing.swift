import ModelFormats

/// Fuzzes the safetensors reader: an accepted file must match its header, and its tensors must be unchanged
/// after they are written and read again.
enum SafeTensorsFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        fileFinding(input) ?? repaired(input).flatMap(fileFinding)
    }

    /// The input with the header length corrected, because mutations of the header rarely keep it correct.
    private static func repaired(_ input: [UInt8]) -> [UInt8]? {
        guard let end = input.lastIndex(of: UInt8(ascii: "}")), end >= 8 else { return nil }
        return withUnsafeBytes(of: UInt64(end - 7).littleEndian) { Array($0) } + input[8...]
    }

    private static func fileFinding(_ input: [UInt8]) -> String? {
        let header: SafeTensorsHeader
        do throws(SafeTensorsError) {
            header = try SafeTensorsHeader(input, fileSize: input.count)
        } catch {
            return errorFinding(error)
        }
        if let finding = headerFinding(header, of: input) { return finding }
        do throws(SafeTensorsError) {
            let tensors = try SafeTensors.read(input).tensors
            return roundTripFinding(tensors, header.metadata)
        } catch {
            let floats: Set<SafeTensorsHeader.DType> = [.f64, .f32, .f16, .bf16]
            let isRefused = header.entries.contains { !floats.contains($0.dtype) }
            return isRefused ? errorFinding(error) : "refused floats: \(error)"
        }
    }

    /// Checks that an error's description is one line, whatever the file contains.
    private static func errorFinding(_ error: SafeTensorsError) -> String? {
        let isLine = !error.description.isEmpty && !error.description.contains { $0.isNewline }
        return isLine ? nil : "not one line: \(error)"
    }

    /// Checks that an accepted header describes the input.
    private static func headerFinding(_ header: SafeTensorsHeader, of input: [UInt8]) -> String? {
        var end = 0
        for entry in header.entries {
            guard entry.range.lowerBound == end else { return "\(entry) does not start at \(end)" }
            guard entry.shape.allSatisfy({ $0 >= 0 }),
                entry.shape.reduce(entry.dtype.byteCount, *) == entry.range.count
            else { return "the size does not match the shape: \(entry)" }
            guard 1...512 ~= entry.name.utf8.count, entry.shape.count <= 8 else {
                return "beyond a limit: \(entry)"
            }
            end = entry.range.upperBound
        }
        guard end == header.dataCount, header.dataStart + end == input.count else {
            return "the tensors end at \(header.dataStart) + \(end) of \(input.count)"
        }
        guard Set(header.entries.map(\.name)).count == header.entries.count,
            Set(header.metadata.map(\.name)).count == header.metadata.count
        else { return "a name occurs twice" }
        let start = Array(input.prefix(header.dataStart))
        let alone = try? SafeTensorsHeader(start, fileSize: input.count)
        return alone?.entries == header.entries ? nil : "the header differs when it is read without the data"
    }

    /// Checks that tensors are unchanged after they are written and read again.
    private static func roundTripFinding(
        _ tensors: [NamedTensor], _ metadata: [(name: String, value: String)]
    ) -> String? {
        let file = SafeTensors.write(tensors, metadata: metadata)
        do throws(SafeTensorsError) {
            let again = try SafeTensors.read(file)
            guard again.header.dataStart % 8 == 0 else { return "the data are not aligned to 8 bytes" }
            guard again.header.metadata.elementsEqual(metadata, by: ==) else { return "metadata changed" }
            let isSame = again.tensors.elementsEqual(tensors) {
                $0.name == $1.name && $0.shape == $1.shape
                    && $0.values.map(\.bitPattern) == $1.values.map(\.bitPattern)
            }
            return isSame ? nil : "tensors changed"
        } catch {
            return "a written file cannot be read: \(error)"
        }
    }
}
