import APITesting
import ServingAPI
import Testing
import Yams

/// openapi.yaml is the truth: every answer that it promises comes about, and looks as it says.
@Suite struct ConformanceTests {
    @Test func whatIsDescribedIsWhatIsServed() throws {
        let api = try API(.inProcess)
        let described = try APIDescription(api).operations.map(\.name)
        #expect(described.sorted() == api.service.servedPaths.map { "\($0.method) \($0.path)" }.sorted())
    }

    /// The server in front of the service makes 413 out of `Limits.body`, and sends streams: there is none in process.
    private static func isOutOfReach(_ operation: String, _ status: Int, _ wire: Wire) -> Bool {
        let isStream =
            status == 200 && ["POST /train", "/events", ".safetensors"].contains { operation.hasSuffix($0) }
        return wire == .inProcess && (status == 413 || isStream)
    }

    @Test(arguments: Wire.allCases) func everyDocumentedAnswerComesAbout(wire: Wire) throws {
        let description = try APIDescription(API(.inProcess))
        var unexercised = Set(
            description.operations.flatMap { operation in
                operation.responses.keys.filter { !Self.isOutOfReach(operation.name, $0, wire) }
                    .map { "\(operation.name) \($0)" }
            })
        var unseen: Set<String> = []
        for operation in description.operations {
            for response in operation.responses.values {
                for schema in response.content.values { unseen.formUnion(try schema.allProperties()) }
            }
        }
        for situation in Situation.allCases {
            let (api, hold) = try situation.make(wire)
            try withExtendedLifetime(hold) {
                for exercise in Exercise.all
                where exercise.situation == situation
                    && !Self.isOutOfReach(exercise.operation, exercise.status, wire)
                {
                    let answer = try exercise.send(to: api)
                    #expect(answer.status == exercise.status, "\(exercise): \(answer.text)")
                    let check = description.check(answer, to: exercise)
                    #expect(check.errors.isEmpty, "\(exercise): \(answer.text)")
                    unexercised.remove("\(exercise.operation) \(answer.status)")
                    unseen.subtract(check.seen)
                }
            }
        }
        #expect(unexercised.isEmpty, "documented, but no exercise brings them about")
        #expect(unseen.isEmpty, "documented properties that no answer had")
    }

    /// The document's own examples do what they say.
    @Test func theExamplesWork() throws {
        let api = try API(.inProcess)
        let description = try APIDescription(api)
        for path in ["/train", "/reconstruct", "/encode", "/layers", "/summary"] {
            let post = try #require(description.document["paths"]?[path]?["post"])
            let content = try description.document.resolved(#require(post["requestBody"]))["content"]
            let example = try #require(content?["application/json"]?["example"], "\(path) has no example")
            let answer = try api.post(path, example)
            #expect(answer.status == (path == "/train" ? 201 : 200), "\(path): \(answer.text)")
        }
    }
}

extension Answer {
    /// What the content says, by its media type; nil for what is not of that type.
    fileprivate var document: JSON? {
        switch mediaType {
        case let type? where type.hasSuffix("json"): try? json
        case "application/yaml": (try? Yams.load(yaml: text)).flatMap { JSON(yaml: $0) }
        default: .string(text)
        }
    }
}

extension APIDescription {
    /// What an answer, and a request that was accepted, are by the document.
    func check(_ answer: Answer, to exercise: Exercise) -> SchemaValidator {
        var validator = SchemaValidator()
        guard let operation = operations.first(where: { $0.name == exercise.operation }),
            let response = operation.responses[answer.status]
        else {
            validator.fail("\(exercise.operation) is not documented to answer \(answer.status)")
            return validator
        }
        for (name, schema) in response.requiredHeaders {
            guard let text = answer[name] else {
                validator.fail("there is no field \(name)")
                continue
            }
            // A field is text: where the schema wants a number, the text has to be one.
            validator.check(Int(text).map(JSON.integer) ?? .string(text), against: schema)
        }
        if let schema = answer.mediaType.flatMap({ response.content[$0] }) {
            if let value = answer.document {
                validator.check(value, against: schema)
            } else {
                validator.fail("the answer is no \(answer.mediaType ?? "document")")
            }
        } else if !response.content.isEmpty || !answer.body.isEmpty {
            validator.fail("\(answer.mediaType ?? "content without a type") is not documented")
        }
        if answer.status < 300, let schema = operation.body, let text = exercise.body,
            let body = try? JSON(Array(text.utf8))
        {
            validator.check(body, against: schema)
        }
        return validator
    }
}
