import APITesting
import Foundation
import Testing

/// If-Match and If-None-Match of requests that change something (RFC 9110, 13.1 and 13.2).
@Suite struct PreconditionTests {
    private typealias Fields = [(name: String, value: String)]

    private static func fields(_ condition: [String: String], tag: String = "\"x\"") -> Fields {
        condition.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value.replacing("TAG", with: tag)) }
    }

    /// The status of a request that a false condition refuses.
    private func expectRefusal(_ response: APIResponse, _ context: String) throws {
        #expect(response.status == 412, "\(context): \(response.text)")
        #expect(try response.json["type"] == "/problems/precondition-failed", "\(context)")
    }

    // MARK: A resource with an entity tag

    private static let file = "/models/m/model.safetensors"

    private static func put(_ api: API, _ fields: Fields, to path: String = file) throws -> APIResponse {
        let type = [(name: "Content-Type", value: "application/octet-stream")]
        return try api.send("PUT", path, fields: type + fields, body: Array(Small.modelFile.utf8))
    }

    /// Conditions, and whether they are true of a file with the tag TAG, and of no file.
    private static let conditions: [([String: String], Bool, Bool)] = [
        ([:], true, true),
        // By strong comparison.
        (["If-Match": "TAG"], true, false), (["If-Match": "\"a,b\", TAG"], true, false),
        (["If-Match": "*"], true, false), (["If-Match": "W/TAG"], false, false),
        (["If-Match": "\"y\""], false, false), (["If-Match": ","], false, false),
        // By weak comparison.
        (["If-None-Match": "*"], false, true), (["If-None-Match": "TAG"], false, true),
        (["If-None-Match": "W/TAG"], false, true), (["If-None-Match": "\"a,b\",TAG"], false, true),
        (["If-None-Match": "\"y\""], true, true), (["If-None-Match": ","], true, true),
        (["If-Match": "TAG", "If-None-Match": "\"y\""], true, false),
        (["If-Match": "TAG", "If-None-Match": "TAG"], false, false),
        (["If-Match": "\"y\"", "If-None-Match": "\"y\""], false, false),
        // Dates are ignored, because files have none (RFC 9110, 13.1.4).
        (["If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"], true, true),
    ]

    @Test func anUploadIsStoredOnlyIfItsConditionsAreTrue() throws {
        let folder = try TemporaryFolder()
        let api = try API(.live, folder: folder)
        #expect(try Self.put(api, []).status == 201)
        var versions = 1
        for (condition, ofFile, ofNone) in Self.conditions {
            let tag = try #require(try api.send("HEAD", Self.file)["etag"])
            let fields = Self.fields(condition, tag: tag)
            let response = try Self.put(api, fields)
            if ofFile {
                #expect(response.status == 201, "\(fields): \(response.text)")
                versions += 1
            } else {
                try expectRefusal(response, "\(fields)")
            }
            #expect(try api.get("/models/m").json["versions"]?.array?.count == versions, "\(fields)")
            let other = try Self.put(api, fields, to: "/models/n/model.safetensors")
            if ofNone {
                #expect(other.status == 201, "\(fields): \(other.text)")
                #expect(try api.delete("/models/n").status == 204)
            } else {
                try expectRefusal(other, "\(fields)")
                #expect(try api.get("/models/n").status == 404)
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/m")
        #expect(names.count == versions + 1, "the versions and .lock: \(names)")
    }

    /// A client changes the version that it has seen, and no other.
    @Test func anUploadReplacesOnlyTheVersionThatTheClientHasSeen() throws {
        let api = try API(.live)
        #expect(try api.post("/train", Small.training("m")).status == 201)
        let tag = try #require(try api.send("HEAD", Self.file)["etag"])
        #expect(try api.post("/train", Small.training("m", ["seed": 9])).status == 201)
        let fields = Self.fields(["If-Match": "TAG"], tag: tag)
        try expectRefusal(try Self.put(api, fields), "after a training")
        #expect(try api.delete("/models/m/versions/2").status == 204)
        #expect(try Self.put(api, fields).status == 201)
    }

    /// Of requests that create a model at the same time, on two servers with one folder, one succeeds.
    @Test func ofConcurrentUploadsOneCreatesTheModel() throws {
        let folder = try TemporaryFolder()
        let servers = try (0..<2).map { _ in try API(.inProcess, folder: folder, computeWidth: 4) }
        for round in 1...5 {
            let path = "/models/m\(round)/model.safetensors"
            let uploads = (0..<8).map { number in
                Future {
                    try Self.put(servers[number % 2], Self.fields(["If-None-Match": "*"]), to: path).status
                }
            }
            let statuses = try uploads.map { try $0.wait() }.sorted()
            #expect(statuses == [201] + Array(repeating: 412, count: 7), "round \(round)")
        }
    }

    // MARK: Resources without an entity tag

    /// Conditions, and whether they are true of a resource without a tag, and of none.
    private static let existence: [([String: String], Bool, Bool)] = [
        (["If-Match": "*"], true, false), (["If-Match": "\"y\""], false, false),
        (["If-Match": "W/\"y\", \"z\""], false, false),
        (["If-None-Match": "*"], false, true), (["If-None-Match": "\"y\""], true, true),
        (["If-Match": "*", "If-None-Match": "*"], false, false),
    ]

    @Test func anAliasIsSetOnlyIfItsConditionsAreTrue() throws {
        let api = try API(.inProcess)
        for seed in [1, 2] {
            #expect(try api.post("/train", Small.training("m", ["seed": .integer(seed)])).status == 201)
        }
        func set(_ alias: String, _ version: Int, _ fields: Fields, model: String = "m") throws
            -> APIResponse
        {
            try api.send(
                "PUT", "/models/\(model)/aliases/\(alias)", fields: fields,
                body: Array("{\"version\":\(version)}".utf8))
        }
        func target(_ alias: String) throws -> JSON? { try api.get("/models/m").json["aliases"]?[alias] }
        for (condition, ofAlias, ofNone) in Self.existence {
            let fields = Self.fields(condition)
            #expect(try set("stable", 1, []).status == 200)
            let changed = try set("stable", 2, fields)
            if ofAlias { #expect(changed.status == 200) } else { try expectRefusal(changed, "\(fields)") }
            #expect(try target("stable") == (ofAlias ? 2 : 1), "\(fields)")
            let created = try set("new", 2, fields)
            if ofNone { #expect(created.status == 200) } else { try expectRefusal(created, "\(fields)") }
            #expect(try target("new") == (ofNone ? 2 : nil), "\(fields)")
            if ofNone { #expect(try api.delete("/models/m/aliases/new").status == 204) }
            // Conditions are ignored if the response without them is an error (RFC 9110, 13.2.1).
            #expect(try set("stable", 1, fields, model: "none").status == 404, "\(fields)")
            #expect(try set("1", 1, fields).status == 400, "\(fields)")
        }
    }

    /// Each resource that DELETE removes, with a request for one that does not exist.
    @Test(arguments: TransportKind.allCases)
    func aResourceIsDeletedOnlyIfItsConditionsAreTrue(_ transport: TransportKind) throws {
        let api = try API(transport)
        func train(_ model: String) throws { #expect(try Self.put(api, [], to: model).status == 201) }
        func job() throws -> String {
            let response = try api.post(
                "/train", text: "\(Small.training("jobs"))",
                fields: [(name: "Prefer", value: "respond-async")])
            let path = try #require(response["location"])
            while try api.get(path).json["state"] != "succeeded" { usleep(1000) }
            return path
        }
        let alias = "/models/m/aliases/stable"
        for (condition, holds, _) in Self.existence {
            let fields = Self.fields(condition)
            try train(Self.file)
            let latest = try #require(try api.get("/models/m").json["version"]?.int)
            try train(Self.file)
            let aliased = Array("{\"version\":\(latest + 1)}".utf8)
            #expect(try api.send("PUT", alias, body: aliased).status == 200)
            // Without conditions, the response is 409.
            let inUse = "/models/m/versions/\(latest + 1)"
            #expect(try api.send("DELETE", inUse, fields: fields).status == 409, "\(fields)")
            for (path, read, missing) in [
                ("/models/m/versions/\(latest)", "/models/m/versions/\(latest)", "/models/m/versions/99999"),
                (alias, "/models/m/versions/stable", "/models/m/aliases/none"),
                (try job(), nil, "/jobs/none"),
                ("/models/m", "/models/m", "/models/none"),
            ] {
                let response = try api.send("DELETE", path, fields: fields)
                if holds {
                    #expect(response.status == 204, "\(path) \(fields): \(response.text)")
                } else {
                    try expectRefusal(response, "\(path) \(fields)")
                }
                #expect(try api.get(read ?? path).status == (holds ? 404 : 200), "\(path) \(fields)")
                #expect(try api.send("DELETE", missing, fields: fields).status == 404, "\(path) \(fields)")
            }
        }
    }

    /// The target of a POST is not what it changes.
    @Test func aPOSTIgnoresConditions() throws {
        let api = try API(.inProcess)
        for condition in [["If-Match": "\"y\""], ["If-None-Match": "*"]] {
            let response = try api.post(
                "/train", text: "\(Small.training("m"))", fields: Self.fields(condition))
            #expect(response.status == 201, "\(condition)")
        }
    }
}
