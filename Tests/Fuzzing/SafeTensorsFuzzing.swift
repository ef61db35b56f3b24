import ModelFormats

/// A safetensors file that is accepted is what its header promises, and its tensors come back from being written.
enum SafeTensorsFuzzing {
    static func finding(_ input: [UInt8]) -> String? {
        fault(input) ?? repaired(input).flatMap(fault)
    }

    /// The input with the length that its header seems to have: who changes the header hardly ever gets that right.
    private static func repaired(_ input: [UInt8]) -> [UInt8]? {
        guard let end = input.lastIndex(of: UInt8(ascii: "}")), end >= 8 else { return nil }
        return withUnsafeBytes(of: UInt64(end - 7).littleEndian) { Array($0) } + input[8...]
    }

    private static func fault(_ input: [UInt8]) -> String? {
        let header: SafeTensorsHeader
        do throws(SafeTensorsError) {
            header = try SafeTensorsHeader(input, fileSize: input.count)
        } catch {
            return flaw(error)
        }
        if let lie = lie(header, of: input) { return lie }
        do throws(SafeTensorsError) {
            let tensors = try SafeTensors.read(input).tensors
            return loss(tensors, header.metadata)
        } catch {
            let floats: Set<SafeTensorsHeader.DType> = [.f64, .f32, .f16, .bf16]
            let isRefused = header.entries.contains { !floats.contains($0.dtype) }
            return isRefused ? flaw(error) : "refused floats: \(error)"
        }
    }

    /// An error is one line, whatever the file says.
    private static func flaw(_ error: SafeTensorsError) -> String? {
        let isLine = !error.description.isEmpty && !error.description.contains { $0.isNewline }
        return isLine ? nil : "not one line: \(error)"
    }

    /// What of a header isn't so.
    private static func lie(_ header: SafeTensorsHeader, of input: [UInt8]) -> String? {
        var end = 0
        for entry in header.entries {
            guard entry.range.lowerBound == end else { return "\(entry) doesn't start at \(end)" }
            guard entry.shape.allSatisfy({ $0 >= 0 }),
                entry.shape.reduce(entry.dtype.byteCount, *) == entry.range.count
            else { return "the size isn't that of the shape: \(entry)" }
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
        return alone?.entries == header.entries ? nil : "the header isn't the same without the data"
    }

    /// What changes when tensors are written and read again.
    private static func loss(
        _ tensors: [NamedTensor], _ metadata: [(name: String, value: String)]
    ) -> String? {
        let file = SafeTensors.write(tensors, metadata: metadata)
        do throws(SafeTensorsError) {
            let again = try SafeTensors.read(file)
            guard again.header.dataStart % 8 == 0 else { return "the data aren't aligned" }
            guard again.header.metadata.elementsEqual(metadata, by: ==) else { return "metadata changed" }
            let isSame = again.tensors.elementsEqual(tensors) {
                $0.name == $1.name && $0.shape == $1.shape
                    && $0.values.map(\.bitPattern) == $1.values.map(\.bitPattern)
            }
            return isSame ? nil : "tensors changed"
        } catch {
            return "can't read what it wrote: \(error)"
        }
    }
}
