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
        let known =
            ModelMetadata.strings(of: trained.description) + [trained.detector.metadata].compactMap { $0 }
        let strings = trained.description.unknown.merged(with: known)
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
        let (description, detector) = try metadata(header.tensors)
        let weights = try Weights(header.tensors, data, for: description.network)
        return try model(description, detector, weights)
    }

    /// Reads what the metadata say of a model: all of it but the weights.
    /// - Throws: ``ModelFileError`` if they do not describe a model that this release understands.
    static func metadata(
        _ header: SafeTensorsHeader
    ) throws(ModelFileError) -> (description: ModelDescription, detector: Detector) {
        var reader = try MetadataReader(header)
        var description = try ModelMetadata.description(&reader)
        let detector = try Detector(&reader, of: description)
        description.unknown = reader.unknown
        return (description, detector)
    }

    /// - Throws: ``ModelFileError`` if the network cannot have these weights.
    static func model(
        _ description: ModelDescription, _ detector: Detector, _ weights: Weights
    ) throws(ModelFileError) -> TrainedModel {
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

/// The reason that a file is not a valid model, or not one that this release understands.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public let description: String

    /// Whether a newer release may understand the file: it requires a feature that this release does not
    /// know, or its checksums show that a server has written it as it is. Otherwise the file is wrong.
    public let isNewer: Bool

    package init(_ description: String, isNewer: Bool = false) {
        self.description = description
        self.isNewer = isNewer
    }
    init(_ error: SafeTensorsError) { self.init(error.description) }

    /// The data do not match their checksum.
    static let otherWeights = ModelFileError(
        "the weights do not match their checksum, 'data_sha256' of the metadata; "
            + "remove it if the weights were changed on purpose")
}
