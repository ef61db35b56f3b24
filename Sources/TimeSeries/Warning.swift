/// Something odd about data or a model that was accepted.
public struct Warning: Error, Sendable, Equatable {
    /// How much a warning matters.
    public enum Level: String, Sendable, CaseIterable {
        /// What was understood, and needs no action.
        case info
        /// What may make results less useful.
        case warning
        /// What makes a model useless or wrong. A `strict` request is refused.
        case error
    }

    /// The kind of the warning.
    public let code: WarningCode
    /// How much it matters.
    public let level: Level
    /// One or two sentences: what was seen, and what to do.
    public let message: String
    /// The names of the columns concerned; nil if it does not concern columns.
    public let columns: [String]?
    /// The rows of the request concerned, counted from 0, at most ``maxRanges`` ranges; nil if it does not
    /// concern rows.
    public let rows: [Range<Int>]?

    /// The maximum number of ranges of rows.
    public static let maxRanges = 100

    /// Creates a warning. Of more than ``maxRanges`` ranges, it keeps the first.
    public init(
        _ code: WarningCode, _ level: Level, _ message: String, columns: [String]? = nil,
        rows: [Range<Int>]? = nil
    ) {
        self.code = code
        self.level = level
        self.message = message
        self.columns = columns
        self.rows = rows.map { Array($0.prefix(Self.maxRanges)) }
    }
}

/// The kinds of warnings, which are stable names in the API.
public enum WarningCode: String, Sendable, CaseIterable {
    // MARK: Columns

    /// A column that never changes.
    case constantColumn = "constant_column"
    /// A column that only rises or only falls: a counter, a clock, or numbers of batches.
    case monotoneColumn = "monotone_column"
    /// A column of which most cells are missing.
    case mostlyMissing = "mostly_missing"
    /// A column that was left out without a request for it, such as an index.
    case ignoredColumn = "ignored_column"
    /// Values that have to be filled before the rows can be used.
    case missingValues = "missing_values"
    /// A few rows that are far outside the rest, or dominate its scale.
    case outliers
    /// A feature that seems to have the labels of anomalies.
    case labelColumn = "label_column"

    // MARK: Reading

    /// A body that was compressed without saying so.
    case compressedBody = "compressed_body"
    /// Blank rows that were left out.
    case blankRows = "blank_rows"
    /// Lines that were skipped: text before the header, a row of units.
    case skippedLines = "skipped_lines"
    /// Numbers that were written in another way than JSON's: decimal commas, thousands separators, words.
    case numberFormat = "number_format"
    /// Values that are beyond the range in which the network computes, and were limited.
    case clampedValues = "clamped_values"
    /// Integers that were rounded, and values whose precision is lower than their variation requires.
    case precision

    // MARK: Time

    /// Rows that were not in the order of their timestamps, or of an index.
    case unordered
    /// Timestamps that occur more than once.
    case duplicateTimestamps = "duplicate_timestamps"
    /// Longer intervals between rows than usual, or jumps of an index.
    case gaps
    /// Intervals between rows that vary so much that none counts as a gap.
    case irregularIntervals = "irregular_intervals"
    /// Rows at another interval than those that the model was trained on.
    case otherInterval = "other_interval"
    /// A counter that has started again, so that its rate is unknown there.
    case counterRestart = "counter_restart"
    /// Recordings that are shorter than a window.
    case shortRecordings = "short_recordings"

    // MARK: Models

    /// Too few calibration windows for the quantile of the threshold.
    case fewCalibrationWindows = "few_calibration_windows"
    /// A threshold that is far above the errors of most calibration windows.
    case highThreshold = "high_threshold"
    /// A threshold that was learned from the windows that the weights were fitted to.
    case thresholdFromTraining = "threshold_from_training"
    /// A comparison that was evaluated on the windows of the training.
    case evaluatedOnTraining = "evaluated_on_training"
    /// A network that is not better than one value for each column, or than its initial weights.
    case nothingLearned = "nothing_learned"
    /// Rows that were marked as anomalous and are not flagged.
    case missedAnomalies = "missed_anomalies"
    /// A feedback by which no error has joined or left a calibration.
    case feedbackWithoutEffect = "feedback_without_effect"
    /// Windows that differ from those of the calibration.
    case drift
}
