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
        let weights = trained.model.weights
        let tensors = trained.model.network.parameters.map {
            NamedTensor(name: $0.name, shape: $0.shape, values: Array(weights[$0]))
        }
        let digests = [(name: "sha256", value: zeros), (name: "data_sha256", value: zeros)]
        let strings =
            ModelMetadata.strings(of: trained.description) + [trained.detector.metadata].compactMap { $0 }
        var file = SafeTensors.write(tensors, metadata: digests + strings)
        let dataStart = 8 + headerLength(file)
        file.replaceSubrange(dataDigest, with: hexadecimal(file[dataStart...]))
        file.replaceSubrange(headerDigest, with: hexadecimal(file[..<dataStart]))
        return file
    }

    /// The SHA-256 of bytes, as hexadecimal digits in ASCII.
    static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digest = bytes.withUnsafeBytes { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: bytes)
            return hash.finalize()
        }
        return Array(digest.hexadecimal.utf8)
    }

    private static func headerLength(_ file: [UInt8]) -> Int {
        file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
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
            let header: SafeTensorsHeader
            do throws(SafeTensorsError) {
                header = try SafeTensorsHeader(file, fileSize: file.count)
            } catch {
                throw ModelFileError(error)
            }
            let tensors = try tensors(file[header.dataStart...], header)
            return try model(header, ModelMetadata.description(header), tensors)
        }
    }

    /// Reads the weights that belong to a header.
    /// - Parameter data: the file's bytes behind the header.
    /// - Throws: ``ModelFileError`` if the data are cut off, fail their checksum or do not match the
    ///   architecture.
    package static func model(
        _ header: ModelFileHeader, data: ArraySlice<UInt8>
    ) throws(ModelFileError) -> TrainedModel {
        try header.checkSize(data)
        return try model(header.tensors, header.description, tensors(data, header.tensors))
    }

    private static func model(
        _ header: SafeTensorsHeader, _ description: ModelDescription, _ tensors: [NamedTensor]
    ) throws(ModelFileError) -> TrainedModel {
        let weights = try Weights(tensors, for: description.network)
        let detector = try Detector(header, of: description)
        do throws(ArchitectureError) {
            return TrainedModel(
                description: description, model: try Model(description.network, weights: weights),
                detector: detector)
        } catch {
            throw ModelFileError(error.detail)
        }
    }

    private static func tensors(
        _ data: ArraySlice<UInt8>, _ header: SafeTensorsHeader
    ) throws(ModelFileError) -> [NamedTensor] {
        let tensors: [NamedTensor]
        do throws(SafeTensorsError) {
            tensors = try SafeTensors.tensors(in: data, header)
        } catch {
            throw ModelFileError(error)
        }
        try verify(data, header)
        return tensors
    }

    /// Checks the checksum of the data, if the metadata have one.
    static func verify(_ data: ArraySlice<UInt8>, _ header: SafeTensorsHeader) throws(ModelFileError) {
        guard let digest = header["data_sha256"] else { return }
        guard Array(digest.utf8) == hexadecimal(data) else {
            throw ModelFileError(
                "the weights do not match their checksum, 'data_sha256' of the metadata; "
                    + "remove it if the weights were changed on purpose")
        }
    }
}

/// The reason that a file is not a valid model.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public let description: String

    package init(_ description: String) { self.description = description }
    init(_ error: SafeTensorsError) { self.init(error.description) }
}
