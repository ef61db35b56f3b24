import JSON

/// Reads and writes safetensors files (https://github.com/huggingface/safetensors). ``SafeTensorsHeader``
/// describes the format.
package enum SafeTensors {
    /// Alignment of the data in files that are written, in bytes: a cache line. The reference implementation
    /// uses 8.
    private static let alignment = 64

    /// Reads all tensors of a file as float32.
    ///
    /// F32 is copied bit by bit, F16 and BF16 are converted exactly, F64 is rounded, to infinity beyond the
    /// range of float32. Values may be NaN or infinite.
    /// - Parameter file: the bytes of the whole file.
    /// - Returns: the header, and one tensor for each of its entries, in the same order.
    /// - Throws: ``SafeTensorsError`` if the file is invalid or beyond a limit, or if a tensor has integers
    ///   or booleans.
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
            guard let values else { throw SafeTensorsError(unreadable: entry) }
            tensors.append(NamedTensor(name: entry.name, shape: entry.shape, values: values))
        }
        return tensors
    }

    /// Returns the bytes of a file with the given tensors, in the given order, as F32.
    ///
    /// ``read(_:)`` returns the same tensors and metadata, bit by bit, if the limits of ``SafeTensorsHeader``
    /// are kept.
    /// - Parameters:
    ///   - tensors: tensors with unique names other than `__metadata__`, whose values match their shapes
    ///     (preconditions).
    ///   - metadata: the strings of `__metadata__`, in order, with unique names (a precondition).
    package static func write(
        _ tensors: [NamedTensor], metadata: [(name: String, value: String)]
    ) -> [UInt8] {
        for tensor in tensors {
            precondition(
                tensor.shape.reduce(1, *) == tensor.values.count,
                "the number of values does not match the shape")
        }
        var file = header(tensors.map { ($0.name, $0.shape) }, metadata: metadata)
        for tensor in tensors {
            tensor.values.withUnsafeBytes { file.append(contentsOf: $0) }
        }
        return file
    }

    /// Returns the beginning of a file: all but its data, which are the values of the tensors, one after the
    /// other, as F32.
    /// - Parameters:
    ///   - tensors: unique names other than `__metadata__` (preconditions), and shapes.
    ///   - metadata: the strings of `__metadata__`, in order, with unique names (a precondition).
    package static func header(
        _ tensors: [(name: String, shape: [Int])], metadata: [(name: String, value: String)]
    ) -> [UInt8] {
        let header = json(tensors, metadata)
        let length = SafeTensorsHeader.lengthByteCount + header.count
        let padding = (alignment - length % alignment) % alignment
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length + padding)
        withUnsafeBytes(of: UInt64(header.count + padding).littleEndian) { bytes.append(contentsOf: $0) }
        bytes += header
        bytes += repeatElement(UInt8(ascii: " "), count: padding)
        return bytes
    }

    private static func json(
        _ tensors: [(name: String, shape: [Int])], _ metadata: [(name: String, value: String)]
    ) -> [UInt8] {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "two tensors have the same name")
        precondition(
            Set(metadata.map(\.name)).count == metadata.count,
            "two strings of the metadata have the same name")
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
                    tensor.name != SafeTensorsHeader.metadataName, "a tensor must not be named __metadata__")
                let end = start + tensor.shape.reduce(SafeTensorsHeader.DType.f32.byteCount, *)
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
}
