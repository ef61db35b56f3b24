/// The response of `POST /evaluate`.
@dynamicMemberLookup
public struct EvaluationResponse: Decodable, Sendable {
    /// How well scores separate anomalies from normal rows.
    public struct Evaluation: Decodable, Sendable {
        /// Measures of rows that are flagged at one threshold.
        public struct Confusion: Decodable, Sendable {
            /// The harmonic mean of precision and recall.
            public let f1: Double
            /// The share of normal rows that are flagged.
            public let falseAlarmRate: Double
            /// The share of anomalous rows that are not flagged.
            public let missedAlarmRate: Double
        }

        /// Labelled anomalies, each a sequence of rows, against detected events.
        public struct Events: Decodable, Sendable {
            /// The number of labelled anomalies, and how many of them share a row with an event.
            public let labelled, detected: Int
            /// The number of events, and how many of them share no row with a labelled anomaly.
            public let found, falseAlarms: Int
        }

        /// The error whose score is 1.
        public let threshold: Double
        /// The area under the ROC curve; nil unless there are anomalies and normal rows.
        public let rocAuc: Double?
        /// The average precision; nil without anomalies.
        public let averagePrecision: Double?
        /// Measures at the threshold with the highest F1; nil without anomalies.
        public let best: Confusion?
        /// Measures at the threshold.
        public let atThreshold: Confusion
        /// Measures by event.
        public let events: Events
    }

    /// Detectors without a network, learned from the windows that the model was trained on.
    public struct Baselines: Decodable, Sendable {
        /// The mean square of the z-scores of a window, and the principal components of windows.
        public let zScore, pca: Evaluation
    }

    /// `causal`, or `whole` if scores of rows depend on later rows.
    public let mode: String
    /// The evaluation of the model in each mode.
    public let modes: [String: Evaluation]
    /// The number of rows with a score and a label, and how many of them are anomalies.
    public let rows, anomalies: Int
    /// The threshold with the highest F1, as an error; nil without anomalies.
    public let bestThreshold: Double?
    /// nil for an imported model without baselines.
    public let baselines: Baselines?
    /// Reasons not to rely on the scores.
    public let warnings: [ServerWarning]
    /// Which of the model and its baselines is best.
    public let verdict: VerdictResponse
    /// The evaluation of the model.
    public let evaluation: Evaluation

    private enum Key: CodingKey {
        case mode, modes, rows, anomalies, bestThreshold, baselines, warnings, verdict
    }

    /// Decodes an object that holds the members of the model's evaluation beside the other members.
    public init(from decoder: any Decoder) throws {
        evaluation = try Evaluation(from: decoder)
        let own = try decoder.container(keyedBy: Key.self)
        mode = try own.decode(String.self, forKey: .mode)
        modes = try own.decode([String: Evaluation].self, forKey: .modes)
        rows = try own.decode(Int.self, forKey: .rows)
        anomalies = try own.decode(Int.self, forKey: .anomalies)
        bestThreshold = try own.decodeIfPresent(Double.self, forKey: .bestThreshold)
        baselines = try own.decodeIfPresent(Baselines.self, forKey: .baselines)
        warnings = try own.decode([ServerWarning].self, forKey: .warnings)
        verdict = try own.decode(VerdictResponse.self, forKey: .verdict)
    }

    /// A property of the model's evaluation.
    public subscript<Value>(dynamicMember member: KeyPath<Evaluation, Value>) -> Value {
        evaluation[keyPath: member]
    }
}
