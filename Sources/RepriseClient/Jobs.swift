/// Calls of training jobs. Each throws ``ClientError``.
extension RepriseClient {
    /// Lists the jobs that are queued, running or recently ended, newest first; ``JobList`` decodes it.
    public func jobs() throws(ClientError) -> Response { try checked(send("GET", "/jobs")) }

    /// Describes a job, which ``Job`` decodes.
    public func job(_ id: String) throws(ClientError) -> Response {
        try checked(send("GET", "/jobs/\(CurlHandle.escaped(id))"))
    }

    /// Cancels a job, which then ends without a new version. A job that has ended is forgotten.
    /// - Returns: the job with status 202; status 204 if it had ended.
    @discardableResult
    public func cancel(job id: String) throws(ClientError) -> Response {
        try checked(send("DELETE", "/jobs/\(CurlHandle.escaped(id))"))
    }

    /// Receives the progress of a job until it ends.
    /// - Returns: the response that ``train(_:)`` decodes.
    /// - Throws: ``ClientError`` also if the job fails or is cancelled.
    public func follow(
        job id: String, onProgress: (TrainProgress) -> Void
    ) throws(ClientError) -> Response {
        try follow(
            "GET", "/jobs/\(CurlHandle.escaped(id))/events", nil, onJob: { _ in }, onProgress: onProgress)
    }

    /// Receives the events of a job until it ends.
    /// - Returns: the document of the last event, which would have been the response without events.
    func follow(
        _ method: String, _ target: String, _ content: RequestContent?, onJob: (Job) -> Void,
        onProgress: (TrainProgress) -> Void
    ) throws(ClientError) -> Response {
        var last: ServerSentEvent?
        let response = try stream(
            method, target, fields: content?.fields ?? [], body: content?.body
        ) { event in
            last = event
            let document = Response(status: 200, fields: [], body: event.data)
            if event.name == "job", let job: Job = try? document.decoded() { onJob(job) }
            if event.name == "progress", let progress: TrainProgress = try? document.decoded() {
                onProgress(progress)
            }
            return true
        }
        guard let last else { return try checked(response) }
        let status =
            switch last.name {
            case "result": 201
            case "unauthorized": 401
            default: 422
            }
        return try checked(Response(status: status, fields: response.fields, body: last.data))
    }
}

/// The response of `GET /jobs`.
public struct JobList: Decodable, Sendable {
    /// The jobs, newest first.
    public let jobs: [Job]
}

/// A job: a training, a calibration or feedback.
public struct Job: Decodable, Sendable {
    /// The identifier.
    public let id: String
    /// The name of the model.
    public let model: String
    /// `training`, `calibration` or `feedback`.
    public let kind: String
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    public let state: String
    /// The number of epochs that have ended.
    public let epoch: Int
    /// The maximum number of epochs.
    public let epochs: Int
    /// The training loss of the last epoch, in scaled units.
    public let loss: Double?
    /// The validation loss of the last epoch, in scaled units.
    public let valLoss: Double?
    /// The time that the job has run.
    public let seconds: Double
    /// The remaining seconds if all other epochs take as long as the mean; nil unless the job runs.
    public let secondsLeft: Double?
    /// The time of the request, as in RFC 3339.
    public let createdAt: String
    /// The new version; nil unless the job has succeeded.
    public let version: Int?
    /// Why the job has failed or was cancelled; nil in listings.
    public let problem: Problem?

    /// The reason why a job made no version.
    public struct Problem: Decodable, Sendable {
        /// What was wrong.
        public let detail: String
    }

    /// Whether the job is neither queued nor running.
    public var isEnded: Bool { !["queued", "running"].contains(state) }
}
