import DataFormats
import Detection
import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import ServingAPI
import TimeSeries
import Training

/// The multivariate part of Azure's Anomaly Detector, v1.1, for clients of that service, which has been shut
/// down.
package struct AzureDetectorRoutes: RouteGroup {
    private let core: ServingCore
    private let models: AzureModels

    /// - Parameter folder: the folder in which requests may name files; nil refuses all of them.
    package init(_ core: ServingCore, folder: DataFolder?) {
        self.core = core
        models = AzureModels(core, folder: folder)
    }

    package var problemFormat: ProblemFormat? {
        ProblemFormat(pathPrefix: AzurePath.root) { $0.azureResponse }
    }

    package var routes: [Route] {
        [
            Route(
                .post, AzurePath.models, scope: .train, usesAllModels: true, mutatesModels: true,
                storesVersions: true, accepts: .json,
                .onQueue { (call) throws(Problem) in try train(call) }),
            Route(
                .get, AzurePath.models, scope: .read, .onQueue { (call) throws(Problem) in try list(call) }),
            Route(
                .get, AzurePath.models + "/{model}", scope: .read,
                .onQueue { (call) throws(Problem) in
                    let model = try models.model(call.modelID().name)
                    return .json { $0.members(of: model) }
                }),
            Route(
                .delete, AzurePath.models + "/{model}", scope: .admin, mutatesModels: true,
                .onQueue { (call) throws(Problem) in
                    let id = try call.modelID().name
                    try call.checkPreconditions { () throws(Problem) in
                        guard try models.exists(id) else { throw .modelNotExist(id) }
                    }
                    guard try models.delete(id) else { throw .modelNotExist(id) }
                    return Response(status: .noContent)
                }),
            Route(
                .post, AzurePath.models + "/{model}:detect-batch", scope: .infer, accepts: .json,
                .onQueue { (call) throws(Problem) in try detectBatch(call) }),
            Route(
                .post, AzurePath.models + "/{model}:detect-last", scope: .infer, accepts: .json,
                .onQueue { (call) throws(Problem) in try detectLast(call) }),
            Route(
                .get, AzurePath.results + "/{result}", scope: .infer,
                .onLoop { (call) throws(Problem) in
                    let id = call.parameters["result"]?.lowercased() ?? ""
                    guard let detection = models.state[result: id], call.permission.allows(detection.model)
                    else {
                        throw .resultNotExist(id)
                    }
                    return detection.response(.ok)
                }),
        ]
    }

    // MARK: Models

    private func train(_ call: Call) throws(Problem) -> Response {
        var body = try FieldReader(azure: call.request)
        let request = try body.azureTrainRequest()
        let source = try AzureDataSource(request.source, in: models.folder)
        let aligned = try AlignedSeries(
            source.tables(request.schema, in: models.folder, limit: core.limits.maxBodyBytes), request.policy,
            from: request.start, through: request.end, limit: core.limits.maxBodyBytes)
        let windows: Windows<Double>
        do throws(DataError) {
            windows = try Windows.sliding(over: aligned.series, timesteps: request.slidingWindow)
        } catch {
            throw .azure(
                .badRequest, "NotEnoughInput",
                "there are \(aligned.times.count) rows between startTime and endTime; slidingWindow "
                    + "requires at least \(request.slidingWindow)"
            )
        }
        let note = AzureModelNote(request.with(source), aligned.states)
        let training = try TrainRequest.defaultTraining(
            on: windows, featureNames: aligned.states.map(\.variable), note: note.text, core.limits)
        let id = try models.train(training, note, for: call)
        let model = try models.model(id)
        let fields = [(name: "Location", value: "\(AzurePath.models)/\(id)")]
        return .json(.created, fields: fields) { $0.members(of: model) }
    }

    private func list(_ call: Call) throws(Problem) -> Response {
        let query = try call.query(["skip", "top"])
        guard let skip = Int(query["skip"] ?? "0"), let top = Int(query["top"] ?? "10"), skip >= 0,
            (1...1000).contains(top)
        else {
            throw .azure(
                .badRequest, "InvalidRequestParameterError",
                "skip must be a number of at least 0, and top a number from 1 to 1000")
        }
        let ids = try models.ids(call.permission)
        var page: [AzureModel] = []
        for id in ids.dropFirst(skip).prefix(top) {
            // Skip a model that has been deleted in the meantime.
            if let model = try models.find(id) { page.append(model) }
        }
        return .json { json in
            json.array("models", of: page) { json, model in json.object { $0.members(of: model) } }
            json.member("currentCount", ids.count)
            json.member("maxCount", core.limits.maxModelVersions)
            // Clients expect a path relative to /anomalydetector/v1.1.
            let isLast = ids.count - min(skip, ids.count) <= top
            if !isLast { json.member("nextLink", "/multivariate/models?skip=\(skip + top)&top=\(top)") }
        }
    }

    // MARK: Detection

    private func detectBatch(_ call: Call) throws(Problem) -> Response {
        var body = try FieldReader(azure: call.request)
        let request = try body.azureBatchRequest()
        let source = try AzureDataSource(request.source, in: models.folder)
        let (entry, note) = try models.ready(call.modelID())
        call.context.note(entry)
        // Include rows before startTime, because the first windows contain them.
        let aligned = try AlignedSeries(
            source.tables(note.training.schema, in: models.folder, limit: core.limits.maxBodyBytes),
            note.training.policy, variables: entry.trained.description.featureNames, from: request.start,
            history: note.training.slidingWindow - 1, through: request.end, limit: core.limits.maxBodyBytes)
        let detection = AzureBatchDetection(request.with(source), aligned.states, model: entry.name)
        let response = detection.response(
            .accepted,
            fields: [
                (name: "Operation-Id", value: detection.id),
                (name: "Operation-Location", value: "\(AzurePath.results)/\(detection.id)"),
            ])
        let isQueued = core.queue.submit(
            bytes: aligned.series.values.count * MemoryLayout<Float>.stride
        ) {
            detection.run { () throws(Problem) in
                try AzureResults(
                    of: aligned, from: aligned.firstRow, by: entry,
                    contributorCount: request.topContributorCount,
                    core, call)
            }
        }
        guard isQueued else { throw .overloaded() }
        models.state.add(detection)
        return response
    }

    private func detectLast(_ call: Call) throws(Problem) -> Response {
        var body = try FieldReader(azure: call.request)
        let (tables, contributorCount) = try body.azureLastRequest()
        let (entry, note) = try models.ready(call.modelID())
        let aligned = try AlignedSeries(
            tables, note.training.policy, variables: entry.trained.description.featureNames,
            limit: core.limits.maxBodyBytes)
        let results = try AzureResults(
            of: aligned, from: aligned.times.count - 1, by: entry, contributorCount: contributorCount,
            core, call)
        return .json { json in
            json.member("variableStates", aligned.states)
            results.write(to: &json)
        }
    }
}

extension Call {
    /// The ID of the model in the path, in lower case. UUIDs are case-insensitive.
    /// - Throws: 403 if the key may not use the model.
    fileprivate func modelID() throws(Problem) -> PermittedModel {
        try permission.model(parameters["model"]?.lowercased() ?? "")
    }
}

extension AzureBatchDetection {
    fileprivate func response(_ status: Status, fields: [(name: String, value: String)] = []) -> Response {
        Response(
            status: status, fields: [(name: "Content-Type", value: MediaType.json.rawValue)] + fields,
            body: .bytes(document))
    }
}
