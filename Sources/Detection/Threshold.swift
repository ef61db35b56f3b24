import TimeSeries

/// The error above which a window is an anomaly, in units of the model's error kind.
public struct Threshold: Sendable, Equatable {
    /// The windows whose errors the threshold was computed from.
    public enum Source: String, Sendable, CaseIterable {
        /// The last windows, which were held back for calibration only.
        case calibration
        /// The windows of the validation split. The weights were not fitted to them, but the epoch can have
        /// been chosen by them.
        case validation
        /// The training windows, if there are no others. Errors of new windows tend to be larger.
        case training
    }

    /// The rule that computes the threshold.
    public enum Rule: Sendable, Equatable {
        /// The quantile of the errors, 0…1, with ``ErrorDistribution/upperLimit(_:)``.
        case quantile(Double)
        /// The mean of the errors plus a multiple of their standard deviation.
        case sigmas(Double)
        /// A fixed value.
        case value(Float)

        /// The default: the 0.99 quantile, so 1 % of normal windows are expected to be false alarms.
        public static let standard = Rule.quantile(0.99)

        /// The value of a fixed threshold; nil for rules that need errors.
        package var fixedValue: Float? { if case .value(let value) = self { value } else { nil } }

        /// The rule itself; nil for a fixed value, which no errors change.
        package var learning: Rule? { fixedValue == nil ? self : nil }

        /// Computes the threshold from the errors of calibration windows.
        public func threshold(of errors: ErrorDistribution) -> Float {
            switch self {
            case .quantile(let q): errors.upperLimit(q)
            case .sigmas(let k):
                max(Float.limiting(errors.mean + k * errors.standardDeviation), errors.floor)
            case .value(let value): value
            }
        }
    }

    /// The threshold, in units of the model's error kind.
    public let value: Float
    /// The source of the errors; nil for a fixed threshold, and for an imported model without a source.
    public let source: Source?
    /// The rule; nil for an imported model without one.
    public let rule: Rule?

    /// The rule by which the threshold is learned from other errors: that of a training by default for a
    /// fixed threshold, and for an imported one without a rule.
    package var learningRule: Rule { rule?.learning ?? .standard }

    /// Creates a threshold that was computed before.
    public init(value: Float, source: Source?, rule: Rule?) {
        self.value = value
        self.source = source
        self.rule = rule
    }
}
