#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The API's calls. Each throws ``ClientError`` with the server's own words where it refuses.
extension RepriseClient {
    /// Trains a new version of a model; returns when that is done.
    public func train(_ request: TrainRequest) throws(ClientError) -> TrainAnswer {
        try post("/train", Self.json(request)).decoded()
    }

    /// Reconstructs windows.
    public func reconstruct(_ request: WindowsRequest) throws(ClientError) -> ReconstructAnswer {
        try post("/reconstruct", Self.json(request)).decoded()
    }

    /// Scores windows, and the rows of a series.
    public func score(_ request: ScoreRequest) throws(ClientError) -> ScoreAnswer {
        try post("/score", Self.json(request)).decoded()
    }

    /// Encodes windows.
    public func encode(_ request: WindowsRequest) throws(ClientError) -> EncodeAnswer {
        try post("/encode", Self.json(request)).decoded()
    }

    /// What every layer makes of windows.
    public func layers(_ request: WindowsRequest) throws(ClientError) -> LayersAnswer {
        try post("/layers", Self.json(request)).decoded()
    }

    /// The layers of a model; the latest version without one.
    public func summary(of model: String, version: Int? = nil) throws(ClientError) -> SummaryAnswer {
        try summary(of: model, version: version, accept: "application/json").decoded()
    }

    /// The layers of an architecture that is not trained.
    public func summary(_ request: SummaryRequest) throws(ClientError) -> SummaryAnswer {
        try post("/summary", Self.json(request)).decoded()
    }

    /// The latest version of each model.
    public func models() throws(ClientError) -> [ModelVersion] {
        struct Page: Decodable {
            let models: [ModelVersion]
            let next: String?
        }
        var models: [ModelVersion] = []
        var after = ""
        while true {
            let page: Page = try checked(send("GET", "/models?limit=1000\(after)")).decoded()
            models += page.models
            guard let next = page.next else { return models }
            after = try "&after=\(Handle.escaped(next))"
        }
    }

    /// Deletes one version of a model, or all of them.
    public func delete(_ model: String, version: Int? = nil) throws(ClientError) {
        let version = version.map { "/versions/\($0)" } ?? ""
        _ = try checked(send("DELETE", "/models/\(Handle.escaped(model))\(version)"))
    }
}

/// The same a step at a time, for documents that are JSON already and answers that are to be shown as they came.
extension RepriseClient {
    /// The layers of a model as the media type that is asked for: `text/plain` is the table that Keras prints,
    /// `image/svg+xml` the flow diagram.
    public func summary(of model: String, version: Int?, accept: String) throws(ClientError) -> Answer {
        let version = version.map { "&version=\($0)" } ?? ""
        let target = try "/summary?model=\(Handle.escaped(model))\(version)"
        return try checked(send("GET", target, fields: [(name: "Accept", value: accept)]))
    }

    /// Trains, and tells of progress as it comes.
    /// - Parameters:
    ///   - request: the options and the data.
    ///   - onJob: takes the name of the job, by which it can be cancelled.
    /// - Returns: what ``train(_:)`` would.
    public func train(
        _ request: Content, onJob: (String) -> Void, onProgress: (TrainProgress) -> Void
    ) throws(ClientError) -> Answer {
        struct Job: Decodable { let id: String }
        var last: ServerSentEvent?
        let answer = try stream(
            "POST", "/train\(request.query)", fields: request.fields, body: request.body
        ) { event in
            last = event
            let content = Answer(status: 200, fields: [], body: event.data)
            if event.name == "job", let job = try? content.decoded(as: Job.self) { onJob(job.id) }
            if event.name == "progress", let progress: TrainProgress = try? content.decoded() {
                onProgress(progress)
            }
            return true
        }
        guard let last else { return try checked(answer) }
        // What ends a stream is the answer, or the problem, that there would have been without one.
        return try checked(
            Answer(status: last.name == "result" ? 201 : 422, fields: answer.fields, body: last.data))
    }

    /// Has a training end without a model.
    public func cancel(job: String) throws(ClientError) {
        _ = try checked(send("DELETE", "/jobs/\(Handle.escaped(job))"))
    }

    /// Posts a JSON document.
    public func post(
        _ path: String, _ json: [UInt8], accept: String = "application/json"
    ) throws(ClientError) -> Answer {
        try post(path, .json(json), accept: accept)
    }

    /// Posts options and data.
    public func post(
        _ path: String, _ content: Content, accept: String = "application/json"
    ) throws(ClientError) -> Answer {
        let fields = content.fields + [(name: "Accept", value: accept)]
        return try checked(send("POST", path + content.query, fields: fields, body: content.body))
    }

    /// A request as JSON, names in snake_case.
    public static func json(_ request: some Encodable) throws(ClientError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        do {
            return Array(try encoder.encode(request))
        } catch {
            throw ClientError(description: "a request can't hold NaN or Infinity; nil is a missing value")
        }
    }

    /// The answer if it is a success; its problem document thrown otherwise.
    private func checked(_ answer: Answer) throws(ClientError) -> Answer {
        guard !(200..<300).contains(answer.status) else { return answer }
        struct Problem: Decodable { let detail: String }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body))
        throw ClientError(description: problem?.detail ?? "the server answered \(answer.status)")
    }
}

extension RepriseClient.Answer {
    /// The JSON document as a value.
    /// - Throws: ``ClientError`` when it is another one.
    public func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws(ClientError) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(body))
        } catch {
            throw ClientError(
                description: "the server answered what this client does not understand: \(error)")
        }
    }
}
