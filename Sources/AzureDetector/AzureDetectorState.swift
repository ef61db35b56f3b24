import Glibc
import ModelFiles
import ModelStore
import Synchronization
import Training

/// What is in memory alone of the stand-in for Azure's Multivariate Anomaly Detector: models that train or have failed, and
/// results of detections. Models that are ready are versions of the registry like any others, with what was asked for in
/// their note.
final class AzureDetectorState: Sendable {
    /// Results that are kept, and bytes of them.
    static let maxResults = 256
    private static let maxResultBytes = 256 << 20
    /// Trainings that are remembered.
    private static let maxTrainings = 256

    /// A training, and what it is of.
    struct Training: Sendable {
        let note: AzureModelNote
        let job: TrainingJob
    }

    private struct State {
        /// By the models' names.
        var trainings: [String: Training] = [:]
        /// The oldest first.
        var results: [AzureBatchDetection] = []
    }

    private let state = Mutex(State())

    // MARK: Names

    /// A new UUID of version 7 (RFC 9562, 5.7): such names are in the order in which they were given.
    static func newID() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000
        var generator = SystemRandomNumberGenerator()
        let random = (
            UInt64.random(in: 0 ... .max, using: &generator), UInt64.random(in: 0 ... .max, using: &generator)
        )
        let high = milliseconds << 16 | 0x7000 | random.0 & 0xfff
        let low = UInt64(0b10) << 62 | random.1 >> 2
        let digits = [high, low].map { String($0, radix: 16) }
            .map { String(repeating: "0", count: 16 - $0.count) + $0 }.joined()
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text += "-" }
            text.append(digit)
        }
        return text
    }

    /// Whether a name is one that ``newID()`` could have given.
    static func isID(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts[2].first == "7"
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    // MARK: Trainings

    /// Remembers a training; the oldest that have ended are forgotten where there are too many.
    func add(_ id: String, _ training: Training) {
        state.withLock { state in
            state.trainings[id] = training
            let ended = state.trainings.filter { $0.value.job.isEnded }
            // Of those that have succeeded the registry knows everything.
            for (id, training) in ended {
                if case .succeeded = training.job.summary.state { state.trainings[id] = nil }
            }
            let failed = state.trainings.keys.filter { ended[$0] != nil }.sorted()
            for id in failed.dropLast(Self.maxTrainings) { state.trainings[id] = nil }
        }
    }

    /// A training that has given no model, or none yet.
    subscript(training id: String) -> Training? {
        guard let training = state.withLock({ $0.trainings[id] }) else { return nil }
        if case .succeeded = training.job.summary.state { return nil }
        return training
    }

    /// The names of those.
    var unfinished: [String] {
        state.withLock { Array($0.trainings.keys) }.filter { self[training: $0] != nil }
    }

    /// Forgets a training and has it end; false if there is none.
    func remove(training id: String) -> Bool {
        guard let training = self[training: id] else { return false }
        if !training.job.cancel() {
            // Its model is on its way to the disk: whoever deletes it has to find it there.
            while !training.job.isEnded { usleep(1000) }
        }
        state.withLock { $0.trainings[id] = nil }
        return true
    }

    // MARK: Results

    /// Keeps a detection; the oldest are forgotten where there are too many.
    func add(_ detection: AzureBatchDetection) {
        state.withLock { state in
            state.results.append(detection)
            var bytes = 0
            let kept = state.results.reversed().prefix(Self.maxResults).prefix { detection in
                bytes += detection.byteCount
                return bytes <= Self.maxResultBytes
            }
            // The newest stays, however large it is.
            state.results.removeFirst(min(state.results.count - kept.count, state.results.count - 1))
        }
    }

    subscript(result id: String) -> AzureBatchDetection? {
        state.withLock { $0.results.first { $0.id == id } }
    }
}
