/// Whether a pass serves training, which needs what it computed for the way back, or inference.
enum Mode: Sendable {
    case training
    case inference
}

/// The arithmetic of one layer on B windows.
///
/// Activations are time-major: a sequence is `[T][B][F]`, so that one timestep of all windows is one matrix.
protocol Operation: Sendable {
    /// Floats it keeps from `forward` to `backward` or needs in between, for B windows.
    func cacheCount(batch: Int, mode: Mode) -> Int
    /// Computes `pass.output` from `pass.input`.
    func forward(_ pass: ForwardPass)
    /// Computes the gradients of the parameters, and of the input unless `pass.inputGradient` is nil.
    /// May destroy the output's gradient.
    func backward(_ pass: BackwardPass)
}

/// Where `forward` finds its operands.
struct ForwardPass {
    let batch: Int
    let mode: Mode
    let weights: WeightView
    let input: UnsafePointer<Float>
    let output: Floats
    let cache: Floats
    /// Fixes this pass' random numbers: the same for the same seed, training step and shard.
    let seed: UInt64
}

/// Where `backward` finds its operands.
struct BackwardPass {
    let batch: Int
    let weights: WeightView
    /// Of all parameters of the network; `backward` overwrites those of its own.
    let gradient: Floats
    let input: UnsafePointer<Float>
    let output: UnsafePointer<Float>
    let cache: Floats
    let outputGradient: Floats
    let inputGradient: Floats?
}

/// Hands out consecutive pieces of a region, each starting on a cache line.
struct Arena {
    /// Floats handed out so far.
    private(set) var count = 0
    private let base: Floats

    init(_ base: Floats) { self.base = base }

    /// An arena that only counts: its pieces must not be touched.
    static var counting: Arena { Arena(nowhere) }
    nonisolated(unsafe) static let nowhere = Floats.allocate(capacity: 1)

    mutating func take(_ floats: Int) -> Floats {
        defer { count += (floats + 15) & ~15 }
        return base + count
    }
}
