/// The error above which a window is an anomaly, in units of the model's kind of error.
public struct Threshold: Sendable, Equatable {
    /// The windows whose errors it was learned from.
    public enum Source: String, Sendable, CaseIterable {
        /// Windows held back from the end for this alone.
        case calibration
        /// Windows held back by the validation split: the weights were not fitted to them, though chosen by them.
        case validation
        /// The training windows, for want of others: errors of new windows tend to be larger.
        case training
    }

    /// How it is found.
    public enum Rule: Sendable, Equatable {
        /// A share of windows like those that it is learned from stay below it (see ``ErrorDistribution/upperLimit(_:)``).
        case quantile(Double)
        /// So many standard deviations above the mean.
        case sigmas(Double)
        /// It is given.
        case value(Float)

        /// One window in a hundred is a false alarm.
        public static let standard = Rule.quantile(0.99)

        /// The threshold that nothing has to be learned for; nil for other rules.
        package var given: Float? { if case .value(let value) = self { value } else { nil } }

        /// The threshold that comes of it.
        public func threshold(of errors: ErrorDistribution) -> Float {
            switch self {
            case .quantile(let q): errors.upperLimit(q)
            case .sigmas(let k): Float(errors.mean + k * errors.deviation)
            case .value(let value): value
            }
        }
    }

    /// In units of the model's kind of error.
    public let value: Float
    /// Where it comes from; nil for one that was given, or doesn't say.
    public let source: Source?
    /// How it was found; nil for a model from elsewhere that doesn't say.
    public let rule: Rule?

    /// What was learned.
    public init(value: Float, source: Source?, rule: Rule?) {
        self.value = value
        self.source = source
        self.rule = rule
    }
}
