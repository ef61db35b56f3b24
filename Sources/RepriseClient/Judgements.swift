/// What `POST /evaluate` answers.
@dynamicMemberLookup
public struct EvaluateAnswer: Decodable, Sendable {
    /// How scores tell the anomalies from the normal rows.
    public struct Judgement: Decodable, Sendable {
        /// What comes of flagging rows.
        public struct Confusion: Decodable, Sendable {
            /// The harmonic mean of precision and recall.
            public let f1: Double
            /// Normal rows that are flagged, and anomalies that are not.
            public let falseAlarmRate, missedAlarmRate: Double
        }

        /// Stretches of anomalies, and events that were found.
        public struct Events: Decodable, Sendable {
            /// Stretches, and how many of them share a row with an event.
            public let labelled, detected: Int
            /// Events, and how many of them share no row with a stretch.
            public let found, falseAlarms: Int
        }

        /// The error that has the score 1.
        public let threshold: Double
        /// nil unless there are anomalies and normal rows.
        public let rocAuc: Double?
        /// nil without anomalies.
        public let averagePrecision: Double?
        /// At the threshold with the highest F1; nil without anomalies.
        public let best: Confusion?
        /// At the threshold.
        public let atThreshold: Confusion
        /// By event.
        public let events: Events
    }

    /// What can be had without a network.
    public struct Baselines: Decodable, Sendable {
        /// The mean square of a window's z-scores, and the principal components of windows.
        public let zScore, pca: Judgement
    }

    /// Rows that have a score and a label, and how many of them are anomalies.
    public let rows, anomalies: Int
    /// nil for a model that was brought in without.
    public let baselines: Baselines?
    /// What whoever relies on the scores should read.
    public let warnings: [String]
    /// The model's.
    public let judgement: Judgement

    private enum Key: CodingKey { case rows, anomalies, baselines, warnings }

    /// Reads both out of one object.
    public init(from decoder: any Decoder) throws {
        judgement = try Judgement(from: decoder)
        let own = try decoder.container(keyedBy: Key.self)
        rows = try own.decode(Int.self, forKey: .rows)
        anomalies = try own.decode(Int.self, forKey: .anomalies)
        baselines = try own.decodeIfPresent(Baselines.self, forKey: .baselines)
        warnings = try own.decode([String].self, forKey: .warnings)
    }

    /// What there is to tell of the model's scores.
    public subscript<Value>(dynamicMember member: KeyPath<Judgement, Value>) -> Value {
        judgement[keyPath: member]
    }
}

/// What `POST /compare` answers.
public struct CompareAnswer: Decodable, Sendable {
    /// A network or a baseline; figures are means over the seeds, nil where there are none.
    public struct Detector: Decodable, Sendable {
        /// `autoencoder`, `stacked`, `pca` or `z_score`.
        public let detector: String
        /// A network's.
        public let parameters: Int?
        /// Time spent fitting all runs.
        public let seconds: Double?
        /// The mean squared error of the windows that are judged, in scaled units.
        public let error: Double?
        /// Threshold-free figures.
        public let rocAuc, averagePrecision, bestF1: Double?
        /// Figures at the threshold that was learned.
        public let f1, falseAlarmRate: Double?
    }

    /// The networks, then the baselines.
    public let detectors: [Detector]
}
