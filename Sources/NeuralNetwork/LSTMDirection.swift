import CVectorMath

/// An LSTM that walks a sequence in one direction: forward, and back-propagation through time.
///
/// The input projection of all timesteps is one matrix product, and so is each weight gradient; only the
/// recurrent product is done timestep by timestep. Gates are in Keras' order i, f, c, o.
struct LSTMDirection: Sendable {
    let timesteps: Int
    let inputs: Int
    let options: LSTM
    /// Where kernel `[F,4H]`, recurrent kernel `[H,4H]` and bias `[4H]` lie among the parameters.
    let kernel: Int
    let recurrentKernel: Int
    let bias: Int
    /// Whether it walks from the last timestep to the first.
    let isReversed: Bool
    /// Whether the input is one `[B][F]` matrix that stands for every timestep, as RepeatVector makes it:
    /// projection and weight gradient are then computed once instead of T times.
    let inputIsConstant: Bool

    private var units: Int { options.units }

    /// The working memory of one direction.
    struct Buffers {
        /// `[T][B][4H]`: gates, and on the way back their gradients.
        let gates: Floats
        /// Cell states, `[T][B][H]`; two timesteps in turn where nothing has to be kept.
        let cell: Floats
        /// The activated cell states; one timestep where nothing has to be kept.
        let activatedCell: Floats
        /// `[B][H]` each: gradients that come back through time; `[B][4H]`: the gates' gradients summed
        /// over time.
        let hiddenGradient: Floats
        let cellGradient: Floats
        let gateSum: Floats
        let keepsTimesteps: Bool

        init(_ direction: LSTMDirection, batch: Int, mode: Mode, arena: inout Arena) {
            let (timesteps, step) = (direction.timesteps, batch * direction.units)
            keepsTimesteps = mode == .training
            gates = arena.take(timesteps * 4 * step)
            cell = arena.take((keepsTimesteps ? timesteps : 2) * step)
            activatedCell = arena.take((keepsTimesteps ? timesteps : 1) * step)
            hiddenGradient = arena.take(keepsTimesteps ? step : 0)
            cellGradient = arena.take(keepsTimesteps ? step : 0)
            gateSum = arena.take(keepsTimesteps && direction.inputIsConstant ? 4 * step : 0)
        }
    }

    func bufferCount(batch: Int, mode: Mode) -> Int {
        var arena = Arena.counting
        _ = Buffers(self, batch: batch, mode: mode, arena: &arena)
        return arena.count
    }

    /// Hidden states of all timesteps, `[T][B]` rows of H that lie `stride` apart.
    struct Hidden {
        let base: Floats
        let stride: Int
    }

    private func timestep(_ step: Int) -> Int { isReversed ? timesteps - 1 - step : step }

    func forward(_ pass: ForwardPass, _ buffers: Buffers, hidden: Hidden) {
        let (batch, width) = (pass.batch, 4 * units)
        let weights = Matrix(pass.weights + kernel, inputs, width)
        let recurrentWeights = Matrix(pass.weights + recurrentKernel, units, width)
        let projectedRows = inputIsConstant ? batch : timesteps * batch
        vm_fill_rows(buffers.gates, pass.weights + bias, projectedRows, width)
        LinearAlgebra.multiply(
            Matrix(pass.input, projectedRows, inputs), weights, into: buffers.gates, accumulate: true)
        if inputIsConstant {
            for other in 1..<max(timesteps, 1) {
                (buffers.gates + other * batch * width).update(from: buffers.gates, count: batch * width)
            }
        }
        var previous: Int?
        for step in 0..<timesteps {
            let t = timestep(step)
            let gates = buffers.gates + t * batch * width
            if let previous {
                LinearAlgebra.multiply(
                    Matrix(
                        hidden.base + previous * batch * hidden.stride, batch, units, stride: hidden.stride),
                    recurrentWeights, into: gates, accumulate: true)
            }
            let slot = buffers.keepsTimesteps ? t : step & 1
            let slotBefore = previous.map { buffers.keepsTimesteps ? $0 : (step - 1) & 1 }
            vm_lstm_forward(
                gates, slotBefore.map { UnsafePointer(buffers.cell + $0 * batch * units) },
                buffers.cell + slot * batch * units,
                buffers.activatedCell + (buffers.keepsTimesteps ? t * batch * units : 0),
                hidden.base + t * batch * hidden.stride, hidden.stride, batch, units,
                options.activation.code, options.recurrentActivation.code)
            previous = t
        }
    }

    /// - Parameters:
    ///   - outputGradient: rows as in `hidden`; of every timestep when the layer returns sequences, else of
    ///     the last step.
    ///   - accumulate: whether the input's gradient is added to what is there.
    func backward(
        _ pass: BackwardPass, _ buffers: Buffers, hidden: Hidden, outputGradient: Hidden, accumulate: Bool
    ) {
        let (batch, width) = (pass.batch, 4 * units)
        let recurrentWeights = Matrix(pass.weights + recurrentKernel, units, width)
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
                    Matrix(gates, batch, width), recurrentWeights.transposed, into: buffers.hiddenGradient)
            }
        }
        recurrentGradient(pass, buffers, hidden)
        inputSideGradients(pass, buffers, accumulate: accumulate)
    }

    /// dU = Σ h(t-1)ᵀ·dz(t), as one product: both are consecutive in memory.
    private func recurrentGradient(_ pass: BackwardPass, _ buffers: Buffers, _ hidden: Hidden) {
        let (width, rows) = (4 * units, (timesteps - 1) * pass.batch)
        let target = pass.gradient + recurrentKernel
        guard rows > 0 else { return target.update(repeating: 0, count: units * width) }
        let before = hidden.base + (isReversed ? pass.batch * hidden.stride : 0)
        let gates = buffers.gates + (isReversed ? 0 : pass.batch * width)
        LinearAlgebra.multiply(
            Matrix(before, rows, units, stride: hidden.stride).transposed, Matrix(gates, rows, width),
            into: target)
    }

    /// dW = Xᵀ·dZ, db = Σ dz, dX = dZ·Wᵀ.
    private func inputSideGradients(_ pass: BackwardPass, _ buffers: Buffers, accumulate: Bool) {
        let (width, size) = (4 * units, pass.batch * 4 * units)
        if inputIsConstant {
            buffers.gateSum.update(from: buffers.gates, count: size)
            for t in 1..<max(timesteps, 1) { vm_add(buffers.gateSum, buffers.gates + t * size, size) }
        }
        let rows = inputIsConstant ? pass.batch : timesteps * pass.batch
        let gates = Matrix(inputIsConstant ? buffers.gateSum : buffers.gates, rows, width)
        vm_sum_rows(gates.base, pass.gradient + bias, rows, width)
        LinearAlgebra.multiply(
            Matrix(pass.input, rows, inputs).transposed, gates, into: pass.gradient + kernel)
        if let inputGradient = pass.inputGradient {
            LinearAlgebra.multiply(
                gates, Matrix(pass.weights + kernel, inputs, width).transposed, into: inputGradient,
                accumulate: accumulate)
        }
    }
}
