import HTTP1
import JSON
import ModelFiles
import ModelStore
import NeuralNetwork
import TimeSeries
import Training

extension Service {
    /// The multivariate part of Azure's Anomaly Detector, v1.1, for clients whose service has been shut down.
    static let detectorRoutes: [Route] = [
        Route(.post, AnomalyDetector.models, scope: .train, stores: true, lane: .compute, takes: .json) {
            (service, call) throws(Problem) in try service.trainDetector(call)
        },
        Route(.get, AnomalyDetector.models, scope: .read, lane: .compute) { (service, call) throws(Problem) in
            try service.listDetectors(call)
        },
        Route(.get, AnomalyDetector.models + "/{model}", scope: .read, lane: .compute) {
            (service, call) throws(Problem) in
            let model = try service.detectorModel(call.detectorID)
            return .json { $0.members(of: model) }
        },
        Route(.delete, AnomalyDetector.models + "/{model}", scope: .admin, stores: true, lane: .compute) {
            (service, call) throws(Problem) in
            // Both: a training may become a model at any moment.
            let isKnown = try service.findDetectorModel(call.detectorID) != nil
            let isTraining = service.detector.remove(training: call.detectorID)
            guard isKnown || isTraining else { throw .modelNotExist(call.detectorID) }
            _ = try service.onDisk { (registry) throws(FileError) in try registry.remove(call.detectorID) }
            return Response(status: .noContent)
        },
        Route(
            .post, AnomalyDetector.models + "/{model}:detect-batch", scope: .infer, lane: .compute,
            takes: .json
        ) {
            (service, call) throws(Problem) in try service.detectBatch(call)
        },
        Route(
            .post, AnomalyDetector.models + "/{model}:detect-last", scope: .infer, lane: .compute,
            takes: .json
        ) {
            (service, call) throws(Problem) in try service.detectLast(call)
        },
        Route(.get, AnomalyDetector.results + "/{result}", scope: .infer) { (service, call) throws(Problem) in
            let id = call.parameters["result"]?.lowercased() ?? ""
            guard let detection = service.detector[result: id] else { throw .resultNotExist(id) }
            return detection.response(.ok)
        },
    ]

    // MARK: Models

    private func trainDetector(_ call: Call) throws(Problem) -> Response {
        var body = try FieldReader(detector: call.request)
        let asked = try body.detectorTraining()
        let source = try DetectorSource(asked.source, in: detector.folder)
        let aligned = try AlignedSeries(
            source.tables(asked.schema, in: detector.folder, limit: limits.body), asked.policy,
            from: asked.start,
            through: asked.end, limit: limits.body)
        let windows: Windows
        do throws(DataError) {
            windows = try Windows.sliding(over: aligned.series, timesteps: asked.slidingWindow)
        } catch {
            throw .detector(
                .badRequest, "NotEnoughInput",
                "there are \(aligned.times.count) rows between startTime and endTime, but a slidingWindow has \(asked.slidingWindow)"
            )
        }
        let kept = DetectorNote(asked.at(source), aligned.states)
        let training = try Self.training(
            on: windows, featureNames: aligned.states.map(\.variable), note: kept.text, limits)
        let id = AnomalyDetector.newID()
        let job = try job(of: jobs.submit(id, training))
        detector.add(id, AnomalyDetector.Training(kept: kept, job: job))
        let model = try detectorModel(id)
        let fields = [(name: "Location", value: "\(AnomalyDetector.models)/\(id)")]
        return .json(.created, fields: fields) { $0.members(of: model) }
    }

    /// What POST /train does with nothing but data.
    private static func training(
        on windows: Windows, featureNames: [String], note: String, _ limits: RuntimeLimits
    ) throws(Problem) -> PlannedTraining {
        var nothing = FieldReader(JSONObject())
        var specification = try nothing.read { (body) throws(JSONError) in
            let detection = try body.detectionOptions()
            let options = try body.options(body.trainingOptions(), detection, for: windows)
            return TrainingSpecification(
                architecture: try body.architecture(), scaling: .standard, options: options,
                detection: detection)
        }
        specification.featureNames = featureNames
        specification.note = note
        do throws(TrainingFailure) {
            return try PlannedTraining(specification, on: windows, limits: limits)
        } catch {
            throw Problem(error, architecture: nil)
        }
    }

    private func listDetectors(_ call: Call) throws(Problem) -> Response {
        let query = try call.query(["skip", "top"])
        guard let skip = Int(query["skip"] ?? "0"), let top = Int(query["top"] ?? "10"), skip >= 0,
            (1...1000).contains(top)
        else {
            throw .detector(
                .badRequest, "InvalidRequestParameterError",
                "skip is a number from 0 up, top one from 1 to 1000")
        }
        let ids = try detectorIDs()
        var models: [DetectorModel] = []
        for id in ids.dropFirst(skip).prefix(top) {
            // One that has just gone is left out.
            if let model = try findDetectorModel(id) { models.append(model) }
        }
        return .json { json in
            json.array("models", of: models) { json, model in json.object { $0.members(of: model) } }
            json.member("currentCount", ids.count)
            json.member("maxCount", limits.modelVersions)
            // Relative to the endpoint's /anomalydetector/v1.1, which is where clients look.
            let isLast = ids.count - min(skip, ids.count) <= top
            if !isLast { json.member("nextLink", "/multivariate/models?skip=\(skip + top)&top=\(top)") }
        }
    }

    // MARK: Detection

    private func detectBatch(_ call: Call) throws(Problem) -> Response {
        var body = try FieldReader(detector: call.request)
        let asked = try body.detectorBatch()
        let source = try DetectorSource(asked.source, in: detector.folder)
        let (entry, kept) = try readyDetector(call.detectorID)
        note(entry, in: call)
        // Rows before startTime too: windows reach back to them.
        let aligned = try AlignedSeries(
            source.tables(kept.training.schema, in: detector.folder, limit: limits.body),
            kept.training.policy,
            variables: entry.trained.description.featureNames, from: asked.start,
            history: kept.training.slidingWindow - 1, through: asked.end, limit: limits.body)
        let detection = BatchDetection(asked.at(source), aligned.states)
        let answer = detection.response(
            .accepted,
            fields: [
                (name: "Operation-Id", value: detection.id),
                (name: "Operation-Location", value: "\(AnomalyDetector.results)/\(detection.id)"),
            ])
        try submit(bytes: aligned.series.values.count * MemoryLayout<Float>.stride) {
            detection.run { () throws(Problem) in
                try DetectorResults(
                    of: aligned, from: aligned.firstRow, by: entry, contributors: asked.topContributorCount,
                    self, call)
            }
        }
        detector.add(detection)
        return answer
    }

    private func detectLast(_ call: Call) throws(Problem) -> Response {
        var body = try FieldReader(detector: call.request)
        let (tables, contributors) = try body.detectorLast()
        let (entry, kept) = try readyDetector(call.detectorID)
        let aligned = try AlignedSeries(
            tables, kept.training.policy, variables: entry.trained.description.featureNames,
            limit: limits.body)
        let results = try DetectorResults(
            of: aligned, from: aligned.times.count - 1, by: entry, contributors: contributors,
            self, call)
        return .json { json in
            json.member("variableStates", aligned.states)
            results.write(to: &json)
        }
    }
}

extension Call {
    /// The model of the path. UUIDs may be written in any case.
    fileprivate var detectorID: String { parameters["model"]?.lowercased() ?? "" }
}

extension BatchDetection {
    fileprivate func response(_ status: Status, fields: [(name: String, value: String)] = []) -> Response {
        Response(
            status: status, fields: [(name: "Content-Type", value: MediaType.json.rawValue)] + fields,
            body: .bytes(document))
    }
}

extension DetectorTraining {
    /// The same with what of its source may be kept.
    fileprivate func at(_ source: DetectorSource) -> DetectorTraining {
        DetectorTraining(
            source: source.text, schema: schema, start: start, end: end, displayName: displayName,
            slidingWindow: slidingWindow, policy: policy)
    }
}

extension DetectorBatch {
    /// The same with what of its source may be kept.
    fileprivate func at(_ source: DetectorSource) -> DetectorBatch {
        DetectorBatch(source: source.text, topContributorCount: topContributorCount, start: start, end: end)
    }
}
