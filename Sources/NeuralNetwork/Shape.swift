/// The shape of what a layer emits for one window.
///
/// Letters used throughout: B windows in a batch, T timesteps, F features, H units of an LSTM layer, Z
/// units of the encoding. Keras shows the batch dimension as `None`; it is left out here.
public struct Shape: Sendable, Hashable {
    /// T for a sequence `[T][F]`, nil for a vector `[F]`.
    public let timesteps: Int?
    /// F.
    public let features: Int

    /// A sequence of T vectors of F features.
    public static func sequence(_ timesteps: Int, _ features: Int) -> Shape {
        Shape(timesteps: timesteps, features: features)
    }

    /// A single vector of F features.
    public static func vector(_ features: Int) -> Shape {
        Shape(timesteps: nil, features: features)
    }

    /// The numbers in it.
    public var count: Int { (timesteps ?? 1) * features }

    /// `[T, F]` or `[F]`.
    public var dimensions: [Int] {
        if let timesteps { [timesteps, features] } else { [features] }
    }
}
