import JSON

/// Files of named tensors, as Hugging Face's `safetensors` reads and writes them; see ``SafeTensorsHeader``.
package enum SafeTensors {
    /// What the data of a file that we write start at a multiple of, in bytes. The reference has 8; 64 are a cache line.
    private static let alignment = 64

    /// Reads a whole file as floats.
    ///
    /// F32 is copied bit by bit, F16 and BF16 are converted exactly, F64 is rounded, to infinity if beyond the range of
    /// float32. Values may be NaN or infinite. Tensors of integers are refused.
    /// - Returns: the header, and a tensor for each of its entries, in their order.
    package static func read(
        _ file: [UInt8]
    ) throws(SafeTensorsError) -> (header: SafeTensorsHeader, tensors: [NamedTensor]) {
        let header = try SafeTensorsHeader(file, fileSize: file.count)
        return (header, try tensors(in: file[header.dataStart...], header))
    }

    /// Reads the tensors of a file whose header has been parsed, as ``read(_:)`` does.
    /// - Parameter data: the file's bytes behind the header, `dataCount` of them (a precondition).
    /// - Throws: ``SafeTensorsError`` if a tensor has integers or booleans.
    package static func tensors(
        in data: ArraySlice<UInt8>, _ header: SafeTensorsHeader
    ) throws(SafeTensorsError) -> [NamedTensor] {
        precondition(data.count == header.dataCount, "the data are not as long as the header says")
        var tensors: [NamedTensor] = []
        for entry in header.entries {
            let values = data.withUnsafeBytes { data in
                floats(entry.dtype, UnsafeRawBufferPointer(rebasing: data[entry.range]))
            }
            guard let values else {
                throw SafeTensorsError(
                    tensor: entry.name,
                    "is of type \(entry.dtype.rawValue); floats are read from F32, F64, F16 and BF16 only")
            }
            tensors.append(NamedTensor(name: entry.name, shape: entry.shape, values: values))
        }
        return tensors
    }

    /// The bytes of a file with these tensors, in this order, as F32.
    ///
    /// ``read(_:)`` gives back the same, bit by bit, as long as the limits of ``SafeTensorsHeader`` are kept.
    /// - Parameters:
    ///   - tensors: with as many values as their shapes say, and names that differ and are not `__metadata__`.
    ///   - metadata: for `__metadata__`, in this order, with names that differ.
    package static func write(
        _ tensors: [NamedTensor], metadata: [(name: String, value: String)]
    ) -> [UInt8] {
        let header = header(tensors, metadata)
        let dataCount = tensors.reduce(0) { $0 + byteCount($1) }
        let length = SafeTensorsHeader.lengthByteCount + header.count
        let padding = (alignment - length % alignment) % alignment
        var file: [UInt8] = []
        file.reserveCapacity(length + padding + dataCount)
        withUnsafeBytes(of: UInt64(header.count + padding).littleEndian) { file.append(contentsOf: $0) }
        file += header
        file += repeatElement(UInt8(ascii: " "), count: padding)
        for tensor in tensors {
            tensor.values.withUnsafeBytes { file.append(contentsOf: $0) }
        }
        return file
    }

    private static func header(
        _ tensors: [NamedTensor], _ metadata: [(name: String, value: String)]
    ) -> [UInt8] {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "two tensors have the same name")
        precondition(Set(metadata.map(\.name)).count == metadata.count, "metadata have a name twice")
        var json = JSONWriter()
        json.object { json in
            if !metadata.isEmpty {
                json.object(SafeTensorsHeader.metadataName) {
                    for member in metadata { $0.member(member.name, member.value) }
                }
            }
            var start = 0
            for tensor in tensors {
                precondition(
                    tensor.name != SafeTensorsHeader.metadataName, "a tensor is named as the metadata")
                precondition(
                    tensor.shape.reduce(1, *) == tensor.values.count, "the shape is not that of the values")
                let end = start + byteCount(tensor)
                json.object(tensor.name) {
                    $0.member("dtype", SafeTensorsHeader.DType.f32.rawValue)
                    $0.member("shape", tensor.shape)
                    $0.member("data_offsets", [start, end])
                }
                start = end
            }
        }
        return json.bytes
    }

    private static func byteCount(_ tensor: NamedTensor) -> Int {
        tensor.values.count * SafeTensorsHeader.DType.f32.byteCount
    }
}
