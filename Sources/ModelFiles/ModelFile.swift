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
        let known =
            ModelMetadata.strings(of: trained.description) + [trained.detector.metadata].compactMap { $0 }
        let strings = trained.description.unknown.merged(with: known)
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
            let data = file[header.dataStart...]
            try verify(data, header)
            do throws(ModelFileError) {
                let trained = try model(header, data)
                let unknownBytes = trained.description.unknown.entryBytes
                guard unknownBytes <= UnknownMetadata.maxEntryBytes else {
                    throw ModelFileError(
                        "the metadata have \(unknownBytes) bytes of entries that \(Software.name) does not "
                            + "know; the limit is \(UnknownMetadata.maxEntryBytes)")
                }
                return trained
            } catch {
                // If the header is as a server has written it, the file is not misspelt.
                let isIntact = (try? ModelFileHeader.checkedDigest(file[..<header.dataStart])) != nil
                throw isIntact && !error.isNewer ? ModelFileError(error.description, isNewer: true) : error
            }
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
        return try model(header.tensors, data)
    }

    private static func model(
        _ header: SafeTensorsHeader, _ data: ArraySlice<UInt8>
    ) throws(ModelFileError) -> TrainedModel {
        var reader = try MetadataReader(header)
        var description = try ModelMetadata.description(&reader)
        let weights = try Weights(tensors(data, header), for: description.network)
        let detector = try Detector(&reader, of: description)
        description.unknown = reader.unknown
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
        do throws(SafeTensorsError) { return try SafeTensors.tensors(in: data, header) } catch {
            throw ModelFileError(error)
        }
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
}
