import APITesting
import Testing

/// Conditional and partial downloads of model files (RFC 9110, sections 13 and 14).
@Suite struct ModelFileTests {
    private typealias Fields = [(name: String, value: String)]
    private static let paths = ["/models/m/model.safetensors", "/models/m/versions/1/model.onnx"]

    /// A server with a model, and a file of it.
    private struct File {
        let api: API
        let path: String
        let whole: APIResponse
        let tag: String
        var size: Int { whole.body.count }

        init(_ path: String) throws {
            self.path = path
            api = try API(.live)
            #expect(try api.post("/train", Small.training("m")).status == 201)
            whole = try api.get(path)
            tag = try #require(whole["etag"])
        }

        func get(_ fields: Fields, method: String = "GET") throws -> APIResponse {
            try api.send(
                method, path,
                fields: fields.map { (name: $0.name, value: $0.value.replacing("TAG", with: tag)) })
        }
    }

    @Test(arguments: paths)
    func aFileHasALengthAndAcceptsRanges(_ path: String) throws {
        let file = try File(path)
        #expect(file.whole.status == 200)
        let head = try file.get([], method: "HEAD")
        for response in [file.whole, head] {
            #expect(response["accept-ranges"] == "bytes")
            #expect(response["content-length"] == "\(file.size)")
            #expect(response["transfer-encoding"] == nil)
            #expect(response["etag"] == file.tag)
        }
        #expect(head.body.isEmpty)
    }

    @Test(arguments: paths)
    func aRangeGetsItsBytes(_ path: String) throws {
        let file = try File(path)
        let size = file.size
        let ranges: [(String, Range<Int>)] = [
            ("bytes=0-0", 0..<1), ("bytes=0-7", 0..<8), ("bytes=8-", 8..<size), ("bytes=-1", size - 1..<size),
            ("bytes=-10", size - 10..<size), ("bytes=-9999999", 0..<size), ("bytes=5-9999999", 5..<size),
            ("bytes=\(size - 1)-\(size - 1)", size - 1..<size), ("BYTES=0-1", 0..<2), ("bytes=1-2 ", 1..<3),
            ("bytes=,3-4,", 3..<5), ("bytes=0-99999999999999999999999999", 0..<size),
            ("bytes=007-0008", 7..<9),
        ]
        for (range, expected) in ranges {
            let response = try file.get([(name: "Range", value: range)])
            #expect(response.status == 206, "\(range)")
            #expect(response.body == Array(file.whole.body[expected]), "\(range)")
            #expect(
                response["content-range"]
                    == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(size)")
            #expect(response["content-length"] == "\(expected.count)")
            for name in ["etag", "content-type", "content-disposition", "accept-ranges"] {
                #expect(response[name] == file.whole[name], "\(name)")
            }
        }
        // A download that was interrupted is completed.
        let rest = try file.get([(name: "Range", value: "bytes=100-"), (name: "If-Range", value: "TAG")])
        #expect(file.whole.body.prefix(100) + rest.body == file.whole.body[...])
    }

    @Test(arguments: paths)
    func aRangeBeyondTheEndGets416(_ path: String) throws {
        let file = try File(path)
        for range in ["bytes=\(file.size)-", "bytes=9999999-", "bytes=-0", "bytes=99999999999999999999-"] {
            let response = try file.get([(name: "Range", value: range)])
            #expect(response.status == 416, "\(range)")
            #expect(response["content-range"] == "bytes */\(file.size)")
            #expect(try response.json["type"] == "/problems/range-not-satisfiable")
        }
    }

    /// An unknown unit, a malformed range, several ranges, and HEAD, for which no ranges are defined (RFC
    /// 9110, 14.2).
    @Test(arguments: paths)
    func otherRangesAreIgnored(_ path: String) throws {
        let file = try File(path)
        for range in [
            "lines=0-1", "bytes", "bytes=", "bytes=-", "bytes=2-1", "bytes=a-b", "bytes=0x1-2", "bytes=+1-2",
            "bytes=1 - 2", "bytes= 1-2", "", "bytes=0-1,3-4", "bytes=0-1, -1", "bytes 0-1", "bytes=--1",
            "0-1",
        ] {
            let response = try file.get([(name: "Range", value: range)])
            #expect(response.status == 200, "\(range)")
            #expect(response.body == file.whole.body, "\(range)")
            #expect(response["content-range"] == nil)
        }
        let two = try file.get([(name: "Range", value: "bytes=0-1"), (name: "Range", value: "bytes=0-1")])
        #expect(two.status == 200)
        for range in ["bytes=0-1", "bytes=9999999-"] {
            let head = try file.get([(name: "Range", value: range)], method: "HEAD")
            #expect(head.status == 200)
            #expect(head["content-length"] == "\(file.size)")
        }
    }

    private static let conditions: [([String: String], Int)] = [
        // If-None-Match, by weak comparison.
        (["If-None-Match": "TAG"], 304), (["If-None-Match": "W/TAG"], 304), (["If-None-Match": "*"], 304),
        (["If-None-Match": "\"a,b\", TAG"], 304), (["If-None-Match": "\"x\""], 200),
        (["If-None-Match": "xTAG"], 200), (["If-None-Match": ""], 200),
        // A tag within another tag.
        (["If-None-Match": "\"x, W/\", TAG"], 304),
        // If-Match, by strong comparison.
        (["If-Match": "TAG"], 200), (["If-Match": "\"x\",TAG"], 200), (["If-Match": "*"], 200),
        (["If-Match": "W/TAG"], 412), (["If-Match": "\"x\""], 412),
        // Dates are ignored, because files have none (RFC 9110, 13.1.3 and 13.1.4).
        (["If-Modified-Since": "Sun, 06 Nov 2094 08:49:37 GMT"], 200),
        (["If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"], 200),
        // If-Range, by strong comparison.
        (["Range": "bytes=0-1", "If-Range": "TAG"], 206),
        (["Range": "bytes=0-1", "If-Range": "W/TAG"], 200),
        (["Range": "bytes=0-1", "If-Range": "\"x\""], 200),
        (["Range": "bytes=0-1", "If-Range": "TAG, TAG"], 200),
        (["Range": "bytes=0-1", "If-Range": "Sun, 06 Nov 2094 08:49:37 GMT"], 200),
        (["Range": "bytes=9999999-", "If-Range": "\"x\""], 200),
        (["Range": "bytes=9999999-", "If-Range": "TAG"], 416),
        // The order of RFC 9110, 13.2.2.
        (["If-Match": "\"x\"", "If-None-Match": "TAG", "Range": "bytes=0-1"], 412),
        (["If-Match": "TAG", "If-None-Match": "TAG", "Range": "bytes=9999999-"], 304),
        (["If-Match": "TAG", "If-None-Match": "\"x\"", "Range": "bytes=0-1"], 206),
    ]

    @Test(arguments: paths)
    func conditionsAreEvaluatedInOrder(_ path: String) throws {
        let file = try File(path)
        for (condition, status) in Self.conditions {
            let fields = condition.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
            let response = try file.get(fields)
            #expect(response.status == status, "\(fields)")
            let head = try file.get(fields, method: "HEAD")
            #expect(head.status == (status == 206 || status == 416 ? 200 : status), "\(fields)")
            switch response.status {
            case 304:
                #expect(response["etag"] == file.tag)
                #expect(response.body.isEmpty)
                #expect(response["content-length"] == nil && response["content-type"] == nil)
            case 412: #expect(try response.json["type"] == "/problems/precondition-failed")
            default: break
            }
        }
    }

    /// A version that is replaced changes the latest file and its tag.
    @Test(arguments: ["/models/m/model.safetensors", "/models/m/model.onnx"])
    func aNewVersionHasANewTag(_ path: String) throws {
        let file = try File(path)
        #expect(try file.api.post("/train", Small.training("m", ["seed": 9])).status == 201)
        #expect(try file.get([(name: "If-None-Match", value: "TAG")]).status == 200)
        let rest = try file.get([(name: "Range", value: "bytes=1-"), (name: "If-Range", value: "TAG")])
        #expect(rest.status == 200)
        #expect(rest["etag"] != file.tag)
    }
}
