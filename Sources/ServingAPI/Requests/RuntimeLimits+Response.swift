import JSON
import ModelStore
import NeuralNetwork
import TimeSeries

extension RuntimeLimits {
    /// Checks the size of a response and the work for it.
    /// - Parameters:
    ///   - values: the number of values in the response.
    ///   - windows: the windows that go through the network.
    /// - Throws: an error beyond the limits.
    package func checkResponse(
        of values: Int, _ windows: Windows<Double>, _ network: Sequential
    ) throws(Problem) {
        guard values <= maxResponseValues else {
            throw .invalid(
                at: "",
                "the response to \(windows.count) windows would have \(values) numbers; the maximum is "
                    + "\(maxResponseValues). Send the data in parts, or use a larger stride")
        }
        guard windows.count <= maxPredictionMultiplications / network.multiplications else {
            throw .invalid(
                at: "",
                "\(windows.count) windows exceed the maximum of this model for one request, "
                    + "\(maxPredictionMultiplications / network.multiplications). Send the data in parts, or "
                    + "use a larger stride")
        }
    }
}
