import APITesting
import Glibc
import HTTP1
import ModelStore
import ServingAPI
import Training

/// What a server has to be like for some of its answers to come about.
enum Situation: CaseIterable {
    /// Idle, with the models `toy`, an autoencoder of two versions, and `stacked`.
    case ordinary
    /// Takes bodies of 64 bytes.
    case smallBodies
    /// Makes ONNX files of 1000 bytes at most, and has the model `toy`.
    case smallFiles
    /// A training runs and another waits, which is all that may.
    case fullTrainings
    /// A prediction runs and another waits, which is all that may.
    case fullPredictions
    /// Holds one version, which is all that it may.
    case fullRegistry
    /// About to stop, and without a folder of data.
    case draining
    /// Only reads its models' folder.
    case readOnly
    /// Somebody cancels every training that runs.
    case cancelling

    /// A server in this situation, and what keeps it there.
    func make(_ wire: Wire) throws -> (api: API, hold: Hold?) {
        var limits = Limits()
        var runtime = RuntimeLimits()
        // One that waits is let through: a worker counts as busy for a moment after it has answered.
        runtime.waitingTrainings = self == .fullTrainings ? 1 : runtime.waitingTrainings
        runtime.waitingPredictions = self == .fullPredictions ? 1 : runtime.waitingPredictions
        runtime.modelVersions = self == .fullRegistry ? 1 : runtime.modelVersions
        runtime.onnxBytes = self == .smallFiles ? 1000 : runtime.onnxBytes
        limits.maxBodyBytes = self == .smallBodies ? 64 : limits.maxBodyBytes
        // With one thread, bodies are looked at in the order they came.
        let data = self == .draining ? nil : try DetectorData.shared.get().folder.path
        let api = try API(
            wire, runtime: runtime, limits: limits, data: data, isReadOnly: self == .readOnly, computeWidth: 1
        )
        var hold: Hold?
        switch self {
        case .smallBodies, .readOnly: break
        case .ordinary:
            for (model, members): (String, [String: JSON?]) in [
                ("toy", [:]), ("toy", ["validation_split": 0.5]), ("stacked", ["architecture": "stacked"]),
            ] { try train(api, model, members) }
            guard try api.post("/train", Small.diverging("toy")).status == 422 else {
                throw HarnessError("it has not diverged")
            }
            try cancel(api)
        case .fullTrainings:
            hold = try Hold(api, post: "/train", Small.training("toy"))
            try hold?.queue(api, post: "/train", Small.training("toy"))
        case .fullPredictions:
            hold = try Hold(api, post: "/summary", [:])
            try hold?.queue(api, post: "/summary", [:])
        case .fullRegistry, .smallFiles: try train(api, "toy", [:])
        case .draining: api.service.isReady = false
        case .cancelling:
            _ = Outcome {
                for _ in 0..<1000 {
                    for job in api.service.jobs.all { job.cancel() }
                    usleep(10_000)
                }
            }
        }
        return (api, hold)
    }

    /// Has a training begun and cancelled.
    private func cancel(_ api: API) throws {
        let fields = [(name: "Prefer", value: "respond-async")]
        let answer = try api.post("/train", text: "\(Small.long("toy"))", fields: fields)
        guard let path = answer["location"] else { throw HarnessError(answer.text) }
        guard try api.delete(path).status == 202 else { throw HarnessError("it can't be cancelled") }
        while try api.get(path).json["state"] != "cancelled" { usleep(1000) }
    }

    private func train(_ api: API, _ model: String, _ members: [String: JSON?]) throws {
        let answer = try api.post("/train", Small.training(model, members))
        guard answer.status == 201 else { throw HarnessError(answer.text) }
    }
}
