import TimeSeries

/// The output of every layer of a network for some windows.
public struct LayerOutputs: Sendable {
    /// The network.
    public let network: Sequential
    /// N, the number of windows.
    public let count: Int
    /// The windows as the network sees them, in scaled units: `[N][T][F]`.
    public let inputs: [Float]
    /// For each layer `[N]` times its output shape, in scaled units; all finite.
    public let layers: [[Float]]

    /// Passes windows through a network once.
    /// - Parameter windows: `[N][T][F]` in scaled units, of the model's input shape.
    public init(of windows: Windows<Float>, by model: Model) {
        network = model.network
        count = windows.count
        inputs = Windows(joining: [windows]).series.values
        layers = model.outputs(of: Array(network.entries.indices), for: windows)
    }

    /// The number of values that one window gives: its own and those of every layer.
    public static func values(ofWindow network: Sequential) -> Int {
        network.entries.reduce(network.inputShape.count) { $0 + $1.outputShape.count }
    }
}
