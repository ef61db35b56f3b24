import APITesting
import Foundation
import Glibc
import ServingAPI
import Testing
import Training

/// Models, results and errors of the routes of Azure's Anomaly Detector.
/// `Tests/clients/test_azure_anomaly_detector.py` tests them with the official client.
@Suite struct AzureDetectorAPITests {
    private static let models = AzureDetectorData.modelsPath
    private let data: AzureDetectorData
    private let api: API

    init() throws {
        data = try AzureDetectorData()
        api = try API(.inProcess, data: data.folder.path)
    }

    /// A request to train on 30 rows, which are three windows.
    private static func training(_ members: [String: JSON?] = [:]) -> JSON {
        let body: JSON = [
            "dataSource": "pump.csv", "startTime": .string(AzureDetectorData.time(0)),
            "endTime": .string(AzureDetectorData.time(29)), "slidingWindow": 28,
        ]
        return body.with(members)
    }

    /// A request to detect whether the last of some rows is an anomaly.
    private static func last(rows: Int = 28) -> JSON {
        let times = JSON.array((0..<rows).map { .string(AzureDetectorData.time($0)) })
        let values = JSON.array((0..<rows).map { .number(Double($0 % 4) / 2) })
        return [
            "variables": .array(
                ["flow", "pressure"].map { ["variable": .string($0), "timestamps": times, "values": values] })
        ]
    }

    private func train(_ members: [String: JSON?] = [:]) throws -> String {
        let response = try api.post(Self.models, Self.training(members))
        #expect(response.status == 201, "\(response.text)")
        let id = try #require(try response.json["modelId"]?.string)
        #expect(response["location"] == "\(Self.models)/\(id)")
        return id
    }

    /// Runs a closure while another training occupies the worker, so that trainings wait.
    private func whileAnotherTrainingRuns<Value>(_ body: () throws -> Value) throws -> Value {
        let busyQueue = try BusyQueue(api, post: "/train", Small.training("other"))
        return try withExtendedLifetime(busyQueue, body)
    }

    private func status(_ id: String) throws -> String? {
        try api.get("\(Self.models)/\(id)").json["modelInfo"]?["status"]?.string
    }

    private func waitUntilReady(_ id: String) throws {
        for _ in 0..<6000 {
            if try status(id) == "READY" { return }
            usleep(10_000)
        }
        Issue.record("\(id) did not become READY within a minute")
    }

    private func expectError(_ response: APIResponse, _ status: Int, _ code: String) throws {
        #expect(response.status == status && response.mediaType == "application/json", "\(response.text)")
        #expect(try response.json["code"]?.string == code, "\(response.text)")
        #expect(response["x-ms-error-code"] == code)
        #expect(try response.json.object.map { Set($0.keys) } == ["code", "message"])
    }

    @Test func aTrainedModelBecomesReadyAndIsInTheRegistry() throws {
        let id = try whileAnotherTrainingRuns {
            let id = try train()
            #expect(try status(id) == "CREATED")
            let target = "\(Self.models)/\(id):detect-last"
            try expectError(api.post(target, Self.last()), 400, "ModelNotReady")
            #expect(try api.get(Self.models).json["currentCount"] == 1)
            return id
        }
        try waitUntilReady(id)
        let model = try api.get("/models/\(id)").json
        #expect(model["timesteps"] == 28 && model["feature_names"] == ["flow", "pressure"])
        #expect(try api.post("\(Self.models)/\(id.uppercased()):detect-last", Self.last()).status == 200)
        // A model that DELETE /models/{model} deletes is deleted here too.
        #expect(try api.delete("/models/\(id)").status == 204)
        try expectError(api.get("\(Self.models)/\(id)"), 404, "ModelNotExist")
        #expect(try api.get(Self.models).json["models"] == [])
    }

    @Test func aWaitingTrainingCanBeDeletedAndACancelledOneHasFailed() throws {
        try whileAnotherTrainingRuns {
            let deleted = try train()
            #expect(try api.delete("\(Self.models)/\(deleted)").status == 204)
            try expectError(api.get("\(Self.models)/\(deleted)"), 404, "ModelNotExist")

            let cancelled = try train()
            for job in api.service.jobs.all where job.model == cancelled { job.cancel() }
            let info = try #require(try api.get("\(Self.models)/\(cancelled)").json["modelInfo"])
            #expect(info["status"] == "FAILED")
            #expect(info["errors"]?[0]?["code"] == "TrainingCancelled")
            try expectError(
                api.post("\(Self.models)/\(cancelled):detect-last", Self.last()), 400, "ModelFailed")
        }
    }

    @Test func modelsThatThisAPIDidNotTrainAreNotVisible() throws {
        // The name has the form of an id that this API makes.
        let id = "01890000-0000-7000-8000-000000000000"
        #expect(try api.post("/train", Small.training(id)).status == 201)
        try expectError(api.get("\(Self.models)/\(id)"), 404, "ModelNotExist")
        try expectError(api.delete("\(Self.models)/\(id)"), 404, "ModelNotExist")
        #expect(try api.get("/models/\(id)").status == 200)
    }

    @Test func aDataSourceIsAPathOrAURLInsideTheDataFolder() throws {
        let path = data.folder.path
        for source in [
            "pump.csv", "\(path)/pump.csv", "file://\(path)/pump.csv",
            "https://a.example/pump.csv?sig=secret",
            "https://a.example/%70ump.csv", "http://a.example/pump.csv#x",
        ] {
            let id = try train(["dataSource": .string(source)])
            let stored = try api.get("\(Self.models)/\(id)").json["modelInfo"]?["dataSource"]?.string
            #expect(stored == source.split(whereSeparator: { "?#".contains($0) }).first.map { String($0) })
        }
        for source in [
            "../pump.csv", "./pump.csv", "/etc/passwd", "\(path)/../x.csv", "\(path)x/pump.csv",
            "file:///etc/passwd",
            "https://a.example", "https://a.example/", "https://a.example/../pump.csv",
            "https://a.example/a%2fb.csv",
            "", "/", "tables//flow.csv", "pump.csv\0",
        ] {
            let response = try api.post(Self.models, Self.training(["dataSource": .string(source)]))
            try expectError(response, 400, "InvalidBlobURL")
            #expect(!response.text.contains("root:"))
        }
    }

    @Test(
        arguments: [
            (["dataSource": "none.csv"], 400, "FileNotExist"),
            (["dataSource": "tables"], 400, "ReadingFileError"),
            (["dataSource": "pump.csv", "dataSchema": "MultiTable"], 400, "ReadingFileError"),
            (["dataSource": "large.csv"], 413, "InvalidFileSize"),
            (["dataSource": "empty", "dataSchema": "MultiTable"], 400, "NoVariablesFound"),
            (["dataSource": "bad.csv"], 400, "ReadingFileError"),
            (["dataSource": "when.csv"], 400, "InvalidTimestampFormat"),
            (["dataSource": nil], 400, "RequiredSource"), (["startTime": nil], 400, "RequiredStartTime"),
            (["endTime": nil], 400, "RequiredEndTime"),
            (["startTime": "noon"], 400, "InvalidTimestampFormat"),
            (["endTime": "2025-12-31T00:00:00Z"], 400, "BadArgument"),
            (["slidingWindow": 27], 400, "InvalidSlidingWindow"),
            (["slidingWindow": 2881], 400, "InvalidSlidingWindow"),
            (["slidingWindow": 31], 400, "NotEnoughInput"),
            (["startTime": "2027-01-01", "endTime": "2027-01-02"], 400, "NoData"),
            (["alignPolicy": ["alignMode": "outer"]], 400, "InvalidAlignMode"),
            (["alignPolicy": ["fillNAMethod": "Mean"]], 400, "InvalidFillNAMethod"),
            (["alignPolicy": ["fillNAMethod": "Fixed"]], 400, "RequiredPaddingValue"),
            (["displayName": "a name of 25 characters, x"], 400, "BadArgument"),
            (["zzz": 1], 400, "BadArgument"),
        ] as [([String: JSON?], Int, String)])
    func eachErrorHasItsAzureCode(_ members: [String: JSON?], _ status: Int, _ code: String) throws {
        try data.write("bad.csv", "timestamp,a\n2026-01-01,x\n")
        try data.write("when.csv", "timestamp,a\nyesterday,1\n")
        try FileManager.default.createDirectory(
            atPath: data.folder.path + "/empty", withIntermediateDirectories: true)
        try expectError(api.post(Self.models, Self.training(members)), status, code)
    }

    @Test func errorsBeforeTheRouteHaveTheAzureForm() throws {
        try expectError(api.post(Self.models, text: "{"), 400, "InvalidJsonFormat")
        try expectError(api.get("/anomalydetector/v1.0/x"), 404, "UnknownPath")
        try expectError(api.get("\(Self.models)/x", accept: "image/png"), 406, "NotAcceptable")
        let response = try api.get("\(Self.models)/x:detect-batch")
        try expectError(response, 405, "MethodNotAllowed")
        #expect(response["allow"] == "OPTIONS, POST")
        // A colon introduces an action only before detect-batch and detect-last.
        try expectError(api.get("\(Self.models)/x:y"), 404, "ModelNotExist")
        try expectError(api.get("\(Self.models)?skip=-1"), 400, "InvalidRequestParameterError")
        let bare = try API(.inProcess)
        try expectError(bare.post(Self.models, Self.training()), 403, "StorageReadError")
    }

    @Test func detectingTheLastRowNeedsAFullWindow() throws {
        let id = try train()
        try waitUntilReady(id)
        let target = "\(Self.models)/\(id):detect-last"
        let response = try api.post(target, Self.last(rows: 30)).json
        let results = try #require(response["results"]?.array)
        #expect(results.map { $0["timestamp"]?.string } == [AzureDetectorData.time(29)])
        #expect(response["variableStates"]?[1]?["effectiveCount"] == 30)
        // POST /score has the same result for the same window.
        let series = JSON.array((0..<30).map { [.number(Double($0 % 4) / 2), .number(Double($0 % 4) / 2)] })
        let scores = try api.post("/score", ["model": .string(id), "series": series, "last": true]).json
        let (value, window) = (results[0]["value"], try #require(scores["windows"]?[0]))
        #expect(value?["score"] == window["score"] && value?["isAnomaly"] == window["is_anomaly"])
        // Both are counted.
        #expect(
            try api.get("/metrics").text.contains(
                "reprise_scored_windows_total{model=\"\(id)\",version=\"1\"} 2\n"))
        try expectError(api.post(target, Self.last(rows: 27)), 400, "NotEnoughInput")
        let (short, few): (JSON, JSON) = (
            Self.last().setting(["variables", "0", "values"], to: [1]),
            Self.last().with(["topContributorCount": 31])
        )
        for body in [short, few, [:], ["variables": []]] {
            try expectError(api.post(target, body), 400, "BadArgument")
        }
    }
}
