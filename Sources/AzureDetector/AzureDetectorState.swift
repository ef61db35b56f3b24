import Glibc
import ModelFiles
import ModelStore
import Synchronization
import Training

/// The state of Azure's API that is held in memory only: models that are training or have failed, and results
/// of detections. Ready models are versions in the registry, with their request in the note.
final class AzureDetectorState: Sendable {
    /// The maximum number of results in memory.
    static let maxResults = 256
    /// The maximum size of all results, in bytes. The newest result is stored in any case.
    private static let maxResultBytes = 256 << 20
    /// The maximum number of failed trainings in memory.
    private static let maxFailedTrainings = 256

    /// A training and the note of its model.
    struct Training: Sendable {
        let note: AzureModelNote
        let job: TrainingJob
    }

    private struct State {
        /// Trainings by the ID of their model.
        var trainings: [String: Training] = [:]
        /// Results, the oldest first.
        var results: [AzureBatchDetection] = []
    }

    private let state = Mutex(State())

    // MARK: IDs

    /// Returns a new UUID of version 7 (RFC 9562, 5.7). The order of such IDs is that of their creation.
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

    /// Whether a name has the form of an ID from ``newID()``.
    static func isID(_ name: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts[2].first == "7"
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
    }

    // MARK: Trainings

    /// Adds a training. Removes those that have succeeded, and the oldest failed ones beyond the maximum.
    func add(_ id: String, _ training: Training) {
        state.withLock { state in
            state.trainings[id] = training
            let ended = state.trainings.filter { $0.value.job.isEnded }
            // The registry has the models of trainings that have succeeded.
            for (id, training) in ended {
                if case .succeeded = training.job.summary.state { state.trainings[id] = nil }
            }
            let failed = state.trainings.keys.filter { ended[$0] != nil }.sorted()
            for id in failed.dropLast(Self.maxFailedTrainings) { state.trainings[id] = nil }
        }
    }

    /// A training that is queued or running, or has failed.
    subscript(training id: String) -> Training? {
        guard let training = state.withLock({ $0.trainings[id] }) else { return nil }
        if case .succeeded = training.job.summary.state { return nil }
        return training
    }

    /// The IDs of the models whose trainings are queued or running, or have failed.
    var trainingIDs: [String] {
        state.withLock { Array($0.trainings.keys) }.filter { self[training: $0] != nil }
    }

    /// Cancels and removes a training.
    /// - Returns: false if there is none.
    func remove(training id: String) -> Bool {
        guard let training = self[training: id] else { return false }
        if !training.job.cancel() {
            // The model is being written to the disk. Wait for it, so that the caller can delete it.
            while !training.job.isEnded { usleep(1000) }
        }
        state.withLock { $0.trainings[id] = nil }
        return true
    }

    // MARK: Results

    /// Adds a detection. Removes the oldest ones beyond the maximum number or size.
    func add(_ detection: AzureBatchDetection) {
        state.withLock { state in
            state.results.append(detection)
            var bytes = 0
            let newest = state.results.reversed().prefix(Self.maxResults).prefix { detection in
                bytes += detection.byteCount
                return bytes <= Self.maxResultBytes
            }
            // Keep the newest one, whatever its size.
            state.results.removeFirst(min(state.results.count - newest.count, state.results.count - 1))
        }
    }

    subscript(result id: String) -> AzureBatchDetection? {
        state.withLock { $0.results.first { $0.id == id } }
    }
}
