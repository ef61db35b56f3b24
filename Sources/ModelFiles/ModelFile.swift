import Crypto
import Detection
import ModelFormats
import NeuralNetwork

/// A model version as one self-describing safetensors file: the weights under their Keras names, and
/// everything else in `__metadata__` (see ``ModelMetadata``).
///
/// The safetensors format has no checksum, so the metadata begin with two: one of the data, and one of the
/// header in which its own digits are zeros. The header's checksum lets a reader trust a description without
/// reading the weights.
package enum ModelFile {
    static let start = Array("{\"__metadata__\":{\"sha256\":\"".utf8)
    static let separator = Array("\",\"data_sha256\":\"".utf8)
    private static let digitCount = 2 * SHA256.byteCount
    /// Positions of the two checksums' digits in a file that this software has written.
    static var headerDigest: Range<Int> { digits(at: 8 + start.count) }
    static var dataDigest: Range<Int> { digits(at: headerDigest.upperBound + separator.count) }
    static let zeros = String(repeating: "0", count: digitCount)

    private static func digits(at lower: Int) -> Range<Int> { lower..<(lower + digitCount) }

    /// Where a file comes from, which decides what is required of its checksums.
    package enum Source {
        /// The repository: this software has written the file, and both checksums must be there and match.
        case repository
        /// An upload: a checksum of the data must match if there is one.
        case upload
    }

    // MARK: Writing

    /// Returns the bytes of a model's file. The same model always gives the same bytes.
    package static func bytes(of trained: TrainedModel) -> [UInt8] {
        trained.model.weights.values.withUnsafeBytes { header(of: trained) + $0 }
    }

    /// Returns the beginning of a model's file: all but its data, which are the weights as they are in
    /// memory.
    package static func header(of trained: TrainedModel) -> [UInt8] {
        let tensors = trained.model.network.parameters.map { (name: $0.name, shape: $0.shape) }
        let digests = [(name: "sha256", value: zeros), (name: "data_sha256", value: zeros)]
        let strings =
            ModelMetadata.strings(of: trained.description) + [trained.detector.metadata].compactMap { $0 }
        var header = SafeTensors.header(tensors, metadata: digests + strings)
        let digest = trained.model.weights.values.withUnsafeBytes { hexadecimal($0) }
        header.replaceSubrange(dataDigest, with: digest)
        header.replaceSubrange(headerDigest, with: hexadecimal(header[...]))
        return header
    }

    /// The SHA-256 of bytes, as hexadecimal digits in ASCII.
    static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.withUnsafeBytes { hexadecimal($0) }
    }

    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        return Array(hash.finalize().hexadecimal.utf8)
    }

    /// The maximum size of the file of a network with at most so many parameters, in bytes. A file may hold
    /// them as F64.
    package static func maxByteCount(parameters: Int) -> Int {
        SafeTensorsHeader.maxByteCount + parameters * SafeTensorsHeader.DType.f64.byteCount
    }

    // MARK: Reading

    /// The number of bytes from a file's beginning that ``ModelFileHeader`` needs.
    /// - Throws: ``ModelFileError`` if the beginning is shorter than 8 bytes or claims a header that is too
    ///   long.
    package static func headerSize(_ beginning: [UInt8]) throws(ModelFileError) -> Int {
        do throws(SafeTensorsError) {
            return try SafeTensorsHeader.byteCount(beginning)
        } catch {
            throw ModelFileError(error)
        }
    }

    /// Reads a whole file.
    /// - Throws: ``ModelFileError`` if the file is not a valid model.
    package static func model(_ file: [UInt8], from source: Source) throws(ModelFileError) -> TrainedModel {
        switch source {
        case .repository:
            let header = try ModelFileHeader(file, size: file.count)
            return try model(header, data: file[header.dataStart...])
        case .upload:
            var reader = UploadReader(size: file.count)
            while let range = reader.next { try reader.append(file[range]) }
            return try reader.model()
        }
    }

    /// Reads the weights that belong to a header.
    /// - Parameter data: the file's bytes behind the header.
    /// - Throws: ``ModelFileError`` if the data are cut off, fail their checksum or do not match the
    ///   architecture.
    package static func model(
        _ header: ModelFileHeader, data: ArraySlice<UInt8>
    ) throws(ModelFileError) -> TrainedModel {
        try header.verify(data)
        let description = header.description
        let weights = try Weights(header.tensors, data, for: description.network)
        let detector = try Detector(header.tensors, of: description)
        do throws(ArchitectureError) {
            return TrainedModel(
                description: description, model: try Model(description.network, weights: weights),
                detector: detector)
        } catch {
            throw ModelFileError(error.detail)
        }
    }

    /// Checks the checksum of the data, if the metadata have one.
    static func verify(_ data: ArraySlice<UInt8>, _ header: SafeTensorsHeader) throws(ModelFileError) {
        guard let digest = header["data_sha256"] else { return }
        guard Array(digest.utf8) == hexadecimal(data) else { throw .otherWeights }
    }
}

/// The reason that a file is not a valid model.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public let description: String

    package init(_ description: String) { self.description = description }
    init(_ error: SafeTensorsError) { self.init(error.description) }

    /// The data do not match their checksum.
    static let otherWeights = ModelFileError(
        "the weights do not match their checksum, 'data_sha256' of the metadata; "
            + "remove it if the weights were changed on purpose")
}
