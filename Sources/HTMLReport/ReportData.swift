/// What a report shows: the scores of a series by a model.
public struct ReportData: Sendable {
    /// Consecutive rows that belong to one anomaly.
    public struct Event: Sendable {
        /// The rows, counted from 0.
        public let rows: ClosedRange<Int>
        /// The row with the highest score.
        public let peakRow: Int
        /// The highest score.
        public let peak: Double
        /// How rare it is, in words; empty if that is not known.
        public let severity: String
        /// The features with their shares in the error, the largest first.
        public let shares: [(feature: Int, share: Double)]

        /// Creates an event from its parts.
        public init(
            rows: ClosedRange<Int>, peakRow: Int, peak: Double, severity: String,
            shares: [(feature: Int, share: Double)]
        ) {
            self.rows = rows
            self.peakRow = peakRow
            self.peak = peak
            self.severity = severity
            self.shares = shares
        }
    }

    /// A reason to doubt the scores, or what was odd about the data.
    public struct Caution: Sendable {
        /// The stable name of the kind.
        public let code: String
        /// `info`, `warning` or `error`.
        public let level: String
        /// What was seen, and what to do.
        public let message: String

        /// Creates a caution from its parts.
        public init(code: String, level: String, message: String) {
            self.code = code
            self.level = level
            self.message = message
        }
    }

    /// The name of the data, such as that of a file.
    public var name: String
    /// The model, such as `pump`.
    public var model: String
    /// The version's number.
    public var version: Int
    /// What the model is, such as `autoencoder`.
    public var kind: String
    /// T, the rows in a window.
    public var timesteps: Int
    /// `causal` or `whole`.
    public var mode: String
    /// The error of a row that has the score 1.
    public var threshold: Double
    /// The kind of the error, such as `mse`.
    public var errorKind: String
    /// The time at which the report was made, as text.
    public var time: String
    /// Reasons to doubt the scores, and what was odd about the data.
    public var cautions: [Caution] = []
    /// The names of the features, `[F]`.
    public var features: [String]
    /// The timestamps as they were sent, `[rows]`; nil for rows without them.
    public var timestamps: [String]?
    /// The score of each row, `[rows]`; NaN for a row without one.
    public var scores: [Double]
    /// The events, in any order.
    public var events: [Event] = []
    /// The share of each feature in the error of each row, `[rows][F]`, NaN where there is none; nil if the
    /// shares are not known.
    public var shares: [[Double]]?
    /// The values of the features, `[rows][F]`, NaN where there are none; nil if they are not known.
    public var actual: [[Double]]?
    /// What the model expected in their place, `[rows][F]`.
    public var expected: [[Double]]?

    /// Creates data without events, shares and values.
    /// - Precondition: `timestamps` has one element for each score.
    public init(
        name: String, model: String, version: Int, kind: String, timesteps: Int, mode: String,
        threshold: Double, errorKind: String, time: String, features: [String], timestamps: [String]?,
        scores: [Double]
    ) {
        precondition(timestamps.map { $0.count == scores.count } ?? true)
        self.name = name
        self.model = model
        self.version = version
        self.kind = kind
        self.timesteps = timesteps
        self.mode = mode
        self.threshold = threshold
        self.errorKind = errorKind
        self.time = time
        self.features = features
        self.timestamps = timestamps
        self.scores = scores
    }
}
