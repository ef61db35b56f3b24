/// The shape of a layer's input or output for one window.
///
/// Letters used throughout: B windows in a batch, T timesteps, F features, H units of an LSTM layer, Z units
/// of the encoding. The batch dimension, which Keras shows as `None`, is left out.
public struct Shape: Sendable, Hashable {
    /// T of a sequence `[T][F]`; nil for a vector `[F]`.
    public let timesteps: Int?
    /// F, the numbers of one timestep or of the vector.
    public let features: Int

    /// The shape of a sequence, `[T][F]`.
    public static func sequence(_ timesteps: Int, _ features: Int) -> Shape {
        Shape(timesteps: timesteps, features: features)
    }

    /// The shape of a vector, `[F]`.
    public static func vector(_ features: Int) -> Shape {
        Shape(timesteps: nil, features: features)
    }

    /// Numbers in an array of this shape.
    public var count: Int { (timesteps ?? 1) * features }

    /// `[T, F]` or `[F]`.
    public var dimensions: [Int] {
        if let timesteps { [timesteps, features] } else { [features] }
    }
}
