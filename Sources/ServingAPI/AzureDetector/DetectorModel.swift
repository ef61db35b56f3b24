import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import Training

/// A model of this API as it is told of: one that trains, one that has failed, or one that is ready.
struct DetectorModel {
    /// How far a model or a detection is.
    enum Status: String {
        case created = "CREATED"
        case running = "RUNNING"
        case ready = "READY"
        case failed = "FAILED"
    }

    let id: String
    let kept: DetectorNote
    let status: Status
    let updated: String
    let history: [EpochReport]
    let secondsPerEpoch: Double
    /// Why there is no model.
    let problem: Problem?
}

extension Service {
    /// A model of this API, or 404.
    func detectorModel(_ id: String) throws(Problem) -> DetectorModel {
        guard let model = try findDetectorModel(id) else { throw .modelNotExist(id) }
        return model
    }

    /// A model of this API; nil if there is none.
    func findDetectorModel(_ id: String) throws(Problem) -> DetectorModel? {
        guard AnomalyDetector.isID(id) else { return nil }
        if let training = detector[training: id] { return model(id, training) }
        let found = try onDisk { (registry) throws(FileError) in try registry.description(id) }
        guard let model = found?.model, let kept = DetectorNote(model) else { return nil }
        let epochs = model.training.history.count
        return DetectorModel(
            id: id, kept: kept, status: .ready, updated: model.origin.createdAt,
            history: model.training.history,
            secondsPerEpoch: model.training.seconds / Double(max(1, epochs)), problem: nil)
    }

    private func model(_ id: String, _ training: AnomalyDetector.Training) -> DetectorModel {
        let snapshot = training.job.snapshot
        var (status, problem): (DetectorModel.Status, Problem?) = (.running, nil)
        switch snapshot.state {
        case .queued: status = .created
        // Between two looks it may have become ready; the next one sees that.
        case .running, .succeeded: break
        case .failed, .cancelled:
            status = .failed
            do throws(Problem) { _ = try outcome(of: snapshot) } catch { problem = error }
        }
        return DetectorModel(
            id: id, kept: training.kept, status: status,
            updated: snapshot.endedAt ?? snapshot.startedAt ?? snapshot.createdAt, history: snapshot.history,
            secondsPerEpoch: snapshot.secondsPerEpoch ?? 0, problem: problem)
    }

    /// The names of this API's models, the newest first.
    func detectorIDs() throws(Problem) -> [String] {
        let names = try onDisk { (registry) throws(FileError) in
            try registry.names(after: nil, limit: .max).names
        }
        return Set(names.filter(AnomalyDetector.isID) + detector.unfinished).sorted(by: >)
    }

    /// A model that is ready, with its weights.
    func readyDetector(_ id: String) throws(Problem) -> (entry: ModelRegistry.Entry, kept: DetectorNote) {
        let model = try detectorModel(id)
        switch model.status {
        case .ready: break
        case .created, .running:
            throw .detector(
                .badRequest, "ModelNotReady", "the model is \(model.status.rawValue); wait until it is READY")
        case .failed:
            throw .detector(
                .badRequest, "ModelFailed", "the model could not be trained: \(model.problem?.detail ?? "")")
        }
        return (try entry(id, .latest), model.kept)
    }
}

extension JSONWriter {
    /// A model, as members of the current object.
    mutating func members(of model: DetectorModel) {
        member("modelId", model.id)
        member("createdTime", model.kept.created)
        member("lastUpdatedTime", model.updated)
        object("modelInfo") { json in
            json.members(of: model.kept.training)
            json.member("status", model.status.rawValue)
            json.detectorErrors(model.problem)
            json.object("diagnosticsInfo") { json in
                json.object("modelState") { json in
                    json.member("epochIds", model.history.map(\.epoch))
                    json.member("trainLosses", model.history.map { Float($0.loss) }[...])
                    json.member(
                        "validationLosses", model.history.compactMap(\.validationLoss).map { Float($0) }[...])
                    json.member("latenciesInSeconds", model.history.map { _ in model.secondsPerEpoch })
                }
                json.member("variableStates", model.kept.states)
            }
        }
    }

    /// `"errors":[{"code":…,"message":…}]`; an empty array without a problem.
    mutating func detectorErrors(_ problem: Problem?) {
        array("errors", of: [problem].compactMap { $0 }) { $0.object($1.writeDetectorError) }
    }
}
