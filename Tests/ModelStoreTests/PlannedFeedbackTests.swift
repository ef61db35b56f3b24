import APITesting
import ModelFiles
import ModelStore
import NeuralNetwork
import Synchronization
import Testing
import TimeSeries
import Training

/// The work of feedback outside a server.
@Suite struct PlannedFeedbackTests {
    /// More data of normal operation are for a calibration.
    @Test func tooManyWindowsDoNotJoin() throws {
        let folder = try TemporaryFolder()
        let registry = try Example.registry(folder.path)
        _ = try registry.publish("m", Example.model())
        let base = try #require(try registry.entry("m"))
        let windows = try Example.windows(JoinedWindows.maxCount + 1)
        let normal = [Bool](repeating: true, count: windows.series.rows)
        let feedback = PlannedFeedback(on: base, windows, normal: normal, anomalous: nil, rule: nil)
        #expect(throws: TrainingFailure.tooManyJoined) { try feedback.run() }
    }

    /// It is asked between parts of the windows, so that a long computation ends early.
    @Test func itIsCancelledBetweenParts() throws {
        let folder = try TemporaryFolder()
        let registry = try Example.registry(folder.path)
        _ = try registry.publish("m", Example.model())
        let base = try #require(try registry.entry("m"))
        let windows = try Example.windows(10_000)
        let normal = [Bool](repeating: true, count: windows.series.rows)
        var feedback = PlannedFeedback(on: base, windows, normal: normal, anomalous: nil, rule: nil)
        let computed = Mutex<[Int]>([])
        feedback.meter = { count, body in
            computed.withLock { $0.append(count) }
            return body()
        }
        let failure = #expect(throws: TrainingFailure.self) {
            try feedback.run(isCancelled: { computed.withLock { $0.count == 2 } })
        }
        #expect(failure == .training(.cancelled))
        #expect(computed.withLock { $0 } == [4096, 4096])
        #expect(try feedback.run().description.feedback?.normalWindows == 10_000)
        #expect(computed.withLock { $0.reduce(0, +) } == 8192 + 10_000)
    }
}
