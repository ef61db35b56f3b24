import NeuralNetwork
import TimeSeries

/// What is known of a version of a model beside its weights.
public struct ModelDescription: Sendable {
    /// The kind of network that was asked for.
    public let architecture: Architecture
    /// The same as checked layers, for the windows of its shape.
    public let network: Sequential
    /// What the features are called, `[F]`; nil if nobody has said.
    public let featureNames: [String]?
    /// Between the data's units and scaled units.
    public let scaler: Scaler
    /// How it was fitted.
    public let training: Training
    /// The error in scaled units above which a window is an anomaly; nil for a model from elsewhere that has none.
    public let threshold: Threshold?
    /// What the threshold was learned from.
    public let errors: ErrorDistribution?
    /// Where it comes from.
    public let origin: Origin

    /// How a model was fitted.
    public struct Training: Sendable {
        /// nil for a model from elsewhere.
        public var options: TrainingOptions?
        /// The losses of each epoch, in scaled units.
        public var history: [EpochReport] = []
        /// The epoch whose weights were kept, counted from 1; 0 without a history.
        public var epoch = 0
        /// Time spent fitting, in seconds.
        public var seconds = 0.0
        /// The version of the same model that training went on from; nil for one that was trained from the start.
        public var warmStart: Int?
    }

    /// Where a model comes from.
    public struct Origin: Sendable, Equatable {
        /// When it was made: RFC 3339, in UTC.
        public var createdAt: String
        /// What has made it, such as `reprise 0.1.0`.
        public var software: String
        /// SHA-256 of the windows that it was trained on, in hexadecimal, and how many there were.
        public var data: DataFingerprint?
    }

    /// T and F of its windows.
    public var inputShape: Shape { network.inputShape }

    /// The loss of the epoch whose weights were kept; nil without a history.
    public var loss: Double? {
        training.history.indices.contains(training.epoch - 1)
            ? training.history[training.epoch - 1].loss : nil
    }
}

/// An error limit learned when training ends.
public struct Threshold: Sendable, Equatable {
    /// The windows whose errors it was learned from.
    public enum Source: String, Sendable, CaseIterable {
        /// Windows held back by the validation split: the weights were not fitted to them.
        case validation
        /// The training windows, for want of others: errors of new windows tend to be larger.
        case training
    }

    /// The quantile of the errors that it is.
    public static let quantile = 0.99

    /// In scaled units.
    public let value: Float
    /// Where it comes from; nil for a model from elsewhere that doesn't say.
    public let source: Source?
}

/// The errors of some windows, thinned: what any quantile can be read from later.
public struct ErrorDistribution: Sendable, Equatable {
    /// The most numbers that are kept.
    private static let size = 1001

    /// How many errors there were.
    public let count: Int
    /// Some of them, ascending and evenly spread by rank, the smallest and the largest among them; all if there are few.
    public let ranked: [Float]

    /// The error that a share of them stayed below, interpolated as NumPy's default does.
    /// - Parameter q: 0…1.
    public func quantile(_ q: Double) -> Float { TimeSeries.quantile(ranked, q) ?? 0 }

    /// Takes what was kept before; nil if that can't be right.
    init?(count: Int, ranked: [Float]) {
        let isAscending = zip(ranked, ranked.dropFirst()).allSatisfy { $0 <= $1 }
        guard !ranked.isEmpty, ranked.count <= min(count, Self.size), isAscending,
            ranked.allSatisfy(\.isFinite)
        else { return nil }
        self.count = count
        self.ranked = ranked
    }

    /// Thins errors; nil if there are none or one of them is not finite.
    init?(of errors: [Float]) {
        let sorted = errors.sorted()
        let steps = min(sorted.count, Self.size) - 1
        guard steps > 0 else { self.init(count: sorted.count, ranked: sorted); return }
        self.init(
            count: sorted.count, ranked: (0...steps).map { sorted[$0 * (sorted.count - 1) / steps] })
    }
}
