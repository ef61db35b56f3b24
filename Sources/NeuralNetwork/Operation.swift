/// Whether a pass is part of training, which keeps intermediate results for the backward pass, or inference.
enum Mode: Sendable {
    case training
    case inference
}

/// The forward and backward pass of one layer on B windows.
///
/// Layer outputs are time-major: a sequence is `[T][B][F]`, so that one timestep of all windows is one
/// matrix; a vector is `[B][F]`.
protocol Operation: Sendable {
    /// Floats of working memory for B windows, including what `forward` keeps for `backward`.
    func cacheCount(batch: Int, mode: Mode) -> Int
    /// Computes `pass.output` from `pass.input`.
    func forward(_ pass: ForwardPass)
    /// Computes the gradients of the parameters, and of the input unless `pass.inputGradient` is nil. May
    /// overwrite the output's gradient and the cache.
    func backward(_ pass: BackwardPass)
}

/// The operands of `forward`.
struct ForwardPass {
    let batch: Int
    let mode: Mode
    let weights: WeightView
    let input: UnsafePointer<Float>
    let output: Floats
    let cache: Floats
    /// Seed of this pass' random numbers. The same seed, training step and shard give the same numbers.
    let seed: UInt64
}

/// The operands of `backward`.
struct BackwardPass {
    let batch: Int
    let weights: WeightView
    /// Gradients of all parameters of the network; `backward` overwrites those of its layer.
    let gradient: Floats
    let input: UnsafePointer<Float>
    let output: UnsafePointer<Float>
    let cache: Floats
    let outputGradient: Floats
    let inputGradient: Floats?
}

/// A bump allocator: returns consecutive pieces of a region, each aligned to a cache line.
struct Arena {
    /// Floats allocated so far.
    private(set) var count = 0
    private let base: Floats

    init(_ base: Floats) { self.base = base }

    /// An arena that only counts: its pieces must not be read or written.
    static var counting: Arena { Arena(nowhere) }
    nonisolated(unsafe) static let nowhere = Floats.allocate(capacity: 1)

    mutating func take(_ floats: Int) -> Floats {
        defer { count += (floats + 15) & ~15 }
        return base + count
    }
}
