/// The last word of an evaluation: the best detector on these data, by how much it is better than the next
/// best, and whether the difference is more than chance.
package struct Verdict: Sendable {
    /// What detectors are compared by.
    package enum Metric: String, Sendable, CaseIterable {
        /// The area under the ROC curve of rows; more is better.
        case rocAUC = "roc_auc"
        /// The mean squared error of the test windows in scaled units, for data without labels; less is
        /// better.
        case error
    }

    /// A detector.
    package struct Candidate: Sendable {
        /// The name in the API.
        package let name: String
        /// The name within a sentence, such as `the autoencoder`.
        package let title: String
        /// The value of `detector` that trains a model of it; nil for a model.
        let detector: String?

        package init(_ name: String, _ title: String, detector: String? = nil) {
            self.name = name
            self.title = title
            self.detector = detector
        }

        package static let model = Candidate("model", "the model")
        package static let pca = Candidate("pca", "PCA", detector: "pca")
        package static let zScore = Candidate("z_score", "the z-score", detector: "zscore")
    }

    /// A detector with the evaluations of its runs, one for each seed.
    package struct Labelled: Sendable {
        let candidate: Candidate
        let runs: [RowEvaluation.DetectorResult]

        package init(_ candidate: Candidate, _ runs: [RowEvaluation.DetectorResult]) {
            self.candidate = candidate
            self.runs = runs
        }
    }

    /// A network with the errors of the test windows, for each of its runs.
    package struct Unlabelled: Sendable {
        let candidate: Candidate
        let errors: [[Float]]

        /// - Parameter errors: `[runs][N]`, the mean squared errors in scaled units.
        package init(_ candidate: Candidate, errors: [[Float]]) {
            self.candidate = candidate
            self.errors = errors
        }
    }

    /// What the detectors were compared by.
    package let metric: Metric
    /// The best detector and the next best; nil if there is none.
    package internal(set) var best, runnerUp: Candidate?
    /// By how much the best is better, in units of the metric; at least 0.
    package internal(set) var difference: Double?
    /// By how much its average precision is higher; may be below 0.
    package internal(set) var averagePrecisionDifference: Double?
    /// An interval that contains the true difference with a probability of about 0.95; nil if the data are
    /// too few.
    package internal(set) var interval: ClosedRange<Double>?
    /// The blocks that were resampled: their minimum length in rows (windows without labels) and number.
    package internal(set) var blocks: (length: Int, count: Int)?
    /// All of that in plain English.
    package internal(set) var sentence = ""

    /// Whether the interval excludes 0; nil if nothing can be said.
    package var isSignificant: Bool? { interval.map { !$0.contains(0) } }
}

extension String {
    /// The text at the start of a sentence.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
