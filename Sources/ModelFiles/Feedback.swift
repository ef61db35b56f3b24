import Detection
import JSON
import TimeSeries

/// Why a threshold was learned again: rows were marked as normal or as anomalous
/// (POST /models/{model}/feedback).
public struct Feedback: Sendable, Equatable {
    /// The version that the feedback is about. The weights are its own.
    public let base: Int
    /// The number of windows whose errors joined the calibration.
    public let normalWindows: Int
    /// The number of normal windows that an earlier feedback had added, and that did not join again.
    public let knownWindows: Int
    /// The number of windows with a row that was marked as anomalous.
    public let anomalousWindows: Int
    /// How many of these windows, whose errors were in the calibration, left it.
    public let removedWindows: Int
    /// The windows that this feedback and those before it have added.
    public let joined: JoinedWindows
    /// When: RFC 3339, in UTC.
    public let at: String
    /// What the new threshold does not do.
    public let warnings: [Warning]

    /// A feedback that has been learned from.
    package init(
        base: Int, normalWindows: Int, knownWindows: Int, anomalousWindows: Int, removedWindows: Int,
        joined: JoinedWindows, at: String, warnings: [Warning]
    ) {
        self.base = base
        self.normalWindows = normalWindows
        self.knownWindows = knownWindows
        self.joined = joined
        self.anomalousWindows = anomalousWindows
        self.removedWindows = removedWindows
        self.at = at
        self.warnings = warnings
    }
}

extension ModelDescription {
    /// Returns the description of a model with the same weights, whose calibration was revised.
    /// - Parameter request: the fingerprint of the request.
    package func revised(
        _ threshold: Threshold, _ errors: ErrorDistribution, _ rows: RowErrors?, _ baselines: BaselineErrors?,
        because feedback: Feedback, request: String?
    ) -> ModelDescription {
        ModelDescription(
            architecture: architecture, network: network, featureNames: featureNames, columns: columns,
            preparation: preparation, scaler: scaler, training: training, errorKind: errorKind,
            threshold: threshold, errors: errors, rowErrors: rows, baselineErrors: baselines,
            calibration: calibration, feedback: feedback,
            origin: Origin(
                createdAt: feedback.at, software: Software.name, data: origin.data, request: request),
            note: note,
            unknown: unknown.replacing([
                "threshold", "errors", "row_errors", "baseline_errors", "feedback",
            ]))
    }
}

extension JSONWriter {
    /// A feedback without its warnings and its windows, as members of the current object.
    package mutating func members(of feedback: Feedback) {
        member("version", feedback.base)
        member("at", feedback.at)
        member("normal_windows", feedback.normalWindows)
        member("known_windows", feedback.knownWindows)
        member("anomalous_windows", feedback.anomalousWindows)
        member("removed_windows", feedback.removedWindows)
    }
}

extension FieldReader {
    /// Reads the members of a feedback.
    mutating func feedback() throws(JSONError) -> Feedback {
        let text = try string("joined") ?? ""
        guard let joined = JoinedWindows(text) else {
            throw error("joined", "must be at most \(JoinedWindows.maxCount) times 16 hexadecimal digits")
        }
        return Feedback(
            base: try requiredInt("version", in: 1...Int.max),
            normalWindows: try requiredInt("normal_windows", in: 0...Int.max),
            knownWindows: try int("known_windows", in: 0...Int.max, default: 0),
            anomalousWindows: try requiredInt("anomalous_windows", in: 0...Int.max),
            removedWindows: try requiredInt("removed_windows", in: 0...Int.max), joined: joined,
            at: try requiredString("at"), warnings: try warnings("warnings"))
    }
}
