import ArgumentParser

/// The threshold, which is the error whose score is 1.
struct ThresholdOptions: RequestOptions {
    @Option(help: "Set the threshold to this error.")
    var threshold: Double?

    @Option(help: "Set the threshold to this quantile of the calibration errors (default of training: 0.99).")
    var quantile: Double?

    @Option(
        help: ArgumentHelp(
            "Set the threshold to the mean of the calibration errors plus N standard deviations.",
            valueName: "N"))
    var sigmas: Double?
}

/// The threshold, and the scores and events of rows.
struct DetectionOptions: RequestOptions {
    @OptionGroup var threshold: ThresholdOptions

    @Option(
        help:
            "Compute a row's score from the windows that contain it by this method: newest, mean or median.",
        completion: .list(["newest", "mean", "median"]))
    var combine: String?

    @Option(
        help: ArgumentHelp(
            "Smooth the scores of rows by a moving average of this length, with mean and median.",
            valueName: "rows"))
    var smoothing: Int?

    @OptionGroup var events: EventOptions

    /// The options that say how windows become rows, as they are given.
    var rowOptions: [String] {
        [combine.map { "--combine \($0)" }, smoothing.map { "--smoothing \($0)" }].compactMap(\.self)
    }
}

/// The rule by which scores of rows become events.
struct EventOptions: RequestOptions {
    static let member: String? = "events"

    @Option(name: .customLong("event-start"), help: "Start an event at a row with a score above this.")
    var start: Double?

    @Option(name: .customLong("event-end"), help: "Continue an event while scores stay above this.")
    var end: Double?

    @Option(help: ArgumentHelp("Drop events with fewer rows.", valueName: "rows"))
    var minimumLength: Int?

    @Option(
        help: ArgumentHelp(
            "Merge events with at most this many rows between them (default: T).", valueName: "rows"))
    var mergeGap: Int?
}
