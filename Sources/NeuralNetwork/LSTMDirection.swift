import CVectorMath

/// The forward pass and back-propagation through time of an LSTM that reads a sequence in one direction.
///
/// The input projection covers many timesteps with one product, and each weight gradient is one product; only
/// the recurrent product runs timestep by timestep. Gates are in Keras' order i, f, c, o.
struct LSTMDirection: Sendable {
    let timesteps: Int
    let options: LSTM
    /// `[F, 4H]`.
    let kernel: WeightMatrix
    /// `[H, 4H]`.
    let recurrentKernel: WeightMatrix
    /// Offset of the bias `[4H]` in the parameters.
    let bias: Int
    /// Whether the LSTM reads from the last timestep to the first.
    let isReversed: Bool
    /// Whether the input is one `[B][F]` matrix for all timesteps, the input of an elided RepeatVector:
    /// projection and weight gradient are then computed once instead of T times.
    let inputIsConstant: Bool

    private var units: Int { options.units }
    private var inputs: Int { kernel.rows }

    /// Working memory of one direction.
    struct Buffers {
        /// Gates, `[T][B][4H]`, which the backward pass replaces by their gradients. In inference only the
        /// timesteps of one block are kept.
        let gates: Floats
        /// Projection of a constant input, `[B][4H]`; in the backward pass, the gates' gradients summed over
        /// time.
        let constant: Floats
        /// Cell states, `[T][B][H]`; in inference `[B][H]`.
        let cell: Floats
        /// Activated cell states, `[T][B][H]`; empty in inference.
        let activatedCell: Floats
        /// Gradients that are passed back through time, `[B][H]` each; empty in inference.
        let hiddenGradient: Floats
        let cellGradient: Floats
        /// Whether states of all timesteps are kept for the backward pass.
        let keepsTimesteps: Bool

        init(_ direction: LSTMDirection, batch: Int, mode: Mode, arena: inout Arena) {
            let (timesteps, step) = (direction.timesteps, batch * direction.units)
            keepsTimesteps = mode == .training
            let rows = keepsTimesteps ? timesteps * batch : direction.blockRows(batch)
            gates = arena.take(rows * 4 * direction.units)
            constant = arena.take(direction.inputIsConstant ? 4 * step : 0)
            cell = arena.take((keepsTimesteps ? timesteps : 1) * step)
            activatedCell = arena.take(keepsTimesteps ? timesteps * step : 0)
            hiddenGradient = arena.take(keepsTimesteps ? step : 0)
            cellGradient = arena.take(keepsTimesteps ? step : 0)
        }
    }

    /// Rows of gates (timesteps × windows) that are projected by one product: enough for a fast product, and
    /// few enough to still be in the cache when their timestep is computed.
    private func blockRows(_ batch: Int) -> Int { min(timesteps * batch, max(64, batch)) }

    /// Hidden states of all timesteps, `[T][B][H]`, where rows of H are `stride` floats apart.
    struct Hidden {
        let base: Floats
        let stride: Int
    }

    private func timestep(_ step: Int) -> Int { isReversed ? timesteps - 1 - step : step }

    func forward(_ pass: ForwardPass, _ buffers: Buffers, hidden: Hidden) {
        let (batch, width) = (pass.batch, 4 * units)
        let weights = pass.weights.factor(kernel)
        let bias = Addend.row(pass.weights.values + bias)
        if inputIsConstant {
            LinearAlgebra.multiply(
                Matrix(pass.input, batch, inputs), weights, plus: bias, into: buffers.constant)
        }
        let block = max(1, blockRows(batch) / max(batch, 1))
        for start in stride(from: 0, to: timesteps, by: block) {
            let steps = start..<min(start + block, timesteps)
            // The block's timesteps are consecutive in memory in both directions.
            let first = isReversed ? timesteps - steps.upperBound : start
            let gates = buffers.gates + (buffers.keepsTimesteps ? first * batch * width : 0)
            if !inputIsConstant {
                LinearAlgebra.multiply(
                    Matrix(pass.input + first * batch * inputs, steps.count * batch, inputs), weights,
                    plus: bias,
                    into: gates)
            }
            for step in steps {
                forwardStep(
                    step, pass, buffers, hidden, gates: gates + (timestep(step) - first) * batch * width)
            }
        }
    }

    /// - Parameter gates: `[B][4H]`, which holds the projected input unless the input is constant.
    private func forwardStep(
        _ step: Int, _ pass: ForwardPass, _ buffers: Buffers, _ hidden: Hidden, gates: Floats
    ) {
        let (batch, t) = (pass.batch, timestep(step))
        let projection = inputIsConstant ? buffers.constant : gates
        if step > 0 {
            LinearAlgebra.multiply(
                Matrix(
                    hidden.base + timestep(step - 1) * batch * hidden.stride, batch, units,
                    stride: hidden.stride),
                pass.weights.factor(recurrentKernel), plus: .rows(projection), into: gates)
        } else if inputIsConstant {
            gates.update(from: projection, count: batch * 4 * units)
        }
        let state = hidden.base + t * batch * hidden.stride
        let (activation, recurrentActivation) = (options.activation.code, options.recurrentActivation.code)
        guard buffers.keepsTimesteps else {
            vm_lstm_predict(
                gates, buffers.cell, state, hidden.stride, step == 0 ? 1 : 0, batch, units, activation,
                recurrentActivation)
            return
        }
        func cell(_ step: Int) -> Floats { buffers.cell + timestep(step) * batch * units }
        vm_lstm_forward(
            gates, step > 0 ? UnsafePointer(cell(step - 1)) : nil, cell(step),
            buffers.activatedCell + t * batch * units, state, hidden.stride, batch, units, activation,
            recurrentActivation)
    }

    /// - Parameters:
    ///   - outputGradient: rows as in `hidden`, of every timestep if the layer returns sequences, otherwise
    ///     of the last step only.
    ///   - accumulate: whether to add the input's gradient to `pass.inputGradient` instead of overwriting it.
    func backward(
        _ pass: BackwardPass, _ buffers: Buffers, hidden: Hidden, outputGradient: Hidden, accumulate: Bool
    ) {
        let (batch, width) = (pass.batch, 4 * units)
        let recurrentWeights = pass.weights.transposedFactor(recurrentKernel)
        buffers.hiddenGradient.update(repeating: 0, count: batch * units)
        buffers.cellGradient.update(repeating: 0, count: batch * units)
        for step in stride(from: timesteps - 1, through: 0, by: -1) {
            let t = timestep(step)
            let gates = buffers.gates + t * batch * width
            let above: Floats? =
                if options.returnSequences {
                    outputGradient.base + t * batch * outputGradient.stride
                } else {
                    step == timesteps - 1 ? outputGradient.base : nil
                }
            vm_lstm_backward(
                gates, step > 0 ? UnsafePointer(buffers.cell + timestep(step - 1) * batch * units) : nil,
                buffers.activatedCell + t * batch * units, buffers.hiddenGradient, above,
                outputGradient.stride,
                buffers.cellGradient, batch, units, options.activation.code, options.recurrentActivation.code)
            if step > 0 {
                LinearAlgebra.multiply(
                    Matrix(gates, batch, width), recurrentWeights, into: buffers.hiddenGradient)
            }
        }
        recurrentGradient(pass, buffers, hidden)
        inputSideGradients(pass, buffers, accumulate: accumulate)
    }

    /// Computes dU = Σ h(t-1)ᵀ·dz(t) as one product: both factors are contiguous over time.
    private func recurrentGradient(_ pass: BackwardPass, _ buffers: Buffers, _ hidden: Hidden) {
        let (width, rows) = (4 * units, (timesteps - 1) * pass.batch)
        let target = pass.gradient + recurrentKernel.offset
        guard rows > 0 else { return target.update(repeating: 0, count: units * width) }
        let before = hidden.base + (isReversed ? pass.batch * hidden.stride : 0)
        let gates = buffers.gates + (isReversed ? 0 : pass.batch * width)
        LinearAlgebra.multiplyTransposed(
            Matrix(before, rows, units, stride: hidden.stride), Matrix(gates, rows, width), into: target)
    }

    /// Computes dW = Xᵀ·dZ, db = Σ dz and dX = dZ·Wᵀ.
    private func inputSideGradients(_ pass: BackwardPass, _ buffers: Buffers, accumulate: Bool) {
        let (width, size) = (4 * units, pass.batch * 4 * units)
        if inputIsConstant {
            buffers.constant.update(from: buffers.gates, count: size)
            for t in 1..<max(timesteps, 1) { vm_add(buffers.constant, buffers.gates + t * size, size) }
        }
        let rows = inputIsConstant ? pass.batch : timesteps * pass.batch
        let gates = Matrix(inputIsConstant ? buffers.constant : buffers.gates, rows, width)
        vm_sum_rows(gates.base, pass.gradient + bias, rows, width)
        LinearAlgebra.multiplyTransposed(
            Matrix(pass.input, rows, inputs), gates, into: pass.gradient + kernel.offset)
        if let inputGradient = pass.inputGradient {
            LinearAlgebra.multiply(
                gates, pass.weights.transposedFactor(kernel), plus: accumulate ? .rows(inputGradient) : .zero,
                into: inputGradient)
        }
    }
}
