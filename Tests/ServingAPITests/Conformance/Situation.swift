import APITesting
import Foundation
import Glibc
import HTTP1
import ModelStore
import ServingAPI
import Training

/// The state that a server must be in to send certain responses.
enum Situation: CaseIterable {
    /// Idle, with the models `toy`, an autoencoder with two versions, and `stacked`.
    case ordinary
    /// Accepts bodies of at most 64 bytes.
    case smallBodies
    /// Makes ONNX files of at most 1000 bytes, and has the model `toy`.
    case smallFiles
    /// One training runs and one waits, which is the maximum.
    case fullTrainings
    /// One prediction runs and one waits, which is the maximum.
    case fullPredictions
    /// Has one version, which is the maximum.
    case fullRegistry
    /// Draining, and without a folder of data.
    case draining
    /// Started read-only.
    case readOnly
    /// Cancels every training that runs.
    case cancelling
    /// Has less free space than the minimum.
    case fullDisk
    /// Has versions that only a newer release understands: version 2 of `toy`, and the only version of
    /// `newer` and of the Anomaly Detector's ``newerDetector``.
    case newerFormat

    /// The ID of a model of the Anomaly Detector.
    static let newerDetector = "01890a5d-ac96-774b-bcce-b302099a8057"

    /// Starts a server in this state.
    /// - Returns: the server, and an object that keeps it in the state.
    func make(_ transport: TransportKind) throws -> (api: API, busyQueue: BusyQueue?) {
        var limits = Limits()
        var runtime = RuntimeLimits()
        // One may wait, not none: a worker counts as busy for a moment after it has sent a response.
        runtime.maxQueuedTrainings = self == .fullTrainings ? 1 : runtime.maxQueuedTrainings
        runtime.maxQueuedPredictions = self == .fullPredictions ? 1 : runtime.maxQueuedPredictions
        runtime.maxModelVersions = self == .fullRegistry ? 1 : runtime.maxModelVersions
        runtime.minFreeBytes = self == .fullDisk ? Int.max : runtime.minFreeBytes
        runtime.maxONNXBytes = self == .smallFiles ? 1000 : runtime.maxONNXBytes
        limits.maxBodyBytes = self == .smallBodies ? 64 : limits.maxBodyBytes
        // Bounds files of models.
        runtime.maxParameters = self == .smallBodies ? 1 : runtime.maxParameters
        // With one thread, bodies are processed in the order of their arrival.
        let data = self == .draining ? nil : try AzureDetectorData.shared.get().folder.path
        let folder = try TemporaryFolder()
        let api = try API(
            transport, runtime: runtime, limits: limits, data: data, folder: folder,
            isReadOnly: self == .readOnly,
            computeWidth: 1
        )
        var busyQueue: BusyQueue?
        switch self {
        case .smallBodies, .readOnly, .fullDisk: break
        case .ordinary:
            for (model, members): (String, [String: JSON?]) in [
                ("toy", [:]), ("toy", ["validation_split": 0.5]), ("stacked", ["architecture": "stacked"]),
            ] { try train(api, model, members) }
            guard try api.post("/train", Small.diverging("toy")).status == 422 else {
                throw HarnessError("the training must diverge")
            }
            try cancel(api)
        case .fullTrainings:
            busyQueue = try BusyQueue(api, post: "/train", Small.training("toy"))
            try busyQueue?.enqueue(api, post: "/train", Small.training("toy"))
        case .fullPredictions:
            busyQueue = try BusyQueue(api, post: "/summary", [:])
            try busyQueue?.enqueue(api, post: "/summary", [:])
        case .fullRegistry, .smallFiles: try train(api, "toy", [:])
        case .newerFormat:
            try train(api, "toy", [:])
            let path = "\(folder.path)/toy/1/model.safetensors"
            let newer = try ChangedModelFile(
                Array(Data(contentsOf: URL(filePath: path))), requiring: "magic")
            for (model, version) in [("toy", 2), ("newer", 1), (Self.newerDetector, 1)] {
                try newer.store(in: folder.path, model, version)
            }
        case .draining: api.service.isDraining = true
        case .cancelling:
            _ = Future {
                for _ in 0..<1000 {
                    for job in api.service.jobs.all { job.cancel() }
                    usleep(10_000)
                }
            }
        }
        return (api, busyQueue)
    }

    /// Starts a training and cancels it.
    private func cancel(_ api: API) throws {
        let fields = [(name: "Prefer", value: "respond-async")]
        let response = try api.post("/train", text: "\(Small.long("toy"))", fields: fields)
        guard let path = response["location"] else { throw HarnessError(response.text) }
        guard try api.delete(path).status == 202 else {
            throw HarnessError("the training must be cancellable")
        }
        while try api.get(path).json["state"] != "cancelled" { usleep(1000) }
    }

    private func train(_ api: API, _ model: String, _ members: [String: JSON?]) throws {
        let response = try api.post("/train", Small.training(model, members))
        guard response.status == 201 else { throw HarnessError(response.text) }
    }
}
