import Foundation
import RepriseClient
import Testing

/// The article's example through the API, over a live socket.
@Suite struct MainJobTests {
    private static let series = (1...9).map { row in
        let x = Double(row) / 10
        return "[\(x),\(Double(row * row * row) / 1000)]"
    }.joined(separator: ",")

    private func training(_ name: String, seed: Int = 0, architecture: String = "autoencoder") -> String {
        """
        {"model":"\(name)","series":[\(Self.series)],"timesteps":3,"windowing":"temporalize","seed":\(seed),
         "architecture":"\(architecture)","units":[128,64],"activation":"relu","scaling":"none","epochs":300,
         "batch_size":5}
        """
    }

    /// The mean absolute error of the article's five windows.
    private func meanAbsoluteError(_ server: LiveServer, _ name: String) throws -> Double {
        let answer = try server.post(
            "/reconstruct",
            "{\"model\":\"\(name)\",\"series\":[\(Self.series)],\"windowing\":\"temporalize\"}")
        let windows = try #require(answer.json()["reconstructions"] as? [[[Double]]])
        #expect(windows.count == 5)
        var sum = 0.0
        for (index, window) in windows.enumerated() {
            for (t, row) in window.enumerated() {
                let x = Double(index + t + 3) / 10
                sum += abs(row[0] - x) + abs(row[1] - x * x * x)
            }
        }
        return sum / 30
    }

    @Test(arguments: 0..<10) func reconstructsTheArticlesWindows(seed: Int) throws {
        let server = try LiveServer()
        let trained = try server.post("/train", training("toy", seed: seed))
        #expect(trained.status == 201)
        #expect(trained.raw["location"] == "/models/toy/versions/1")
        #expect(try trained.json()["parameters"] as? Int == 248578)
        #expect(try meanAbsoluteError(server, "toy") <= 0.02)
    }

    @Test func encodesAndSummarises() throws {
        let server = try LiveServer()
        #expect(try server.post("/train", training("toy")).status == 201)
        let window = "[[[0.3,0.027],[0.4,0.064],[0.5,0.125]]]"
        let encoded = try server.post("/encode", "{\"model\":\"toy\",\"windows\":\(window)}").json()
        let encodings = try #require(encoded["encodings"] as? [[Double]])
        #expect(encodings.map(\.count) == [64])
        let summary = try server.get("/summary?model=toy").json()
        let layers = try #require(summary["layers"] as? [[String: Any]])
        #expect(layers.compactMap { $0["parameters"] as? Int } == [67072, 49408, 0, 33024, 98816, 258])
        #expect(summary["parameters"] as? Int == 248578)
        let table = try server.get("/summary?model=toy", accept: "text/plain").raw.text
        #expect(table.contains("│ repeat_vector (RepeatVector)       │ (None, 3, 64)  │       0 │"))
        #expect(table.contains(" Total params: 248,578 (971.01 KB)"))
    }

    @Test func stackedHasNoEncoding() throws {
        let server = try LiveServer()
        let trained = try server.post("/train", training("regular", architecture: "stacked"))
        #expect(trained.status == 201)
        #expect(try trained.json()["parameters"] as? Int == 248578)
        #expect(try meanAbsoluteError(server, "regular") <= 0.02)
        let refused = try server.post("/encode", "{\"model\":\"regular\",\"windows\":[[[0.3,0.027]]]}")
        #expect(refused.status == 409)
        #expect(refused.raw["content-type"] == "application/problem+json")
        #expect(try (refused.json()["detail"] as? String)?.contains("no encoding") == true)
    }

    @Test func aCustomListOfLayersTrains() throws {
        let server = try LiveServer()
        let trained = try server.post(
            "/train",
            """
            {"model":"own","series":[\(Self.series)],"timesteps":3,"epochs":2,"layers":[
             {"type":"Bidirectional","layer":{"type":"LSTM","units":5}},{"type":"Dropout","rate":0.1},
             {"type":"RepeatVector","n":3},{"type":"LSTM","units":4,"return_sequences":true},
             {"type":"TimeDistributed","layer":{"type":"Dense","units":2}}]}
            """)
        #expect(trained.status == 201, "\(trained.raw.text)")
        let summary = try server.get("/summary?model=own").json()
        let layers = try #require(summary["layers"] as? [[String: Any]])
        #expect(
            layers.compactMap { $0["type"] as? String }
                == ["Bidirectional", "Dropout", "RepeatVector", "LSTM", "TimeDistributed"])
    }

    @Test func theSameRequestGivesTheSameBits() throws {
        let server = try LiveServer()
        let first = try server.post("/train", training("toy")).json()
        let second = try server.post("/train", training("toy")).json()
        #expect(second["version"] as? Int == 2)
        #expect(first["history"] as? NSDictionary == second["history"] as? NSDictionary)
        // Deleting the latest version brings back the one before.
        #expect(try server.client.send("DELETE", "/models/toy/versions/2").status == 204)
        #expect(try server.get("/models/toy").json()["version"] as? Int == 1)
        #expect(try server.client.send("DELETE", "/models/toy").status == 204)
        #expect(try server.get("/models/toy").status == 404)
    }
}
