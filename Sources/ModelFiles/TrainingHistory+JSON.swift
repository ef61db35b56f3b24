import JSON
import NeuralNetwork

extension JSONWriter {
    /// Writes the members that `history()` reads.
    mutating func history(of training: ModelDescription.Training) {
        member("loss", training.history.map { Float($0.loss) }[...])
        let validation = training.history.compactMap(\.validationLoss)
        if !validation.isEmpty { member("val_loss", validation.map { Float($0) }[...]) }
        let rates = training.history.map(\.learningRate)
        if rates.allSatisfy(\.isFinite) { member("learning_rate", rates[...]) }
        member("epoch", training.epoch)
        member("seconds", training.seconds)
        if let version = training.warmStart { member("warm_start", version) }
    }
}

extension FieldReader {
    /// An array of numbers without null.
    mutating func doubles(_ name: String) throws(JSONError) -> [Double]? {
        guard let tensor = try tensor(name, rank: 1...1) else { return nil }
        guard tensor.missing.isEmpty else { throw error(name, "has a null in it") }
        return tensor.values
    }

    /// An array of numbers without null, in the range of float32.
    mutating func floats(_ name: String) throws(JSONError) -> [Float]? {
        guard let tensor = try tensor(name, rank: 1...1) else { return nil }
        guard tensor.missing.isEmpty else { throw error(name, "has a null in it") }
        return try floats(name, tensor)
    }

    /// Converts the numbers of a tensor.
    /// - Throws: an error for a number beyond the range of float32.
    func floats(_ name: String, _ tensor: Tensor) throws(JSONError) -> [Float] {
        let floats = tensor.values.map { Float($0) }
        guard floats.allSatisfy(\.isFinite) else {
            throw error(name, "has a number beyond the range of float32, ±3.4028235e38")
        }
        return floats
    }

    /// Reads the results of training, but not its options.
    mutating func history() throws(JSONError) -> ModelDescription.Training {
        let losses = try floats("loss") ?? []
        let validation = try floats("val_loss")
        let rates = try floats("learning_rate")
        for (name, values) in [("val_loss", validation), ("learning_rate", rates)] {
            if let values, values.count != losses.count {
                throw error(name, "has \(values.count) numbers for the \(losses.count) of \"loss\"")
            }
        }
        var training = ModelDescription.Training()
        training.history = losses.indices.map { index in
            EpochReport(
                epoch: index + 1, loss: Double(losses[index]),
                validationLoss: validation.map { Double($0[index]) },
                learningRate: rates?[index] ?? .nan)
        }
        training.epoch = try int("epoch", in: 0...losses.count, default: losses.count)
        training.seconds = try double("seconds", in: 0...1e12, default: 0)
        training.warmStart = try int("warm_start", in: 1...Int.max)
        return training
    }
}
