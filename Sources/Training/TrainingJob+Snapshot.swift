import ModelFiles
import ModelStore
import NeuralNetwork

extension TrainingJob {
    /// The state of a job.
    public enum State: Sendable {
        /// The job waits in the queue.
        case queued
        /// The job trains.
        case running
        /// The version is published.
        case succeeded(ModelRegistry.Description)
        /// The job has ended without a version.
        case failed(Failure)
        /// The job was cancelled and has made no version.
        case cancelled
    }

    /// The reason that a job has made no version.
    public enum Failure: Error, Sendable {
        /// Training has failed.
        case training(TrainingFailure)
        /// The model could not be published.
        case registry(RegistryError)
    }

    /// A job at one moment.
    public struct Snapshot: Sendable {
        /// The state.
        public internal(set) var state = State.queued
        /// The number of epochs that are done.
        public internal(set) var epochsDone = 0
        /// The last epoch that is done.
        public internal(set) var last: EpochReport?
        /// All epochs that are done; empty in a ``TrainingJob/summary``.
        public internal(set) var history: [EpochReport] = []
        /// When the job was submitted: RFC 3339, in UTC.
        public let createdAt: String
        /// When training began.
        public internal(set) var startedAt: String?
        /// When the job ended.
        public internal(set) var endedAt: String?
        /// The time since training began, until the job ended, in seconds.
        public internal(set) var seconds = 0.0
        var start: ContinuousClock.Instant?

        init(createdAt: String) { self.createdAt = createdAt }

        /// Whether the job has ended.
        public var isEnded: Bool {
            switch state {
            case .queued, .running: false
            case .succeeded, .failed, .cancelled: true
            }
        }

        /// The mean time of an epoch so far, in seconds; nil before the first epoch is done.
        public var secondsPerEpoch: Double? { epochsDone > 0 ? seconds / Double(epochsDone) : nil }
    }
}

extension TrainingJob.Failure: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .training(let failure): failure.description
        case .registry(let error): error.description
        }
    }
}

extension TrainingJob.Kind {
    /// What has made a version.
    init(of version: ModelDescription) {
        self =
            version.feedback != nil ? .feedback : version.calibration != nil ? .calibration : .training
    }
}
