import APITesting
import Glibc

/// Requests to the routes of Azure's Anomaly Detector.
extension Exercise {
    static let detectorModels = AzureDetectorData.modelsPath
    private static let results = "/anomalydetector/v1.1/multivariate/detect-batch"

    static let training: JSON = [
        "dataSource": "pump.csv", "startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T02:39:00Z",
        "slidingWindow": 28,
    ]
    static let batch: JSON = [
        "dataSource": "pump.csv", "startTime": "2026-01-01T00:20:00Z", "endTime": "2026-01-01T03:19:00Z",
        "topContributorCount": 1,
    ]
    static let last: JSON = [
        "variables": .array(
            ["flow", "pressure"].map { name in
                [
                    "variable": .string(name),
                    "timestamps": .array((10..<40).map { .string("2026-02-01T00:\($0):00Z") }),
                    "values": .array((0..<30).map { $0 == 3 ? .null : .integer($0 % 4) }),
                ]
            })
    ]

    /// The refusals that every operation with a body has.
    private static func bodyRefusals(detector operation: String, at target: String, _ body: JSON)
        -> [Exercise]
    {
        [
            Exercise(operation, 400, at: target, text: "{"),
            Exercise(operation, 400, at: target, body.with(["zzz": 1])),
            Exercise(operation, 406, at: target, fields: image, body),
            Exercise(operation, 415, at: target, fields: xml, body),
            Exercise(
                operation, 413, in: .smallBodies, at: target,
                text: "\(body)" + String(repeating: " ", count: 64)),
            Exercise(operation, 503, in: .fullPredictions, at: target, body),
        ]
    }

    static let detectors: [Exercise] = {
        let (train, list) = ("POST \(detectorModels)", "GET \(detectorModels)")
        let (get, delete) = ("GET \(detectorModels)/{model}", "DELETE \(detectorModels)/{model}")
        let detectBatch = "POST \(detectorModels)/{model}:detect-batch"
        let detectLast = "POST \(detectorModels)/{model}:detect-last"
        let result = "GET \(results)/{result}"
        let (ready, unknown) = ("\(detectorModels)/{READY}", "\(detectorModels)/unknown")
        return [
            Exercise(
                train, 201,
                training.with([
                    "dataSource": "tables/", "dataSchema": "MultiTable", "displayName": "a pump",
                    "status": "READY",
                    "alignPolicy": ["alignMode": "Inner", "fillNAMethod": "Fixed", "paddingValue": 0],
                ])),
            Exercise(train, 201, training),
            Exercise(train, 400, training.with(["dataSource": "../pump.csv"])),
            Exercise(train, 403, in: .draining, training),
            Exercise(train, 413, training.with(["dataSource": "large.csv"])),
            Exercise(train, 429, in: .fullTrainings, training),
            Exercise(get, 200, at: ready),
            Exercise(list, 200), Exercise(list, 200, at: "\(detectorModels)?skip=0&top=1"),
            Exercise(list, 400, at: "\(detectorModels)?top=0"), Exercise(list, 406, fields: image),
            Exercise(list, 503, in: .fullPredictions),
            Exercise(get, 404, at: unknown), Exercise(get, 406, at: unknown, fields: image),
            Exercise(get, 503, in: .fullPredictions, at: unknown),
            Exercise(detectBatch, 202, at: "\(ready):detect-batch", batch),
            Exercise(detectBatch, 403, in: .draining, at: "\(unknown):detect-batch", batch),
            Exercise(detectBatch, 404, at: "\(unknown):detect-batch", batch),
            Exercise(detectLast, 200, at: "\(ready):detect-last", last),
            Exercise(detectLast, 404, at: "\(unknown):detect-last", last),
            Exercise(result, 200, at: "\(results)/{RESULT}"),
            Exercise(result, 404, at: "\(results)/unknown"),
            Exercise(result, 406, at: "\(results)/unknown", fields: image),
            Exercise(delete, 404, at: unknown), Exercise(delete, 406, at: unknown, fields: image),
            Exercise(delete, 503, in: .fullPredictions, at: unknown),
        ] + bodyRefusals(detector: train, at: detectorModels, training)
            + bodyRefusals(detector: detectBatch, at: "\(unknown):detect-batch", batch)
            + bodyRefusals(detector: detectLast, at: "\(unknown):detect-last", last) + [
                Exercise(delete, 412, at: ready, fields: unmatched),
                Exercise(delete, 204, at: ready),
            ]
    }()

    /// The name that replaces a placeholder: `{READY}` stands for a model that is ready, `{RESULT}` for a
    /// result that is.
    static func detectorName(_ word: String, _ api: API) throws -> String? {
        switch word {
        case "READY": try readyModel(api)
        case "RESULT": try readyResult(api)
        default: nil
        }
    }

    private static func readyModel(_ api: API) throws -> String {
        for _ in 0..<6000 {
            let models = try api.get(detectorModels).json["models"]?.array ?? []
            // Waits for all of them, so that no training occupies the worker that the next exercise needs.
            let isSettled = models.allSatisfy { $0["modelInfo"]?["status"] == "READY" }
            if isSettled, let id = models.first?["modelId"]?.string { return id }
            usleep(10_000)
        }
        throw HarnessError("no model became READY within a minute")
    }

    private static func readyResult(_ api: API) throws -> String {
        let response = try api.post("\(detectorModels)/\(try readyModel(api)):detect-batch", batch)
        guard let path = response["operation-location"], let id = response["operation-id"] else {
            throw HarnessError(response.text)
        }
        for _ in 0..<6000 {
            if try api.get(path).json["summary"]?["status"] == "READY" { return id }
            usleep(10_000)
        }
        throw HarnessError("no result became READY within a minute")
    }
}
