import HTTP1
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries
import Training

/// The models of Azure's API: versions in the registry with a note, and trainings without a model.
struct AzureModels: Sendable {
    /// The folder in which requests may name files; nil for none.
    let folder: DataFolder?
    /// The state that is held in memory only.
    let state = AzureDetectorState()
    private let models: ModelLookup
    private let trainings: Trainings

    init(_ core: ServingCore, folder: DataFolder?) {
        self.folder = folder
        models = core.models
        trainings = core.trainings
    }

    /// Starts a training for a request.
    /// - Returns: the model's ID.
    /// - Throws: 429 for a full queue and beyond the limit of a key, 503 while the server shuts down.
    func train(_ training: PlannedTraining, _ note: AzureModelNote, for call: Call) throws(Problem) -> String
    {
        let id = AzureDetectorState.newID()
        let job = try trainings.submit(try call.permission.model(id), training, for: call)
        state.add(id, AzureDetectorState.Training(note: note, job: job))
        return id
    }

    /// A model.
    /// - Throws: 404 if it does not exist.
    func model(_ id: String) throws(Problem) -> AzureModel {
        guard let model = try find(id) else { throw .modelNotExist(id) }
        return model
    }

    /// A model; nil if it does not exist.
    func find(_ id: String) throws(Problem) -> AzureModel? {
        guard AzureDetectorState.isID(id) else { return nil }
        if let training = state[training: id] { return model(id, training) }
        guard let model = try models.descriptionIfAny(id)?.model, let note = AzureModelNote(model) else {
            return nil
        }
        let epochs = model.training.history.count
        return AzureModel(
            id: id, note: note, status: .ready, updated: model.origin.createdAt,
            history: model.training.history,
            secondsPerEpoch: model.training.seconds / Double(max(1, epochs)), problem: nil)
    }

    private func model(_ id: String, _ training: AzureDetectorState.Training) -> AzureModel {
        let snapshot = training.job.snapshot
        var (status, problem): (AzureModel.Status, Problem?) = (.running, nil)
        switch snapshot.state {
        case .queued: status = .created
        // A training that has just succeeded is found in the registry by the next request.
        case .running, .succeeded: break
        case .failed, .cancelled:
            status = .failed
            do throws(Problem) { _ = try trainings.outcome(of: snapshot) } catch { problem = error }
        }
        return AzureModel(
            id: id, note: training.note, status: status,
            updated: snapshot.endedAt ?? snapshot.startedAt ?? snapshot.createdAt, history: snapshot.history,
            secondsPerEpoch: snapshot.secondsPerEpoch ?? 0, problem: problem)
    }

    /// The IDs of all models that a request may use, the newest first.
    func ids(_ permission: Permission) throws(Problem) -> [String] {
        let names = try models.onDisk { (registry) throws(FileError) in
            try registry.names(after: nil, limit: .max).names
        }
        return Set(names.filter(AzureDetectorState.isID) + state.trainingIDs).filter(permission.allows)
            .sorted(by: >)
    }

    /// A ready model with its weights.
    /// - Throws: 400 for a model that is training or has failed, 404 for an unknown one.
    func ready(_ id: PermittedModel) throws(Problem) -> (entry: ModelRegistry.Entry, note: AzureModelNote) {
        let model = try model(id.name)
        switch model.status {
        case .ready: break
        case .created, .running:
            throw .azure(
                .badRequest, "ModelNotReady", "the model is \(model.status.rawValue); wait until it is READY")
        case .failed:
            throw .azure(
                .badRequest, "ModelFailed", "the model could not be trained: \(model.problem?.detail ?? "")")
        }
        return (try models.entry(id, .latest), model.note)
    }

    /// Whether a model exists, even if it is training or this release does not understand it.
    func exists(_ id: String) throws(Problem) -> Bool {
        do throws(Problem) { return try find(id) != nil } catch {
            guard error.type == .newerFormat else { throw error }
            return true
        }
    }

    /// Deletes a model and cancels its training.
    /// - Returns: false if neither exists.
    func delete(_ id: String) throws(Problem) -> Bool {
        // Check both, because a training may become a model at any moment.
        let isKnown = try exists(id)
        let wasTraining = state.remove(training: id)
        guard isKnown || wasTraining else { return false }
        _ = try models.onDisk { (registry) throws(FileError) in try registry.remove(id) }
        return true
    }
}
