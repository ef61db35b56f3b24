import Crypto
import Detection
import ModelFormats
import NeuralNetwork

/// Reads an uploaded model's file in pieces, so that a large file is in memory only as weights.
///
/// ``next`` names the bytes that ``append(_:)`` takes: first the header, then the data, once for their
/// checksum, if the metadata have one, and once for the weights. So a file that is not what was sent is
/// reported as such, whatever its metadata say.
package struct UploadReader {
    private static let pieceSize = 1 << 18

    private enum Stage {
        case length
        case header(byteCount: Int)
        case checksum(SafeTensorsHeader, SHA256, read: Int)
        case weights(SafeTensorsHeader, ModelDescription, Detector, WeightsReader)
    }

    private let size: Int
    private var stage = Stage.length
    /// Whether the header is as a server has written it. Then it is not misspelt, and a newer release may
    /// understand what this one does not.
    private var isIntact = false

    /// - Parameter size: of the file, in bytes.
    package init(size: Int) { self.size = size }

    /// The part of the file that ``append(_:)`` takes next, in bytes; nil if nothing is left to read.
    package var next: Range<Int>? {
        switch stage {
        case .length: 0..<min(size, SafeTensorsHeader.lengthByteCount)
        case .header(let byteCount): 0..<min(size, byteCount)
        case .checksum(let header, _, let read):
            (header.dataStart + read)..<min(size, header.dataStart + read + Self.pieceSize)
        case .weights(let header, _, _, let weights):
            weights.next.map { (header.dataStart + $0.lowerBound)..<(header.dataStart + $0.upperBound) }
        }
    }

    /// Takes the bytes of ``next``.
    /// - Throws: ``ModelFileError`` if the file is not a valid model.
    package mutating func append(_ bytes: ArraySlice<UInt8>) throws(ModelFileError) {
        switch stage {
        case .length: stage = .header(byteCount: try ModelFile.headerSize(Array(bytes)))
        case .header: try begin(Array(bytes))
        case .checksum(let header, var hash, let read):
            bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            guard read + bytes.count == header.dataCount else {
                guard !bytes.isEmpty else { throw ModelFileError("the file was cut off while it was read") }
                return stage = .checksum(header, hash, read: read + bytes.count)
            }
            guard hash.finalize().hexadecimal == header["data_sha256"] else { throw .otherWeights }
            try beginWeights(header)
        case .weights(let header, let description, let detector, var weights):
            // Released, so that the weights are changed in place.
            stage = .length
            try interpreting { () throws(ModelFileError) in try weights.append(bytes) }
            stage = .weights(header, description, detector, weights)
        }
    }

    private mutating func begin(_ bytes: [UInt8]) throws(ModelFileError) {
        let header: SafeTensorsHeader
        do throws(SafeTensorsError) {
            header = try SafeTensorsHeader(bytes, fileSize: size)
        } catch {
            throw ModelFileError(error)
        }
        isIntact = (try? ModelFileHeader.checkedDigest(bytes.prefix(header.dataStart))) != nil
        guard header["data_sha256"] != nil else { return try beginWeights(header) }
        stage = .checksum(header, SHA256(), read: 0)
    }

    private mutating func beginWeights(_ header: SafeTensorsHeader) throws(ModelFileError) {
        stage = try interpreting { () throws(ModelFileError) in
            let (description, detector) = try ModelFile.metadata(header)
            let unknownBytes = description.unknown.entryBytes
            guard unknownBytes <= UnknownMetadata.maxEntryBytes else {
                throw ModelFileError(
                    "the metadata have \(unknownBytes) bytes of entries that \(Software.name) does not know; "
                        + "the limit is \(UnknownMetadata.maxEntryBytes)")
            }
            let weights = try WeightsReader(header, for: description.network)
            return .weights(header, description, detector, weights)
        }
    }

    /// The model, when ``next`` is nil.
    package consuming func model() throws(ModelFileError) -> TrainedModel {
        guard case .weights(_, let description, let detector, let weights) = stage else {
            throw ModelFileError("the file has not been read to its end")
        }
        return try interpreting { () throws(ModelFileError) in
            try ModelFile.model(description, detector, try weights.weights())
        }
    }

    /// Marks the errors that `body` throws as those of a newer file if the header is intact.
    private func interpreting<Value>(
        _ body: () throws(ModelFileError) -> Value
    ) throws(ModelFileError) -> Value {
        do throws(ModelFileError) { return try body() } catch {
            throw isIntact ? ModelFileError(error.description, isNewer: true) : error
        }
    }
}
