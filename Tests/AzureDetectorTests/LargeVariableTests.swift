import APITesting
import Glibc
import Testing

/// One value that is larger than any in training: the row has a result, and the largest score.
@Suite struct LargeVariableTests {
    private let data: AzureDetectorData
    private let api: API

    init() throws {
        data = try AzureDetectorData()
        api = try API(.inProcess, data: data.folder.path)
    }

    private func train() throws -> String {
        let response = try api.post(
            AzureDetectorData.modelsPath,
            [
                "dataSource": "pump.csv", "startTime": .string(AzureDetectorData.time(0)),
                "endTime": .string(AzureDetectorData.time(180)), "slidingWindow": 28,
            ])
        #expect(response.status == 201, "\(response.text)")
        let id = try #require(try response.json["modelId"]?.string)
        for _ in 0..<6000 {
            let status = try api.get("\(AzureDetectorData.modelsPath)/\(id)").json["modelInfo"]?["status"]
            if status == "READY" { return id }
            usleep(10_000)
        }
        Issue.record("\(id) did not become READY within a minute")
        return id
    }

    @Test func theLastRowsHaveResults() throws {
        let id = try train()
        for value in [1e19, 3.4028235e38, 1e300] {
            let times = JSON.array((0..<40).map { .string(AzureDetectorData.time($0)) })
            let variables = ["flow", "pressure"].map { name -> JSON in
                let values = (0..<40).map { row -> JSON in
                    let flow = Double(row % 4) / 2
                    return .number(name == "flow" ? flow : row == 35 ? value : 1 - flow)
                }
                return ["variable": .string(name), "timestamps": times, "values": .array(values)]
            }
            let response = try api.post(
                "\(AzureDetectorData.modelsPath)/\(id):detect-last",
                ["variables": .array(variables), "topContributorCount": 2])
            #expect(response.status == 200, "\(value): \(response.text.prefix(300))")
            let results = try #require(try response.json["results"]?.array)
            let last = try #require(results.last?["value"])
            #expect(last["isAnomaly"] == true && last["score"]?.double?.isFinite == true, "\(value): \(last)")
            let first = try #require(last["interpretation"]?[0])
            #expect(first["variable"] == "pressure", "\(value): \(last)")
            #expect(try #require(first["contributionScore"]?.double) > 0.9, "\(value): \(last)")
        }
    }
}
