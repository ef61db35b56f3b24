import APITesting
import Foundation
import Glibc
import HTTP1
import ModelStore
import ServingAPI
import Testing

/// Uploads of models as files, which are bounded by the maximum of parameters and not by that of other
/// bodies.
@Suite struct UploadTests {
    private static let path = "/models/m/model.safetensors"

    /// Limits with `--max-body 1`.
    private static let smallBodies = {
        var (http, runtime) = (Limits(), RuntimeLimits())
        http.maxBodyBytes = 1 << 20
        runtime.maxBodyBytes = 1 << 20
        return (http: http, runtime: runtime)
    }()

    /// A model of 1,085,402 parameters that a server has trained, with its reconstruction of two windows.
    private struct Trained {
        let file: [UInt8]
        let reconstruction: JSON

        init() throws {
            let api = try API(.live)
            let training = Small.training("m", ["architecture": "stacked", "units": [300], "seed": 7])
            #expect(try api.post("/train", training).status == 201)
            file = try api.get(UploadTests.path).body
            reconstruction = try UploadTests.reconstruct(api)
        }

        static let shared = Result { try Trained() }
    }

    private static func reconstruct(_ api: API) throws -> JSON {
        let response = try api.post("/reconstruct", ["model": "m", "windows": Small.windows])
        return try #require(try response.json["reconstructions"])
    }

    private func put(_ file: [UInt8], to api: API, coding: String? = nil) throws -> APIResponse {
        let type = [(name: "Content-Type", value: "application/octet-stream")]
        return try api.send(
            "PUT", Self.path, fields: type + (coding.map { [(name: "Content-Encoding", value: $0)] } ?? []),
            body: file)
    }

    private static let codings: [ContentCoding?] = [nil, .gzip, .deflate]

    @Test(arguments: TransportKind.allCases, codings)
    func aModelLargerThanAnyOtherBodyIsBroughtBack(_ transport: TransportKind, _ coding: ContentCoding?)
        throws
    {
        let trained = try Trained.shared.get()
        let (http, runtime) = Self.smallBodies
        #expect(trained.file.count > 4 * http.maxBodyBytes)
        let folder = try TemporaryFolder()
        let api = try API(transport, runtime: runtime, limits: http, folder: folder)
        let body = try #require(coding.map { $0.compress(trained.file) } ?? trained.file)
        let response = try put(body, to: api, coding: coding?.rawValue)
        #expect(response.status == 201, "\(response.text)")
        #expect(response["location"] == "/models/m/versions/1")
        #expect(try Self.reconstruct(api) == trained.reconstruction)
        let stored = try Data(contentsOf: URL(filePath: "\(folder.path)/m/1/model.safetensors"))
        #expect(Array(stored) == trained.file)
        #expect(try names("\(folder.path)/m") == [".lock", "1"])
        // Other bodies keep their limit.
        if transport == .live {
            let padding = String(repeating: " ", count: 2 << 20)
            #expect(try api.post("/train", text: "\(Small.training("n"))" + padding).status == 413)
        }
    }

    @Test(arguments: TransportKind.allCases)
    func manyUploadsAtTheSameTimeSucceed(_ transport: TransportKind) throws {
        let trained = try Trained.shared.get()
        let api = try API(transport)
        let uploads = (0..<12).map { _ in Future { try put(trained.file, to: api).status } }
        for upload in uploads { #expect(try upload.wait() == 201) }
        #expect(try api.get("/models/m").json["versions"]?.array?.count == 12)
    }

    // MARK: Refusals

    @Test(arguments: TransportKind.allCases)
    func aFileLargerThanTheMaximumOfParametersAllowsIsRefused(_ transport: TransportKind) throws {
        var runtime = RuntimeLimits()
        runtime.maxParameters = 1000
        let folder = try TemporaryFolder()
        let api = try API(transport, runtime: runtime, folder: folder)
        let zeros = [UInt8](repeating: 0, count: runtime.maxModelFileBytes + 1)
        let compressed = try #require(ContentCoding.gzip.compress(zeros))
        for response in [
            try put(zeros, to: api), try put(compressed, to: api, coding: "gzip"),
        ] {
            #expect(response.status == 413)
            #expect(try response.json["type"] == "/problems/content-too-large")
            #expect(response.text.contains("1000 parameters") && response.text.contains("--max-parameters"))
        }
        // One byte less is read, and found to be no model.
        #expect(try put(Array(zeros.dropLast()), to: api).status == 422)
        #expect(try names(folder.path) == [])
    }

    @Test(arguments: TransportKind.allCases)
    func anInvalidUploadLeavesNothingBehind(_ transport: TransportKind) throws {
        let folder = try TemporaryFolder()
        let api = try API(transport, folder: folder)
        let file = Array(Small.modelFile.utf8)
        let packed = try #require(ContentCoding.gzip.compress(file))
        for (body, coding, status, detail) in [
            ([], nil, 422, "there are 0 bytes"), (Array(file.dropLast()), nil, 422, "the data end at byte"),
            (Array(packed.dropLast()), "gzip", 400, "Content-Encoding"),
            ([], "gzip", 400, "Content-Encoding"),
            (packed + [0], "gzip", 400, "Content-Encoding"), (file, "deflate", 400, "Content-Encoding"),
            (file, "br", 415, "Content-Encoding"),
        ] as [([UInt8], String?, Int, String)] {
            let response = try put(body, to: api, coding: coding)
            #expect(response.status == status && response.text.contains(detail), "\(response.text)")
            #expect(try names(folder.path) == [])
        }
        #expect(try put(file, to: api).status == 201)
    }

    @Test func anUploadThatCannotBeAcceptedIsRefusedBeforeTheBody() throws {
        let full = FolderStatus(fault: .full(free: 0, minimum: 1))
        let (key, line) = try APIKey.make(name: "k", grants: [#require(Grant("train:other-*"))])
        let keys = TemporaryKeyFile("\(line)\n")
        let local = HostPolicy(
            listeningOn: "127.0.0.1", isLoopback: true, allowed: [], hasKeys: false)
        let folder = try TemporaryFolder()
        let bearer = TemporaryKeyFile.bearer(key).map { "\($0.name): \($0.value)\r\n" }.joined()
        for (api, name, fields, status) in [
            (try API(.live, folder: folder), "-x", "", 404),
            (try API(.live, folder: folder, probe: { full }), "m", "", 507),
            (try API(.live, folder: folder, isReadOnly: true), "m", "", 405),
            (try API(.live, keys: keys.keys(), folder: folder), "m", "", 401),
            (try API(.live, keys: keys.keys(), folder: folder), "m", bearer, 403),
            (try API(.live, keys: keys.keys(), folder: folder), "other-1", bearer, 100),
            (try API(.live, hosts: local, folder: folder), "m", "", 421),
            (try API(.live, folder: folder), "m", "Origin: http://evil.example\r\n", 403),
        ] {
            let connection = try RawConnection(to: api)
            connection.send(
                "PUT /models/\(name)/model.safetensors HTTP/1.1\r\nHost: h\r\n\(fields)"
                    + "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
            let response = connection.received(until: "\r\n\r\n")
            #expect(response.hasPrefix("HTTP/1.1 \(status) "), "\(response)")
            #expect(try names(folder.path) == [])
        }
    }

    // MARK: Connections

    @Test func aClientThatWaitsAndSendsChunksIsServedAndItsNextRequestToo() throws {
        let api = try API(.live, runtime: Self.smallBodies.runtime, limits: Self.smallBodies.http)
        let connection = try RawConnection(to: api)
        let head =
            "PUT \(Self.path) HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
            + "Expect: 100-continue\r\nContent-Type: application/octet-stream\r\n\r\n"
        connection.send(head)
        #expect(connection.received(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        for byte in Small.modelFile.utf8 {
            connection.send("1\r\n")
            connection.send([byte])
            connection.send("\r\n")
        }
        connection.send("0\r\n\r\nGET /models/m HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        let responses = connection.received(until: nil)
        #expect(responses.hasPrefix("HTTP/1.1 201 "))
        #expect(responses.contains("}\nHTTP/1.1 200 "))
        #expect(responses.contains("\"architecture\":\"stacked\""))
    }

    @Test func aClientThatDisconnectsLeavesNothingBehind() throws {
        let folder = try TemporaryFolder()
        let api = try API(.live, folder: folder)
        for framing in ["Content-Length: 100000000", "Transfer-Encoding: chunked"] {
            let connection = try RawConnection(to: api)
            connection.send("PUT \(Self.path) HTTP/1.1\r\nHost: h\r\n\(framing)\r\n\r\n")
            if framing.hasPrefix("T") { connection.send("fffff\r\n") }
            connection.send([UInt8](repeating: 0, count: 500_000))
            #expect(until { (try? names("\(folder.path)/m").count) == 1 }, "the file is there")
            connection.close()
            #expect(until { (try? names(folder.path)) == [] }, "the file is removed")
        }
    }

    @Test func aChunkedBodyBeyondTheLimitIsRefusedWhileItArrives() throws {
        var runtime = RuntimeLimits()
        runtime.maxParameters = 1
        let folder = try TemporaryFolder()
        let api = try API(.live, runtime: runtime, folder: folder)
        let connection = try RawConnection(to: api)
        connection.send("PUT \(Self.path) HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<17 {
            connection.send("100000\r\n")
            connection.send([UInt8](repeating: 0, count: 1 << 20))
            connection.send("\r\n")
        }
        #expect(connection.received(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413 "))
        let problem = connection.received(until: "}")
        #expect(problem.contains("/problems/content-too-large"))
        #expect(problem.contains("1 parameters") && problem.contains("--max-parameters"), "\(problem)")
        #expect(until { (try? names(folder.path)) == [] })
    }

    /// A large file is not received if a condition is false.
    @Test func anUploadWithAFalseConditionIsRefusedWhileItArrives() throws {
        let folder = try TemporaryFolder()
        let api = try API(.live, folder: folder)
        #expect(try put(Array(Small.modelFile.utf8), to: api).status == 201)
        for framing in ["Content-Length: 100000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfffff\r\n"] {
            let connection = try RawConnection(to: api)
            connection.send("PUT \(Self.path) HTTP/1.1\r\nHost: h\r\nIf-None-Match: *\r\n\(framing)")
            connection.send([UInt8](repeating: 0, count: 100_000))
            #expect(connection.received(until: "\r\n\r\n").hasPrefix("HTTP/1.1 412 "))
            #expect(connection.received(until: "}").contains("/problems/precondition-failed"))
            #expect(try names("\(folder.path)/m") == [".lock", "1"])
        }
    }

    @Test func uploadsThatTakeTooMuchDiskSpaceTogetherAreRefused() throws {
        var runtime = RuntimeLimits()
        runtime.maxParameters = 1
        runtime.maxQueuedBytes = 1
        let folder = try TemporaryFolder()
        let api = try API(.live, runtime: runtime, folder: folder)
        let head = "PUT \(Self.path) HTTP/1.1\r\nHost: h\r\nContent-Length: \(16 << 20)\r\n\r\n"
        // Each has the maximum size but for one byte.
        let part = [UInt8](repeating: 0, count: (16 << 20) - 1)
        let others = try (0..<2).map { _ in try RawConnection(to: api) }
        for connection in others {
            connection.send(head)
            connection.send(part)
        }
        #expect(until { (try? size(of: "\(folder.path)/m")) == 2 * part.count })
        let connection = try RawConnection(to: api)
        connection.send(head)
        connection.send([UInt8](repeating: 0, count: 1000))
        let refusal = connection.received(until: "\r\n\r\n")
        #expect(refusal.hasPrefix("HTTP/1.1 503 ") && refusal.contains("\r\nRetry-After: 10\r\n"))
        // The others go on.
        others[0].send([0])
        #expect(others[0].received(until: "\r\n\r\n").hasPrefix("HTTP/1.1 422 "))
        others[1].close()
        #expect(until { (try? names(folder.path)) == [] })
    }

    // MARK: Helpers

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// The size of all files in a folder.
    private func size(of folder: String) throws -> Int {
        try names(folder).reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return sum + (attributes[.size] as? Int ?? 0)
        }
    }

    /// Waits up to ten seconds for a condition. Returns whether it became true.
    private func until(_ condition: () -> Bool) -> Bool {
        for _ in 0..<1000 {
            if condition() { return true }
            usleep(10_000)
        }
        return false
    }
}

/// A connection to a live server that sends and receives raw bytes. No call waits longer than ten seconds.
private final class RawConnection {
    private var descriptor: Int32
    private var bytes: [UInt8] = []

    init(to api: API) throws {
        guard let port = api.url.flatMap({ URL(string: $0)?.port }) else { throw HarnessError("no server") }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var time = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw HarnessError("cannot connect") }
    }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends bytes, as many as the server takes.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Receives up to and including a text, or up to the end of the connection.
    func received(until end: String?) -> String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end, let range = text.range(of: end) {
                let found = String(text[..<range.upperBound])
                bytes.removeFirst(found.utf8.count)
                return found
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return text }
            bytes += buffer[..<count]
        }
    }
}
