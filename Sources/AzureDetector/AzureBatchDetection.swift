import HTTP1
import JSON
import ServingAPI
import Synchronization

/// A detection that runs after the response to its request, which clients poll.
final class AzureBatchDetection: Sendable {
    private enum Progress {
        case created, running
        case failed(Problem)
        /// The complete document.
        case ready([UInt8])
    }

    let id = AzureDetectorState.newID()
    /// The ID of the model.
    let model: String
    private let request: AzureBatchRequest
    private let states: [VariableState]
    private let progress = Mutex(Progress.created)

    init(_ request: AzureBatchRequest, _ states: [VariableState], model: String) {
        self.model = model
        self.request = request
        self.states = states
    }

    /// The approximate size in memory, in bytes.
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

    /// The current state as JSON.
    var document: [UInt8] {
        let current = progress.withLock { $0 }
        func unfinished(_ status: AzureModel.Status, _ problem: Problem? = nil) -> [UInt8] {
            document(status, problem) { $0.array("results") { _ in } }
        }
        return switch current {
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
                    json.member("dataSource", request.source)
                    json.member("topContributorCount", request.topContributorCount)
                    json.member("startTime", "\(request.start)")
                    json.member("endTime", "\(request.end)")
                }
            }
            results(&json)
        }
        return json.bytes
    }
}
