#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Calls whose responses are decoded. Each throws ``ClientError``, with the detail of the problem document
/// (RFC 9457) if the server refuses the request.
extension RepriseClient {
    /// Trains a new version of a model, and returns when training has ended.
    public func train(_ content: RequestContent) throws(ClientError) -> TrainResponse {
        try post("/train", content).decoded()
    }

    /// Learns the threshold of a model again, in a new version.
    public func calibrate(
        _ model: String, _ content: RequestContent
    ) throws(ClientError) -> TrainResponse {
        try calibrate(model, content, accept: "application/json").decoded()
    }

    /// Learns the threshold of a model again from marked rows, in a new version.
    public func feedback(
        _ model: String, _ content: RequestContent
    ) throws(ClientError) -> TrainResponse {
        try feedback(model, content, accept: "application/json").decoded()
    }

    /// Reconstructs windows.
    public func reconstruct(_ content: RequestContent) throws(ClientError) -> ReconstructResponse {
        try post("/reconstruct", content).decoded()
    }

    /// Scores windows, and the rows of a series.
    public func score(_ content: RequestContent) throws(ClientError) -> ScoreResponse {
        try post("/score", content).decoded()
    }

    /// Encodes windows.
    public func encode(_ content: RequestContent) throws(ClientError) -> EncodeResponse {
        try post("/encode", content).decoded()
    }

    /// Computes the outputs of every layer for windows.
    public func layers(_ content: RequestContent) throws(ClientError) -> LayersResponse {
        try post("/layers", content).decoded()
    }

    /// Describes the layers of a network that is not trained.
    public func summary(_ content: RequestContent) throws(ClientError) -> SummaryResponse {
        try post("/summary", content).decoded()
    }

    /// Describes the layers of a model.
    /// - Parameter version: a version's number or an alias; nil is the latest version.
    public func summary(
        of model: String, version: String? = nil
    ) throws(ClientError) -> SummaryResponse {
        try summary(of: model, version: version, accept: "application/json").decoded()
    }

    /// Lists the latest version of each model.
    public func models() throws(ClientError) -> [ModelVersion] {
        struct Page: Decodable {
            let models: [ModelVersion]
            let next: String?
        }
        var models: [ModelVersion] = []
        var query: [String: RequestValue] = ["limit": .string("1000")]
        while true {
            let target = "/models\(try RequestContent.query(query))"
            let page: Page = try checked(send("GET", target)).decoded()
            models += page.models
            guard let next = page.next else { return models }
            query["after"] = .string(next)
        }
    }

    /// Describes a version of a model.
    public func version(_ number: Int, of model: String) throws(ClientError) -> ModelVersion {
        try checked(send("GET", "/models/\(CurlHandle.escaped(model))/versions/\(number)")).decoded()
    }

    /// Deletes a model.
    /// - Parameter version: the number of the version to delete; nil deletes all versions.
    public func delete(_ model: String, version: Int? = nil) throws(ClientError) {
        let version = version.map { "/versions/\($0)" } ?? ""
        _ = try checked(send("DELETE", "/models/\(CurlHandle.escaped(model))\(version)"))
    }
}

/// Calls that return the response as it came, for output that shows it unchanged.
extension RepriseClient {
    /// Describes the layers of a model.
    /// - Parameters:
    ///   - version: a version's number or an alias; nil is the latest version.
    ///   - accept: the media type: `application/json`, `text/plain` for the table that Keras prints,
    ///     `image/svg+xml` for the flow diagram.
    public func summary(of model: String, version: String?, accept: String) throws(ClientError) -> Response {
        var query: [String: RequestValue] = ["model": .string(model)]
        query["version"] = version.map(RequestValue.string)
        let target = "/summary\(try RequestContent.query(query))"
        return try checked(send("GET", target, fields: [(name: "Accept", value: accept)]))
    }

    /// Trains a new version of a model, with progress events.
    /// - Parameters:
    ///   - onJob: receives the identifier of the training job, for ``cancel(job:)``.
    ///   - onProgress: receives each progress event.
    /// - Returns: the response that ``train(_:)`` decodes.
    public func train(
        _ content: RequestContent, onJob: (String) -> Void, onProgress: (TrainProgress) -> Void
    ) throws(ClientError) -> Response {
        struct Job: Decodable { let id: String }
        var last: ServerSentEvent?
        let response = try stream(
            "POST", "/train\(content.query)", fields: content.fields, body: content.body
        ) { event in
            last = event
            let document = Response(status: 200, fields: [], body: event.data)
            if event.name == "job", let job = try? document.decoded(as: Job.self) { onJob(job.id) }
            if event.name == "progress", let progress: TrainProgress = try? document.decoded() {
                onProgress(progress)
            }
            return true
        }
        guard let last else { return try checked(response) }
        // The last event of a stream holds the document that would have been the response without events.
        let status =
            switch last.name {
            case "result": 201
            case "unauthorized": 401
            default: 422
            }
        return try checked(Response(status: status, fields: response.fields, body: last.data))
    }

    /// Learns the threshold of a model again, in a new version.
    /// - Parameter accept: the media type, `application/json`.
    public func calibrate(
        _ model: String, _ content: RequestContent, accept: String
    ) throws(ClientError) -> Response {
        try post("/models/\(CurlHandle.escaped(model))/calibrate", content, accept: accept)
    }

    /// Learns the threshold of a model again from marked rows, in a new version.
    /// - Parameter accept: the media type, `application/json`.
    public func feedback(
        _ model: String, _ content: RequestContent, accept: String
    ) throws(ClientError) -> Response {
        try post("/models/\(CurlHandle.escaped(model))/feedback", content, accept: accept)
    }

    /// Cancels a training job, which then ends without a new version.
    public func cancel(job: String) throws(ClientError) {
        _ = try checked(send("DELETE", "/jobs/\(CurlHandle.escaped(job))"))
    }

    /// Posts data with their options.
    public func post(
        _ path: String, _ content: RequestContent, accept: String = "application/json"
    ) throws(ClientError) -> Response {
        let fields = content.fields + [(name: "Accept", value: accept)]
        return try checked(send("POST", path + content.query, fields: fields, body: content.body))
    }

    /// Returns a response with a 2xx status; throws the problem document of any other.
    private func checked(_ response: Response) throws(ClientError) -> Response {
        guard !(200..<300).contains(response.status) else { return response }
        struct Problem: Decodable {
            let detail: String
            let pointer: String?
            let remedies: [ClientError.Remedy]?
        }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(response.body))
        throw ClientError(
            problem?.detail ?? "the server responded with status \(response.status)",
            status: response.status, pointer: problem?.pointer, remedies: problem?.remedies ?? [])
    }
}

extension RepriseClient.Response {
    /// Decodes the JSON document; snake_case names become camelCase.
    /// - Throws: ``ClientError`` if the document has another form.
    public func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws(ClientError) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(body))
        } catch {
            throw ClientError("the server's response cannot be decoded: \(error)", status: status)
        }
    }
}
