import Crypto
import Detection
import JSON
import ModelFormats
import NeuralNetwork

/// A version of a model as one self-describing safetensors file: weights under Keras' names, and everything else in
/// `__metadata__` (see ``ModelMetadata``).
///
/// The format has no checksum, so the metadata begin with two: that of the data, and that of the header with its own
/// digits as zeros. The header's lets a description be believed without reading the weights.
package enum ModelFile {
    private static let start = Array("{\"__metadata__\":{\"sha256\":\"".utf8)
    private static let between = Array("\",\"data_sha256\":\"".utf8)
    private static let digits = 2 * SHA256.byteCount
    /// Where the digits of the two stand in a file of ours.
    private static var headerDigest: Range<Int> { range(8 + start.count) }
    private static var dataDigest: Range<Int> { range(headerDigest.upperBound + between.count) }
    private static let zeros = String(repeating: "0", count: digits)

    private static func range(_ lower: Int) -> Range<Int> { lower..<(lower + digits) }

    /// Who wrote a file.
    package enum Source {
        /// This software: both checksums are there and hold.
        case repository
        /// Anybody: a checksum of the data holds if it is there.
        case upload
    }

    // MARK: Writing

    /// The bytes of a file.
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

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
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

    /// What a file's beginning says of its model. The header's checksum holds; the weights are not looked at.
    /// - Parameters:
    ///   - beginning: the header at least.
    ///   - size: of the whole file, in bytes.
    package static func description(_ beginning: [UInt8], size: Int) throws(ModelFileError)
        -> ModelDescription
    {
        try ModelMetadata.description(try checkedHeader(beginning, size: size))
    }

    /// How many bytes of a file's beginning `description` needs.
    package static func headerSize(_ beginning: [UInt8]) throws(ModelFileError) -> Int {
        do throws(SafeTensorsError) {
            return try SafeTensorsHeader.byteCount(beginning)
        } catch {
            throw ModelFileError(error)
        }
    }

    /// A whole file as a model.
    package static func model(_ file: [UInt8], from source: Source) throws(ModelFileError) -> TrainedModel {
        let parsed: (header: SafeTensorsHeader, tensors: [NamedTensor])
        do throws(SafeTensorsError) { parsed = try SafeTensors.read(file) } catch {
            throw ModelFileError(error)
        }
        if case .repository = source { _ = try checkedHeader(file, size: file.count) }
        try checkData(file, parsed.header)
        let description = try ModelMetadata.description(parsed.header)
        let weights = try weights(parsed.tensors, for: description.network)
        let detector = try Detector(parsed.header, of: description)
        do throws(ArchitectureError) {
            return TrainedModel(
                description: description, model: try Model(description.network, weights: weights),
                detector: detector)
        } catch {
            throw ModelFileError(error.detail)
        }
    }

    /// Checks both checksums of a file.
    /// - Returns: the header's, which no other file has.
    package static func verify(_ file: [UInt8]) throws(ModelFileError) -> String {
        let header = try checkedHeader(file, size: file.count)
        try checkData(file, header)
        return String(decoding: file[headerDigest], as: UTF8.self)
    }

    private static func checkData(_ file: [UInt8], _ header: SafeTensorsHeader) throws(ModelFileError) {
        guard let digest = header["data_sha256"] else { return }
        guard Array(digest.utf8) == hexadecimal(file[header.dataStart...]) else {
            throw ModelFileError(
                "the weights fail their checksum, 'data_sha256' of the metadata; leave it out if you have changed them"
            )
        }
    }

    private static func checkedHeader(_ bytes: [UInt8], size: Int) throws(ModelFileError) -> SafeTensorsHeader
    {
        let header: SafeTensorsHeader
        do throws(SafeTensorsError) {
            header = try SafeTensorsHeader(bytes, fileSize: size)
        } catch {
            throw ModelFileError(error)
        }
        var head = Array(bytes.prefix(header.dataStart))
        guard head.count >= dataDigest.upperBound, head[8...].starts(with: start),
            head[headerDigest.upperBound...].starts(with: between)
        else { throw ModelFileError("the header does not begin with its checksums") }
        let claimed = Array(head[headerDigest])
        head.replaceSubrange(headerDigest, with: zeros.utf8)
        guard claimed == hexadecimal(head[...]) else { throw ModelFileError("the header fails its checksum") }
        return header
    }

    /// The tensors in the network's order.
    private static func weights(
        _ tensors: [NamedTensor], for network: Sequential
    ) throws(ModelFileError) -> Weights {
        var byName: [String: NamedTensor] = [:]
        for tensor in tensors { byName[tensor.name] = tensor }
        var values: [Float] = []
        values.reserveCapacity(network.parameterCount)
        for parameter in network.parameters {
            guard let tensor = byName.removeValue(forKey: parameter.name) else {
                throw ModelFileError(
                    "there is no tensor \(Quote.text(parameter.name)) of shape \(parameter.shape), which the architecture needs"
                )
            }
            guard tensor.shape == parameter.shape else {
                throw ModelFileError(
                    "tensor \(Quote.text(parameter.name)) has shape \(tensor.shape); the architecture needs \(parameter.shape)"
                )
            }
            guard tensor.values.allSatisfy(\.isFinite) else {
                throw ModelFileError("tensor \(Quote.text(parameter.name)) has a NaN or an infinity in it")
            }
            values += tensor.values
        }
        if let extra = byName.keys.min() {
            throw ModelFileError(
                "there is a tensor \(Quote.text(extra)), for which the architecture has no place; its tensors are "
                    + network.parameters.map(\.name).joined(separator: ", "))
        }
        guard let weights = Weights(values, for: network) else {
            throw ModelFileError("the tensors are not those of the architecture")
        }
        return weights
    }
}

/// Why a file is no model.
public struct ModelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public let description: String

    package init(_ description: String) { self.description = description }
    init(_ error: SafeTensorsError) { self.init(error.description) }
}
