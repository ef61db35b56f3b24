import ModelFiles
import NeuralNetwork

extension ModelDescription {
    /// Checks that the model has a network.
    /// - Parameters:
    ///   - name: the model's name.
    ///   - what: what only a network has, such as `layers`.
    /// - Throws: 409 for a detector without one.
    func requireNetwork(_ name: String, for what: String) throws(Problem) {
        if let baseline = architecture.baseline { throw .noNetwork(name, baseline, what) }
    }
}
