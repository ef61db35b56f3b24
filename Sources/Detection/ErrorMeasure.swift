import NeuralNetwork
import TimeSeries

/// How far a window is from what a model makes of it.
public enum ErrorKind: String, Sendable, CaseIterable {
    /// The mean of the squared differences.
    case mse
    /// The mean of the absolute differences.
    case mae
    /// The Mahalanobis distance of the mean difference (see ``Mahalanobis``).
    case mahalanobis
}

/// A kind of error with what it has learned.
public enum ErrorMeasure: Sendable, Equatable {
    /// Nothing to learn.
    case meanSquared, meanAbsolute
    /// The differences that are usual.
    case mahalanobis(Mahalanobis)

    /// Without what it has learned.
    public var kind: ErrorKind {
        switch self {
        case .meanSquared: .mse
        case .meanAbsolute: .mae
        case .mahalanobis: .mahalanobis
        }
    }

    /// The errors of windows, a few thousand at a time.
    /// - Parameters:
    ///   - windows: in scaled units, of the model's input shape.
    ///   - detail: whose errors are wanted beside the windows' own.
    package func errors(
        of windows: Windows, by model: Model, _ detail: WindowErrors.Detail = []
    ) -> WindowErrors {
        var errors = WindowErrors()
        for part in windows.slices { add(part, model.reconstruct(part), to: &errors, detail) }
        return errors
    }

    /// The errors of windows whose reconstructions are there already.
    /// - Parameters:
    ///   - windows: in scaled units.
    ///   - reconstructions: of these windows, `[N][T][F]` in scaled units.
    package func errors(of windows: Windows, reconstructions: [Float]) -> WindowErrors {
        var errors = WindowErrors()
        add(windows, reconstructions, to: &errors, [])
        return errors
    }

    private func add(
        _ windows: Windows, _ reconstructions: [Float], to errors: inout WindowErrors,
        _ detail: WindowErrors.Detail
    ) {
        switch self {
        case .meanSquared where detail.isEmpty:
            errors.windows += meanSquaredErrors(of: windows, reconstructions: reconstructions)
        case .meanSquared:
            errors.add(windows.differences(from: reconstructions).map { $0 * $0 }, windows, detail)
        case .meanAbsolute: errors.add(windows.differences(from: reconstructions).map(abs), windows, detail)
        case .mahalanobis(let measure):
            measure.add(windows.differences(from: reconstructions), to: &errors, detail)
        }
    }
}

extension Windows {
    /// Numbers of the windows that are in memory with their reconstructions at the same time: those of all overlapping
    /// windows can be T times as many as their series has.
    private static let sliceNumbers = 4 << 20

    /// The windows, a few thousand at a time, or fewer where one is large.
    package var slices: some Sequence<Windows> {
        let size = Swift.max(1, Swift.min(4096, Self.sliceNumbers / (timesteps * features)))
        return stride(from: 0, to: count, by: size).lazy.map { self[$0..<Swift.min($0 + size, count)] }
    }

    /// What windows have more than their reconstructions, `[N][T][F]`.
    package func differences(from reconstructions: [Float]) -> [Float] {
        let size = timesteps * features
        var differences = reconstructions
        differences.withUnsafeMutableBufferPointer { all in
            for index in 0..<count {
                withWindow(index) { window in
                    for position in 0..<size {
                        all[index * size + position] = window[position] - all[index * size + position]
                    }
                }
            }
        }
        return differences
    }
}
