import CVectorMath

/// Dense and TimeDistributed(Dense): one matrix product for all timesteps, `[T·B, F]·[F, units]`, where a
/// vector counts as one timestep.
struct DenseOperation: Operation {
    let timesteps: Int
    let options: Dense
    /// `[F, units]`.
    let kernel: WeightMatrix
    /// Offset of the bias `[units]` in the parameters.
    let bias: Int

    func cacheCount(batch: Int, mode: Mode) -> Int { 0 }

    func forward(_ pass: ForwardPass) {
        let rows = timesteps * pass.batch
        LinearAlgebra.multiply(
            Matrix(pass.input, rows, kernel.rows), pass.weights.factor(kernel),
            plus: .row(pass.weights.values + bias), into: pass.output)
        if options.activation != .linear {
            vm_activate(pass.output, rows * options.units, options.activation.code)
        }
    }

    func backward(_ pass: BackwardPass) {
        let rows = timesteps * pass.batch
        if options.activation != .linear {
            vm_activation_gradient(
                pass.outputGradient, pass.output, rows * options.units, options.activation.code)
        }
        let outer = Matrix(pass.outputGradient, rows, options.units)
        vm_sum_rows(outer.base, pass.gradient + bias, rows, options.units)
        LinearAlgebra.multiplyTransposed(
            Matrix(pass.input, rows, kernel.rows), outer, into: pass.gradient + kernel.offset)
        if let inputGradient = pass.inputGradient {
            LinearAlgebra.multiply(outer, pass.weights.transposedFactor(kernel), into: inputGradient)
        }
    }
}

/// RepeatVector with copies in memory: `[B][F]` to `[T][B][F]`. Before a recurrent layer `Plan` elides the
/// copies.
struct RepeatVectorOperation: Operation {
    let count: Int
    let features: Int

    func cacheCount(batch: Int, mode: Mode) -> Int { 0 }

    func forward(_ pass: ForwardPass) {
        let size = pass.batch * features
        for copy in 0..<count { (pass.output + copy * size).update(from: pass.input, count: size) }
    }

    func backward(_ pass: BackwardPass) {
        guard let inputGradient = pass.inputGradient else { return }
        let size = pass.batch * features
        inputGradient.update(from: pass.outputGradient, count: size)
        for copy in 1..<max(count, 1) { vm_add(inputGradient, pass.outputGradient + copy * size, size) }
    }
}

/// Inverted dropout (Srivastava et al. 2014) as in Keras: training scales the numbers that are kept by `1 /
/// (1 - rate)`; inference copies its input.
struct DropoutOperation: Operation {
    /// Numbers of one window.
    let count: Int
    let rate: Float
    /// Random stream of this layer: two Dropout layers must not drop the same positions.
    let stream: UInt64

    func cacheCount(batch: Int, mode: Mode) -> Int { mode == .training ? batch * count : 0 }

    func forward(_ pass: ForwardPass) {
        let size = pass.batch * count
        guard pass.mode == .training else { return pass.output.update(from: pass.input, count: size) }
        var random = SplitMix64(seed: pass.seed, stream: stream)
        let scale = 1 / (1 - rate)
        for index in 0..<size {
            pass.cache[index] = random.nextUniform() < rate ? 0 : scale
            pass.output[index] = pass.input[index] * pass.cache[index]
        }
    }

    func backward(_ pass: BackwardPass) {
        guard let inputGradient = pass.inputGradient else { return }
        for index in 0..<pass.batch * count {
            inputGradient[index] = pass.outputGradient[index] * pass.cache[index]
        }
    }
}
