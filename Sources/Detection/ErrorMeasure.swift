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

    /// Windows that are in memory with their reconstructions at the same time: all those of overlapping windows together
    /// can be T times as large as their series.
    package static let slice = 4096

    /// The errors of windows, a few thousand at a time.
    /// - Parameters:
    ///   - windows: in scaled units, of the model's input shape.
    ///   - detail: whose errors are wanted beside the windows' own.
    package func errors(
        of windows: Windows, by model: Model, _ detail: WindowErrors.Detail = []
    ) -> WindowErrors {
        var errors = WindowErrors()
        for part in windows.slices(of: Self.slice) { add(part, model.reconstruct(part), to: &errors, detail) }
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
    /// The windows, a few at a time.
    package func slices(of size: Int) -> some Sequence<Windows> {
        stride(from: 0, to: count, by: size).lazy.map { self[$0..<Swift.min($0 + size, count)] }
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
