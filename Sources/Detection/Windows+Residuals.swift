import TimeSeries

extension Windows<Float> {
    /// The maximum number of values in a chunk, which bounds the memory for reconstructions: overlapping
    /// windows can have T times as many values as their series.
    private static let maxChunkValues = 4 << 20

    /// The windows in chunks of up to 4,096 windows and, unless a single window is larger, 4 Mi values.
    package var chunks: some Sequence<Windows<Float>> {
        let size = Swift.max(1, Swift.min(4096, Self.maxChunkValues / (timesteps * features)))
        return stride(from: 0, to: count, by: size).lazy.map { self[$0..<Swift.min($0 + size, count)] }
    }

    /// Returns the residuals, window - reconstruction, `[N][T][F]`.
    /// - Parameter reconstructions: `[N][T][F]`, in the units of the windows.
    package func residuals(from reconstructions: [Float]) -> [Float] {
        let size = timesteps * features
        var residuals = reconstructions
        residuals.withUnsafeMutableBufferPointer { all in
            for index in 0..<count {
                withWindow(index) { window in
                    for position in 0..<size {
                        all[index * size + position] = window[position] - all[index * size + position]
                    }
                }
            }
        }
        return residuals
    }
}
