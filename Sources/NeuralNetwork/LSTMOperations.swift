/// The LSTM layer: `[T][B][F]` to `[T][B][H]`, or to `[B][H]` if it does not return sequences.
struct LSTMOperation: Operation {
    let direction: LSTMDirection

    private var units: Int { direction.options.units }
    private var returnsSequences: Bool { direction.options.returnSequences }

    func cacheCount(batch: Int, mode: Mode) -> Int {
        var arena = Arena.counting
        _ = buffers(&arena, batch, mode, output: Arena.nowhere)
        return arena.count
    }

    /// Returns the working memory. A layer that returns sequences keeps its hidden states in its output.
    private func buffers(
        _ arena: inout Arena, _ batch: Int, _ mode: Mode, output: Floats
    ) -> (LSTMDirection.Buffers, LSTMDirection.Hidden) {
        let buffers = LSTMDirection.Buffers(direction, batch: batch, mode: mode, arena: &arena)
        let hidden = returnsSequences ? output : arena.take(direction.timesteps * batch * units)
        return (buffers, LSTMDirection.Hidden(base: hidden, stride: units))
    }

    func forward(_ pass: ForwardPass) {
        var arena = Arena(pass.cache)
        let (buffers, hidden) = buffers(&arena, pass.batch, pass.mode, output: pass.output)
        direction.forward(pass, buffers, hidden: hidden)
        if !returnsSequences {
            let size = pass.batch * units
            pass.output.update(from: hidden.base + (direction.timesteps - 1) * size, count: size)
        }
    }

    func backward(_ pass: BackwardPass) {
        var arena = Arena(pass.cache)
        let (buffers, hidden) = buffers(
            &arena, pass.batch, .training, output: UnsafeMutablePointer(mutating: pass.output))
        direction.backward(
            pass, buffers, hidden: hidden, outputGradient: .init(base: pass.outputGradient, stride: units),
            accumulate: false)
    }
}

/// The Bidirectional layer: two LSTMs that read in opposite directions, their outputs concatenated to 2H
/// features.
struct BidirectionalOperation: Operation {
    let first: LSTMDirection
    let second: LSTMDirection

    private var units: Int { first.options.units }
    private var returnsSequences: Bool { first.options.returnSequences }

    private struct Memory {
        let first: LSTMDirection.Buffers
        let second: LSTMDirection.Buffers
        /// Hidden states of both directions, `[T][B][2H]`.
        let hidden: Floats
    }

    private func memory(_ arena: inout Arena, _ batch: Int, _ mode: Mode, output: Floats) -> Memory {
        Memory(
            first: LSTMDirection.Buffers(first, batch: batch, mode: mode, arena: &arena),
            second: LSTMDirection.Buffers(second, batch: batch, mode: mode, arena: &arena),
            hidden: returnsSequences ? output : arena.take(first.timesteps * batch * 2 * units))
    }

    func cacheCount(batch: Int, mode: Mode) -> Int {
        var arena = Arena.counting
        _ = memory(&arena, batch, mode, output: Arena.nowhere)
        return arena.count
    }

    /// Splits rows of 2H features into the forward and the backward half.
    private func halves(_ base: Floats) -> (LSTMDirection.Hidden, LSTMDirection.Hidden) {
        (.init(base: base, stride: 2 * units), .init(base: base + units, stride: 2 * units))
    }

    func forward(_ pass: ForwardPass) {
        var arena = Arena(pass.cache)
        let memory = memory(&arena, pass.batch, pass.mode, output: pass.output)
        let (forward, backward) = halves(memory.hidden)
        first.forward(pass, memory.first, hidden: forward)
        second.forward(pass, memory.second, hidden: backward)
        guard !returnsSequences else { return }
        // Each direction emits the output of its last step: timestep T-1 forward, timestep 0 backward.
        let last = memory.hidden + (first.timesteps - 1) * pass.batch * 2 * units
        for row in 0..<pass.batch {
            let offset = row * 2 * units
            (pass.output + offset).update(from: last + offset, count: units)
            (pass.output + offset + units).update(from: memory.hidden + offset + units, count: units)
        }
    }

    func backward(_ pass: BackwardPass) {
        var arena = Arena(pass.cache)
        let memory = memory(
            &arena, pass.batch, .training, output: UnsafeMutablePointer(mutating: pass.output))
        let hidden = halves(memory.hidden)
        let gradient = halves(pass.outputGradient)
        first.backward(pass, memory.first, hidden: hidden.0, outputGradient: gradient.0, accumulate: false)
        second.backward(pass, memory.second, hidden: hidden.1, outputGradient: gradient.1, accumulate: true)
    }
}
