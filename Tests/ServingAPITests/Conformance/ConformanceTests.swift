import APITesting
import ServingAPI
import Testing
import Yams

/// Checks the server against openapi.yaml: every documented response occurs and matches its schema.
@Suite struct ConformanceTests {
    @Test func theServedOperationsAreTheDocumentedOnes() throws {
        let api = try API(.inProcess)
        let documented = try APIDescription(api).operations.map(\.name)
        #expect(documented.sorted() == api.service.servedPaths.map { "\($0.method) \($0.path)" }.sorted())
    }

    /// Whether only a live server can send a response: the HTTP server enforces `Limits.body` with 413 and
    /// sends streams.
    private static func needsServer(_ operation: String, _ status: Int, _ transport: TransportKind) -> Bool {
        let isStream =
            [200, 206].contains(status)
            && ["POST /train", "/calibrate", "/feedback", "/events", ".safetensors"].contains {
                operation.hasSuffix($0)
            }
        return transport == .inProcess && (status == 413 || isStream)
    }

    @Test(arguments: TransportKind.allCases) func everyDocumentedResponseOccurs(transport: TransportKind)
        throws
    {
        let description = try APIDescription(API(.inProcess))
        var unexercised = Set(
            description.operations.flatMap { operation in
                operation.responses.keys.filter { !Self.needsServer(operation.name, $0, transport) }
                    .map { "\(operation.name) \($0)" }
            })
        var unseen: Set<String> = []
        for operation in description.operations {
            for response in operation.responses.values {
                for schema in response.content.values { unseen.formUnion(try schema.allPropertyNames()) }
            }
        }
        for situation in Situation.allCases {
            let (api, busyQueue) = try situation.make(transport)
            try withExtendedLifetime(busyQueue) {
                for exercise in Exercise.all
                where exercise.situation == situation
                    && !Self.needsServer(exercise.operation, exercise.status, transport)
                {
                    let response = try exercise.send(to: api)
                    #expect(response.status == exercise.status, "\(exercise): \(response.text)")
                    let check = description.check(response, to: exercise)
                    #expect(check.errors.isEmpty, "\(exercise): \(response.text)")
                    unexercised.remove("\(exercise.operation) \(response.status)")
                    unseen.subtract(check.seen)
                }
            }
        }
        #expect(unexercised.isEmpty, "every documented response needs an exercise that causes it")
        #expect(unseen.isEmpty, "every documented property must occur in some response")
    }

    /// Each row of the table begins with the last segment of a type, in code quotes.
    @Test func theTableOfProblemTypesHasTheTypesOfTheEnum() throws {
        let schema = try APIDescription(API(.inProcess)).schema("ProblemType")
        let types = try #require(schema.keyword("enum")?.array).compactMap(\.string)
        let table = try #require(schema.keyword("description")?.string).split(separator: "\n")
        let rows = table.compactMap { $0.firstMatch(of: /^\| `([a-z-]+)` \| [45][0-9]{2} \| .+ \|$/)?.1 }
        #expect(rows.map { "/problems/\($0)" } == types)
        #expect(Set(types).count == types.count)
    }

    /// The examples of the document succeed in the order training, prediction, summary.
    @Test func theDocumentedExamplesSucceed() throws {
        let api = try API(.inProcess)
        let description = try APIDescription(api)
        for path in ["/train", "/reconstruct", "/encode", "/layers", "/summary"] {
            let post = try #require(description.document["paths"]?[path]?["post"])
            let content = try description.document.resolved(#require(post["requestBody"]))["content"]
            let example = try #require(content?["application/json"]?["example"], "\(path) has no example")
            let response = try api.post(path, example)
            #expect(response.status == (path == "/train" ? 201 : 200), "\(path): \(response.text)")
        }
    }
}

extension APIResponse {
    /// The content, parsed by its media type; nil if it is not of that type.
    fileprivate var document: JSON? {
        switch mediaType {
        case let type? where type.hasSuffix("json"): try? json
        case "application/yaml": (try? Yams.load(yaml: text)).flatMap { JSON(yaml: $0) }
        default: .string(text)
        }
    }
}

extension APIDescription {
    /// Validates a response against the document and, if it is a success, the request too.
    func check(_ response: APIResponse, to exercise: Exercise) -> SchemaValidator {
        var validator = SchemaValidator()
        guard let operation = operations.first(where: { $0.name == exercise.operation }),
            let documented = operation.responses[response.status]
        else {
            validator.fail("\(exercise.operation) has no documented response \(response.status)")
            return validator
        }
        for (name, schema) in documented.requiredHeaders {
            guard let text = response[name] else {
                validator.fail("the required header field \(name) is missing")
                continue
            }
            // A field value is text; where the schema asks for a number, the text must be a number.
            validator.check(Int(text).map(JSON.integer) ?? .string(text), against: schema)
        }
        if let schema = response.mediaType.flatMap({ documented.content[$0] }) {
            if let value = response.document {
                validator.check(value, against: schema)
            } else {
                validator.fail("the content is not valid \(response.mediaType ?? "")")
            }
        } else if !documented.content.isEmpty || !response.body.isEmpty {
            validator.fail("\(response.mediaType ?? "content without a media type") is not documented")
        }
        if response.status < 300, let schema = operation.body, let text = exercise.body,
            let body = try? JSON(text)
        {
            validator.check(body, against: schema)
        }
        return validator
    }
}
