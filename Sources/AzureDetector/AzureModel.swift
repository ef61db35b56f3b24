import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import Training

/// A model of Azure's API: one that is queued, training, failed, or ready.
struct AzureModel {
    /// The status of a model or a detection.
    enum Status: String {
        case created = "CREATED"
        case running = "RUNNING"
        case ready = "READY"
        case failed = "FAILED"
    }

    let id: String
    let note: AzureModelNote
    let status: Status
    /// The time of the last change, RFC 3339 in UTC.
    let updated: String
    let history: [EpochReport]
    let secondsPerEpoch: Double
    /// The reason for the status FAILED; nil for other statuses.
    let problem: Problem?
}

extension JSONWriter {
    /// A model, as members of the current object.
    mutating func members(of model: AzureModel) {
        member("modelId", model.id)
        member("createdTime", model.note.created)
        member("lastUpdatedTime", model.updated)
        object("modelInfo") { json in
            json.members(of: model.note.training)
            json.member("status", model.status.rawValue)
            json.azureErrors(model.problem)
            json.object("diagnosticsInfo") { json in
                json.object("modelState") { json in
                    json.member("epochIds", model.history.map(\.epoch))
                    json.member("trainLosses", model.history.map { Float($0.loss) }[...])
                    json.member(
                        "validationLosses", model.history.compactMap(\.validationLoss).map { Float($0) }[...])
                    json.member("latenciesInSeconds", model.history.map { _ in model.secondsPerEpoch })
                }
                json.member("variableStates", model.note.states)
            }
        }
    }

    /// `"errors":[{"code":…,"message":…}]`; an empty array without a problem.
    mutating func azureErrors(_ problem: Problem?) {
        array("errors", of: [problem].compactMap { $0 }) { $0.object($1.writeAzureError) }
    }
}
