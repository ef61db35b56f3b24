import HTTP1
import JSON
import ServingAPI
import Synchronization

/// A detection that goes on after its request was answered.
final class AzureBatchDetection: Sendable {
    private enum Progress {
        case created, running
        case failed(Problem)
        /// The whole document.
        case ready([UInt8])
    }

    let id = AzureDetectorState.newID()
    private let asked: AzureBatchRequest
    private let states: [VariableState]
    private let progress = Mutex(Progress.created)

    init(_ asked: AzureBatchRequest, _ states: [VariableState]) {
        self.asked = asked
        self.states = states
    }

    /// What it takes in memory, nearly.
    var byteCount: Int {
        progress.withLock { if case .ready(let bytes) = $0 { bytes.count } else { 0 } }
    }

    /// Computes the results.
    func run(_ body: () throws(Problem) -> AzureResults) {
        progress.withLock { $0 = .running }
        do throws(Problem) {
            let results = try body()
            let bytes = document(.ready, nil) { results.write(to: &$0) }
            progress.withLock { $0 = .ready(bytes) }
        } catch {
            progress.withLock { $0 = .failed(error) }
        }
    }

    /// How it is now.
    var document: [UInt8] {
        let now = progress.withLock { $0 }
        func unfinished(_ status: AzureModel.Status, _ problem: Problem? = nil) -> [UInt8] {
            document(status, problem) { $0.array("results") { _ in } }
        }
        return switch now {
        case .created: unfinished(.created)
        case .running: unfinished(.running)
        case .failed(let problem): unfinished(.failed, problem)
        case .ready(let bytes): bytes
        }
    }

    private func document(
        _ status: AzureModel.Status, _ problem: Problem?, results: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("resultId", id)
            json.object("summary") { json in
                json.member("status", status.rawValue)
                json.azureErrors(problem)
                json.member("variableStates", states)
                json.object("setupInfo") { json in
                    json.member("dataSource", asked.source)
                    json.member("topContributorCount", asked.topContributorCount)
                    json.member("startTime", "\(asked.start)")
                    json.member("endTime", "\(asked.end)")
                }
            }
            results(&json)
        }
        return json.bytes
    }
}
