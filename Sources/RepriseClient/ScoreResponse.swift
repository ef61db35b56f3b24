/// The response of `POST /score`. Parts that the request does not include are nil.
public struct ScoreResponse: Decodable, Sendable {
    /// The score of a window.
    public struct Window: Decodable, Sendable {
        /// The error, of the model's error kind.
        public let error: Float
        /// The error divided by the threshold.
        public let score: Float
        /// Whether the score is above 1.
        public let isAnomaly: Bool
        /// The share of calibration windows with a smaller error, 0 to 1; nil if it is unknown.
        public let rarity: Float?
        /// The timestamp of the window's last row; nil for data without timestamps.
        public let timestamp: Timestamp?
        /// The score of each timestep, `[T]`.
        public let timesteps: [Float]?
        /// The share of each feature in the error, the largest first.
        public let features: [Share]?
    }

    /// The share of a feature in an error.
    public struct Share: Decodable, Sendable {
        /// The feature's position in the model, from 0.
        public let feature: Int
        /// The feature's name; nil for a model without feature names.
        public let name: String?
        /// 0 to 1.
        public let share: Float
    }

    /// The scores of the rows of a series.
    public struct Rows: Decodable, Sendable {
        /// A score for each row; nil for a row that no window scores.
        public let scores: [Float?]
        /// The share of calibration rows with a smaller error, for each row; nil if it is unknown.
        public let rarities: [Float?]?
        /// The return period of each row in rows, if it was asked for.
        public let returnPeriods: [Float?]?
        /// The share of each feature in the error of each row, `[rows][F]`, if they were asked for.
        public let shares: [[Float?]]?
        /// A timestamp for each row; nil for data without timestamps.
        public let timestamps: [Timestamp]?
    }

    /// How long normal operation lasts on average for each row with an error at least as large.
    public struct ReturnPeriod: Decodable, Sendable {
        /// The estimate in rows, and the ends of its 90 % interval.
        public let rows, rowsLow: Float
        /// nil without an upper end.
        public let rowsHigh: Float?
        /// Whether it is longer than what can be extrapolated, which `rows` is.
        public let isLonger: Bool
        /// The same in seconds; nil for data without timestamps.
        public let seconds, secondsLow, secondsHigh: Float?
    }

    /// A sequence of rows that are anomalies. Rows are counted from 0.
    public struct Event: Decodable, Sendable {
        /// The first row.
        public let firstRow: Int
        /// The last row.
        public let lastRow: Int
        /// The number of rows.
        public let duration: Int
        /// The row with the highest score.
        public let peakRow: Int
        /// The highest score.
        public let peakScore: Float
        /// The share of calibration rows with an error smaller than that of the peak; nil if it is unknown.
        public let peakRarity: Float?
        /// That of the peak; nil if there are too few calibration windows.
        public let returnPeriod: ReturnPeriod?
        /// The timestamp of the first row; nil for data without timestamps.
        public let firstTimestamp: Timestamp?
        /// The timestamp of the last row; nil for data without timestamps.
        public let lastTimestamp: Timestamp?
        /// The timestamp of the row with the highest score; nil for data without timestamps.
        public let peakTimestamp: Timestamp?
        /// The share of each feature in the error, the largest first.
        public let features: [Share]
    }

    /// The model's name.
    public let model: String
    /// The number of the version that was used.
    public let version: Int
    /// The error of a window whose score is 1.
    public let threshold: Float
    /// The error of a row whose score is 1; nil for data without rows.
    public let rowThreshold: Float?
    /// `causal`, or `whole` if scores of rows depend on later rows.
    public let mode: String
    /// The number of windows, and of rows, that rarities are shares of; nil if there are none.
    public let calibrationWindows, calibrationRows: Int?
    /// A score for each window.
    public let windows: [Window]?
    /// A score for each row.
    public let rows: Rows?
    /// The events, in the order that was asked for.
    public let events: [Event]?
    /// Reasons not to rely on the scores.
    public let warnings: [ServerWarning]
}
