import JSON
import ModelFormats
import NeuralNetwork

/// Reads the weights of a network from the data of a file, in pieces. The tensors may have any order.
struct WeightsReader {
    /// The maximum size of a piece in bytes, a multiple of the size of every type.
    private static let maxPieceSize = 1 << 18

    private let network: Sequential
    /// The tensors in the order of the file, with the parameters that they hold.
    private let tensors: [(entry: SafeTensorsHeader.Entry, parameter: Parameter)]
    private var values: [Float] = []
    /// The tensor that is read, and how many of its bytes have been read.
    private var index = 0
    private var position = 0

    /// - Throws: ``ModelFileError`` if a tensor is missing, superfluous, or of another shape or type.
    init(_ header: SafeTensorsHeader, for network: Sequential) throws(ModelFileError) {
        self.network = network
        var entries: [String: SafeTensorsHeader.Entry] = [:]
        for entry in header.entries { entries[entry.name] = entry }
        var parameters: [String: Parameter] = [:]
        for parameter in network.parameters {
            guard let entry = entries[parameter.name] else {
                throw ModelFileError(
                    "there is no tensor \(Quote.text(parameter.name)) of shape \(parameter.shape), which the "
                        + "architecture needs")
            }
            guard entry.shape == parameter.shape else {
                throw ModelFileError(
                    "tensor \(Quote.text(parameter.name)) has shape \(entry.shape); the architecture needs "
                        + "\(parameter.shape)")
            }
            parameters[parameter.name] = parameter
        }
        var tensors: [(entry: SafeTensorsHeader.Entry, parameter: Parameter)] = []
        for entry in header.entries {
            guard let parameter = parameters[entry.name] else {
                throw ModelFileError(
                    "the architecture has no tensor \(Quote.text(entry.name)); its tensors are "
                        + network.parameters.map(\.name).joined(separator: ", "))
            }
            guard entry.dtype.isReadable else {
                throw ModelFileError(SafeTensorsError(unreadable: entry))
            }
            tensors.append((entry, parameter))
        }
        self.tensors = tensors
        // Only now, because the tensors, which the file has, are as large as the network.
        values = [Float](repeating: 0, count: network.parameterCount)
    }

    /// The part of the data that `append` takes next, in bytes; nil if all weights have been read.
    var next: Range<Int>? {
        guard index < tensors.count else { return nil }
        let range = tensors[index].entry.range
        let start = range.lowerBound + position
        return start..<min(range.upperBound, start + Self.maxPieceSize)
    }

    /// Takes the bytes of ``next``.
    /// - Throws: ``ModelFileError`` if there are fewer or more bytes, or a value that is not finite.
    mutating func append(_ bytes: ArraySlice<UInt8>) throws(ModelFileError) {
        let (entry, parameter) = tensors[index]
        let floats = bytes.withUnsafeBytes { SafeTensors.floats(entry.dtype, $0) }
        guard bytes.count == next?.count, let piece = floats else {
            throw ModelFileError("tensor \(Quote.text(entry.name)) is incomplete; was the file cut off?")
        }
        guard piece.allSatisfy(\.isFinite) else {
            throw ModelFileError("tensor \(Quote.text(entry.name)) has a NaN or an infinity in it")
        }
        let start = parameter.offset + position / entry.dtype.byteCount
        values.withUnsafeMutableBufferPointer { values in
            _ = values[start..<(start + piece.count)].update(fromContentsOf: piece)
        }
        position += bytes.count
        guard position == entry.range.count else { return }
        (index, position) = (index + 1, 0)
    }

    /// The weights, when ``next`` is nil.
    func weights() throws(ModelFileError) -> Weights {
        guard next == nil, let weights = Weights(values, for: network) else {
            throw ModelFileError("the tensors are not those of the architecture")
        }
        return weights
    }
}

extension Weights {
    /// Takes the weights of a network from the data of a file.
    /// - Throws: ``ModelFileError`` if a tensor is missing, superfluous, of another shape or type, or not
    ///   finite.
    init(
        _ header: SafeTensorsHeader, _ data: ArraySlice<UInt8>, for network: Sequential
    ) throws(ModelFileError) {
        var reader = try WeightsReader(header, for: network)
        while let range = reader.next {
            let start = data.startIndex
            try reader.append(data[(start + range.lowerBound)..<(start + range.upperBound)])
        }
        self = try reader.weights()
    }
}
