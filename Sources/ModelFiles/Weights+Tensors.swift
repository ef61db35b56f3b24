import JSON
import ModelFormats
import NeuralNetwork

extension Weights {
    /// Takes the weights of a network from the tensors of a file, which may have any order.
    /// - Throws: ``ModelFileError`` if a tensor is missing, superfluous, of another shape, or not finite.
    init(_ tensors: [NamedTensor], for network: Sequential) throws(ModelFileError) {
        var byName: [String: NamedTensor] = [:]
        for tensor in tensors { byName[tensor.name] = tensor }
        var values: [Float] = []
        values.reserveCapacity(network.parameterCount)
        for parameter in network.parameters {
            guard let tensor = byName.removeValue(forKey: parameter.name) else {
                throw ModelFileError(
                    "there is no tensor \(Quote.text(parameter.name)) of shape \(parameter.shape), which the "
                        + "architecture needs")
            }
            guard tensor.shape == parameter.shape else {
                throw ModelFileError(
                    "tensor \(Quote.text(parameter.name)) has shape \(tensor.shape); the architecture needs "
                        + "\(parameter.shape)")
            }
            guard tensor.values.allSatisfy(\.isFinite) else {
                throw ModelFileError("tensor \(Quote.text(parameter.name)) has a NaN or an infinity in it")
            }
            values += tensor.values
        }
        if let extra = byName.keys.min() {
            throw ModelFileError(
                "the architecture has no tensor \(Quote.text(extra)); its tensors are "
                    + network.parameters.map(\.name).joined(separator: ", "))
        }
        guard let weights = Weights(values, for: network) else {
            throw ModelFileError("the tensors are not those of the architecture")
        }
        self = weights
    }
}
